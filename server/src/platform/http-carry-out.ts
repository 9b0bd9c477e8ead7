import type { FastifyReply, FastifyRequest } from 'fastify'
import { failPoint } from './fail-points.ts'
import type { Ground } from './ground.ts'
import { isAsRead } from './http-if-match.ts'
import { withIdempotencyKey } from './http-idempotency.ts'
import type { AnyOpenRoute, AnyRoute, AnyTenantRoute, OpenCall } from './http-routes.ts'
import { type Refused, refuse, type Result } from './result.ts'
import type { Turns } from './turns.ts'

/**
 * Of one tenant, or of one address that nobody is signed in from, so many requests are worked on at once: about half of the database's
 * connections, so that nobody takes them all from the others. The rest waits, and is refused when there is too much of it: what is asked is
 * kept in memory meanwhile, read, which takes some times its length.
 */
export const OF_ONE_LOT = { atOnce: 4, waiting: 2_000, waitingBytes: 33_554_432 }

export interface Carrying {
  readonly ground: Ground
  readonly routes: readonly AnyRoute[]
  readonly turns: Turns
}

/** The work of a row: in one transaction of the tenant, where it is a tenant's. */
export async function carryOut(
  { ground, routes, turns }: Carrying,
  route: AnyTenantRoute | AnyOpenRoute,
  call: OpenCall<unknown, unknown, unknown>,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Result<unknown>> {
  const { caller } = call
  // The platform's own key waits for nobody, nor does whoever asks how we are.
  const waitsForNobody = caller.kind === 'platform' || !route.path.startsWith('/v1/')
  const endTurn = waitsForNobody ? () => {} : await turns.begin(lotOf(call), lengthOf(request))
  if (endTurn === undefined) {
    reply.header('retry-after', '1')
    return refuse('too-busy')
  }
  try {
    if (route.kind === 'open') return await route.handle(call as never)
    if (caller.kind !== 'key' && caller.kind !== 'staff') return refuse('not-signed-in')
    return await ground.database.inTenant(caller.tenantId, async (tx) => {
      const work = async (): Promise<Result<unknown>> => {
        const asRead = await isAsRead(tx, routes, route, call)
        if (!asRead.ok) throw new Rollback(asRead)
        const result = await route.handle(tx, call as never)
        if (!result.ok) throw new Rollback(result)
        if (route.method !== 'GET') failPoint('rest.before-commit')
        return result
      }
      const key = request.headers['idempotency-key']?.toString()
      if (route.method !== 'POST' || key === undefined) return work()
      return withIdempotencyKey(
        tx,
        await ground.keys.tenant(caller.tenantId),
        { key, route: route.path, caller, request, at: call.at },
        work,
        reply,
      )
    })
  } catch (error) {
    if (error instanceof Rollback) return error.refused
    throw error
  } finally {
    endTurn()
  }
}

/** Of a body whose length is not said before, the most that one may have. */
function lengthOf({ headers, routeOptions }: FastifyRequest): number {
  if (headers['transfer-encoding'] !== undefined) return routeOptions.bodyLimit
  return Number(headers['content-length'] ?? 0)
}

/** A tenant's requests are one lot; whoever is not signed in is known by their address alone. */
function lotOf({ caller, ip }: OpenCall<unknown, unknown, unknown>): string {
  return 'tenantId' in caller ? caller.tenantId : `address ${ip}`
}

/** A refusal undoes what its route had written. */
class Rollback extends Error {
  readonly refused: Refused
  constructor(refused: Refused) {
    super(refused.code)
    this.refused = refused
  }
}
