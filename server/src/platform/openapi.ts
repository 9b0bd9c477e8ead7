import { z } from 'zod'
import type { AnyRoute } from './http-routes.ts'

const PROBLEM = {
  type: 'object',
  required: ['type', 'title', 'status', 'code', 'detail', 'requestId'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string' },
    detail: { type: 'string' },
    requestId: { type: 'string' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['pointer', 'code', 'message'],
        properties: { pointer: { type: 'string' }, code: { type: 'string' }, message: { type: 'string' } },
      },
    },
  },
}

const text = { type: 'string' }

/** Headers that many requests take; each names those it heeds. */
const HEADERS = {
  'Idempotency-Key': 'Of your own choice: however often the request is sent with it, it has one effect.',
  'If-Match': 'The ETag of the thing as you read it: refused with changed-meanwhile where it is no longer so.',
  'Last-Event-ID': 'The id of the last event you have: the stream goes on after it.',
}

const ANSWERED = {
  ETag: { description: 'The state of what is answered: for If-Match.', schema: text },
  Link: { description: 'Where the next page is, if there is one: rel="next".', schema: text },
}

/** Browsers sign in and get a cookie, whose name says whether it came over TLS; programs have keys. */
const SCHEMES = {
  key: { type: 'http', scheme: 'bearer', description: 'A key of a network, or the platform’s own.' },
  session: { type: 'apiKey', in: 'cookie', name: 'lataamo', description: 'Of a browser that signed in.' },
  sessionOverTls: { type: 'apiKey', in: 'cookie', name: '__Host-lataamo', description: 'The same over TLS.' },
}

/** Any one of them will do. */
function securityOf(needs: string): readonly Readonly<Record<string, readonly string[]>>[] {
  const session = [{ session: [] }, { sessionOverTls: [] }]
  if (needs === 'public') return []
  if (needs === 'platform') return [{ key: [] }]
  return [{ key: [] }, ...session]
}

/** The OpenAPI 3.1 description, made from the very rows that check and answer. */
export function openApiOf(routes: readonly AnyRoute[], version: string): Record<string, unknown> {
  const paths: Record<string, Record<string, unknown>> = {}
  for (const route of routes) {
    const path = route.path.replace(/:([a-zA-Z]+)/g, '{$1}')
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route, routes) }
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Lataamo', version, license: { name: 'Apache-2.0' } },
    paths: Object.fromEntries(Object.entries(paths).sort(([a], [b]) => (a < b ? -1 : 1))),
    components: {
      securitySchemes: SCHEMES,
      schemas: { Problem: PROBLEM },
      parameters: Object.fromEntries(
        Object.entries(HEADERS).map(([name, description]) => [
          name,
          { name, in: 'header', required: false, description, schema: text },
        ]),
      ),
    },
  }
}

function operation(route: AnyRoute, routes: readonly AnyRoute[]): Record<string, unknown> {
  const needs = route.kind === 'open' ? route.who : (route.right ?? 'public')
  const refusals = (route.kind === 'stream' ? undefined : (route.refusals as Record<string, number> | undefined)) ?? {}
  const byStatus = Map.groupBy(Object.entries(refusals), ([, status]) => status)
  return {
    operationId: operationId(route),
    tags: [route.tag],
    summary: route.summary,
    description: needs === 'public' ? 'Needs no sign-in.' : `Needs: ${needs}.`,
    security: securityOf(needs),
    parameters: [
      ...parametersOf(route.params, 'path'),
      ...parametersOf(route.query, 'query'),
      ...headersOf(route, refusals, routes).map((name) => ({ $ref: `#/components/parameters/${name}` })),
    ],
    ...('body' in route && route.body !== undefined
      ? { requestBody: { required: true, content: { 'application/json': { schema: schemaOf(route.body, 'input') } } } }
      : {}),
    responses: {
      ...success(route),
      ...Object.fromEntries(
        [...byStatus].map(([status, codes]) => [
          String(status),
          problemOf(
            `One of: ${codes.map(([code]) => code).join(', ')}.`,
            codes.map(([code]) => code),
          ),
        ]),
      ),
      default: problemOf('Any other problem.'),
    },
  }
}

/** As they are heeded: see `carryOut` and `isAsRead`; a route without a tenant names the refusal. */
function headersOf(
  route: AnyRoute,
  refusals: Readonly<Record<string, number>>,
  routes: readonly AnyRoute[],
): readonly (keyof typeof HEADERS)[] {
  // A public stream begins with the whole state each time.
  if (route.kind === 'stream') return route.right === undefined ? [] : ['Last-Event-ID']
  if (route.kind === 'open') {
    const isOnce = 'idempotency-key-reused' in refusals
    return [
      ...(isOnce ? (['Idempotency-Key'] as const) : []),
      ...('changed-meanwhile' in refusals ? (['If-Match'] as const) : []),
    ]
  }
  if (route.method === 'POST') return ['Idempotency-Key']
  const isRead = routes.some(({ kind, method, path }) => kind === 'tenant' && method === 'GET' && path === route.path)
  return route.method !== 'GET' && isRead ? ['If-Match'] : []
}

function success(route: AnyRoute): Record<string, unknown> {
  if (route.kind === 'stream')
    return { 200: { description: 'Server-sent events.', content: { 'text/event-stream': {} } } }
  if (route.answer === undefined) return { 204: { description: 'Done.' } }
  const schema = schemaOf(route.answer, 'input')
  const headers = {
    ...(route.method === 'GET' || route.method === 'PATCH' ? { ETag: ANSWERED.ETag } : {}),
    ...(route.method === 'GET' && isList(schema) ? { Link: ANSWERED.Link } : {}),
  }
  const content = { 'application/json': { schema } }
  return { [String(route.status ?? 200)]: { description: route.summary, headers, content } }
}

function isList({ properties }: { readonly properties?: unknown }): boolean {
  return typeof properties === 'object' && properties !== null && 'items' in properties && 'next' in properties
}

/** `x-codes`: the codes apart, for programs and the readable page. */
function problemOf(description: string, codes?: readonly string[]): Record<string, unknown> {
  return {
    description,
    ...(codes === undefined ? {} : { 'x-codes': codes }),
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
  }
}

function schemaOf(shape: z.ZodType, io: 'input' | 'output'): Record<string, unknown> {
  const { $schema: _, ...schema } = z.toJSONSchema(shape, {
    io,
    unrepresentable: 'any',
    target: 'draft-2020-12',
    override({ jsonSchema }) {
      // What the format says, in 300 characters that nobody reads.
      if (jsonSchema.format === 'date-time') delete jsonSchema.pattern
    },
  })
  return schema
}

function parametersOf(shape: z.ZodType | undefined, where: 'path' | 'query'): Record<string, unknown>[] {
  if (shape === undefined) return []
  const schema = schemaOf(shape, 'input') as { properties?: Record<string, unknown>; required?: string[] }
  return Object.entries(schema.properties ?? {}).map(([name, member]) => ({
    name,
    in: where,
    required: where === 'path' || (schema.required?.includes(name) ?? false),
    schema: member,
  }))
}

/** `POST /v1/stations/:id/commands` → `postStationsByIdCommands`. */
function operationId(route: AnyRoute): string {
  const words = route.path
    .replace(/^\/v1\//, '')
    .split(/[/-]/)
    .map((word) => (word.startsWith(':') ? `By-${word.slice(1)}` : word))
    .join('-')
    .split('-')
  return route.method.toLowerCase() + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('')
}
