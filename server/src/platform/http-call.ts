import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Clock } from './clock.ts'
import { type AskedList, withPlaces } from './http-paging.ts'
import { controlFaultsOf, faultsOf } from './http-problem.ts'
import type { AnyRoute, Caller, OpenCall } from './http-routes.ts'
import { refuse, type Result } from './result.ts'

export type AnyCall = OpenCall<unknown, unknown, unknown>

/** Where nothing may be said: a member that would be ignored is a slip that somebody wants to know of. */
const NOTHING = z.strictObject({})

/** What is asked, checked against the shapes of its row. */
export function callOf(
  clock: Clock,
  route: AnyRoute,
  caller: Caller,
  request: FastifyRequest,
  reply: FastifyReply,
): Result<AnyCall> {
  const nothing = route.path.startsWith('/v1/') ? NOTHING : undefined
  const shapes: [z.ZodType | undefined, unknown, string][] = [
    [route.params, request.params, 'params'],
    [route.query ?? nothing, request.query, 'query'],
    [('body' in route ? route.body : undefined) ?? nothing, request.body ?? {}, ''],
  ]
  const parsed: unknown[] = []
  for (const [shape, input, place] of shapes) {
    const result = shape?.safeParse(input, { reportInput: true })
    const faults = result?.success === false ? faultsOf(result.error) : controlFaultsOf(input)
    if (faults.length > 0) {
      const fields = faults.map((fault) => (place === '' ? fault : { ...fault, pointer: `/${place}${fault.pointer}` }))
      return refuse('bad-input', { fields })
    }
    parsed.push(result?.data)
  }
  const placed = withPlaces(askedList(route, request), parsed[1])
  if (!placed.ok) return placed
  return {
    ok: true,
    value: {
      caller,
      params: parsed[0],
      query: placed.value,
      body: parsed[2],
      // As it is kept: what is answered now must be what is answered later.
      at: clock.now().round({ smallestUnit: 'microsecond', roundingMode: 'floor' }),
      requestId: request.id,
      ip: request.ip,
      ifMatch: request.headers['if-match'],
      header: (name) => request.headers[name]?.toString(),
      setHeader: (name, value) => void reply.header(name, value),
    },
  }
}

export function askedList({ path }: AnyRoute, { params, query }: FastifyRequest): AskedList {
  return { path, params, query }
}
