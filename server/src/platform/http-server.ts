import type http from 'node:http'
import fastifyCookie from '@fastify/cookie'
import fastifyHelmet from '@fastify/helmet'
import fastifyStatic from '@fastify/static'
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import type { z } from 'zod'
import { DatabaseAway } from './db-faults.ts'
import { failPoint } from './fail-points.ts'
import type { Ground } from './ground.ts'
import { admit, type Authenticate, reachOf, statusOfAdmission } from './http-admission.ts'
import { readJsonOnly } from './http-body.ts'
import { serveStream, type StreamKeeper, streamKeeper } from './http-events.ts'
import { etagFor, isAsRead, namesTag } from './http-if-match.ts'
import { withIdempotencyKey } from './http-idempotency.ts'
import { contextOf, languageOf, pageInLanguage } from './http-language.ts'
import { cursorFault, nextLink } from './http-paging.ts'
import { controlFaultsOf, faultsOf, problem, sendAway, sendProblem } from './http-problem.ts'
import type { AnyOpenRoute, AnyRoute, AnyStreamRoute, AnyTenantRoute, Caller, OpenCall } from './http-routes.ts'
import { newId } from './ids.ts'
import { listenFault } from './listen-fault.ts'
import { type Refused, refuse, type Result } from './result.ts'
import type { Texts } from './texts.ts'

export interface StaticFolder {
  readonly root: string
  readonly prefix: string
}

export interface HttpOptions {
  readonly ground: Ground
  readonly texts: Texts
  readonly routes: readonly AnyRoute[]
  readonly authenticate: Authenticate
  readonly trustedProxies: readonly string[]
  readonly folders: readonly StaticFolder[]
  /** The portal's page, answered for every address that is no file and no route. */
  readonly page?: () => string | undefined
  /** The database is known to be away: what needs it is answered so at once. */
  readonly isAway?: () => boolean
  /** How often an open stream shows that it lives; for tests. */
  readonly beatMs?: number
  /** Plain pages by path, such as /docs. */
  readonly plainPages?: Readonly<Record<string, () => { readonly type: string; readonly body: string }>>
}

export interface HttpServer {
  readonly server: http.Server
  /** Resolves with the port; throws a sentence when it is taken. */
  listen(host: string, port: number): Promise<number>
  /** For tests: a request without a socket. */
  readonly inject: FastifyInstance['inject']
  close(): Promise<void>
}

/** Strict headers: no script but ours, no framing (attack 34). Styles in place are what the portal's parts need. */
const HEADERS = {
  contentSecurityPolicy: {
    directives: {
      defaultSrc: ["'self'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'", "'unsafe-inline'"],
      imgSrc: ["'self'", 'data:', 'blob:'],
      workerSrc: ["'self'", 'blob:'],
      connectSrc: ["'self'"],
      frameAncestors: ["'none'"],
      upgradeInsecureRequests: null,
    },
  },
  hsts: false,
}

export async function openHttp(options: HttpOptions): Promise<HttpServer> {
  const app = fastify({
    bodyLimit: 1_048_576,
    genReqId: () => newId(),
    trustProxy: options.trustedProxies.length === 0 ? false : [...options.trustedProxies],
    // ASVS: slow headers and bodies end.
    requestTimeout: 30_000,
    // Looked for every second: Node's own half a minute would let a dripping handshake live so long.
    http: { headersTimeout: 10_000, connectionsCheckingInterval: 1_000, maxHeaderSize: 16_384 },
    forceCloseConnections: true,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 200 },
  })
  await app.register(fastifyCookie)
  await app.register(fastifyHelmet, HEADERS)
  const streams = streamKeeper(options.beatMs)
  app.addHook('preClose', () => streams.endAll())
  readJsonOnly(app)
  app.setErrorHandler((error, request, reply) =>
    fail(options, error as Error & { statusCode?: number }, request, reply),
  )
  for (const route of options.routes) mount(app, options, route, streams)
  for (const [path, page] of Object.entries(options.plainPages ?? {})) {
    app.get(path, (_, reply) => {
      const { type, body } = page()
      return reply.type(type).send(body)
    })
  }
  for (const [n, folder] of options.folders.entries()) {
    await app.register(fastifyStatic, {
      root: folder.root,
      prefix: folder.prefix,
      decorateReply: n === 0,
      wildcard: true,
      index: false,
    })
  }
  app.setNotFoundHandler((request, reply) => notFound(options, request, reply))
  return {
    server: app.server,
    inject: app.inject.bind(app) as FastifyInstance['inject'],
    async listen(host, port) {
      try {
        await app.listen({ host, port })
      } catch (error) {
        throw listenFault(error as NodeJS.ErrnoException, host, port)
      }
      const address = app.server.address()
      return typeof address === 'object' && address !== null ? address.port : port
    },
    close: () => app.close(),
  }
}

function mount(app: FastifyInstance, options: HttpOptions, route: AnyRoute, streams: StreamKeeper): void {
  app.route({
    method: route.method,
    url: route.path,
    exposeHeadRoute: route.kind !== 'stream',
    async handler(request, reply) {
      reply.header('cache-control', 'no-store')
      if (options.isAway?.() === true && route.path.startsWith('/v1/'))
        return sendAway(reply, contextOf(options.texts, request))
      const caller = await admit(options, route, request)
      if (!caller.ok) return refused(options, caller, statusOfAdmission(caller.code), request, reply)
      const call = callOf(options, route, caller.value, request, reply)
      if (!call.ok) return refused(options, call, 400, request, reply, caller.value)
      if (route.kind === 'stream') return stream(options, route, call.value, streams, request, reply)
      const result = await carryOut(options, route, call.value, request, reply)
      if (route.method !== 'GET') failPoint('rest.after-commit')
      if (!result.ok) return refused(options, result, statusOf(route, result.code), request, reply, caller.value)
      return answer(route, result.value, request, reply)
    },
  })
}

/** Codes every route may answer. */
const COMMON_STATUS: Readonly<Record<string, number>> = {
  'idempotency-key-reused': 422,
  'changed-meanwhile': 412,
  'not-allowed': 403,
  'not-supported': 422,
  'not-signed-in': 401,
}

function statusOf(route: AnyTenantRoute | AnyOpenRoute, code: string): number {
  return (route.refusals as Record<string, number> | undefined)?.[code] ?? COMMON_STATUS[code] ?? 409
}

type AnyCall = OpenCall<unknown, unknown, unknown>

function callOf(
  options: HttpOptions,
  route: AnyRoute,
  caller: Caller,
  request: FastifyRequest,
  reply: FastifyReply,
): Result<AnyCall> {
  const shapes: [z.ZodType | undefined, unknown, string][] = [
    [route.params, request.params, 'params'],
    [route.query, request.query, 'query'],
    ['body' in route ? route.body : undefined, request.body ?? {}, ''],
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
  return {
    ok: true,
    value: {
      caller,
      params: parsed[0],
      query: parsed[1],
      body: parsed[2],
      at: options.ground.clock.now(),
      requestId: request.id,
      ip: request.ip,
      ifMatch: request.headers['if-match'],
      header: (name) => request.headers[name]?.toString(),
      setHeader: (name, value) => void reply.header(name, value),
    },
  }
}

async function carryOut(
  options: HttpOptions,
  route: AnyTenantRoute | AnyOpenRoute,
  call: AnyCall,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Result<unknown>> {
  if (route.kind === 'open') return route.handle(call as never)
  const caller = call.caller
  if (caller.kind !== 'key' && caller.kind !== 'staff') return refuse('not-signed-in')
  try {
    return await options.ground.database.inTenant(caller.tenantId, async (tx) => {
      const work = async (): Promise<Result<unknown>> => {
        const read = { ifMatch: call.ifMatch, url: request.url }
        const asRead = await isAsRead(tx, options.routes, route, read, call)
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
        await options.ground.keys.tenant(caller.tenantId),
        { key, route: route.path, caller, request, at: call.at },
        work,
        reply,
      )
    })
  } catch (error) {
    if (error instanceof Rollback) return error.refused
    throw error
  }
}

/** A refusal undoes what its route had written. */
export class Rollback extends Error {
  readonly refused: Refused
  constructor(refused: Refused) {
    super(refused.code)
    this.refused = refused
  }
}

function answer(
  route: AnyTenantRoute | AnyOpenRoute,
  value: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  if (route.answer === undefined) return reply.status(204).send()
  const body = JSON.stringify(value)
  if (request.method === 'GET' || request.method === 'PATCH') {
    const etag = etagFor(route, value)
    reply.header('etag', etag)
    // A tag that does not cover everything cannot say that nothing is new.
    const isWhole = request.method === 'GET' && route.tagOf === undefined
    const known = isWhole ? request.headers['if-none-match'] : undefined
    if (known !== undefined && namesTag(known, etag)) return reply.status(304).send()
  }
  const next = (value as { next?: unknown } | null)?.next
  if (typeof next === 'string') reply.header('link', nextLink(request.url, next))
  return reply
    .status(route.status ?? 200)
    .type('application/json')
    .send(body)
}

async function stream(
  options: HttpOptions,
  route: AnyStreamRoute,
  call: AnyCall,
  streams: StreamKeeper,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<unknown> {
  const opened = await serveStream(streams, request, reply, {
    open: (stream) => route.open(call as never, stream),
    // Whoever was signed out or may see something else now stops seeing; a database that is away is no reason to cut.
    async isStillAllowed() {
      const admitted = await admit(options, route, request)
      return admitted.ok && reachOf(admitted.value) === reachOf(call.caller)
    },
  })
  if (!opened.ok)
    return refused(options, opened, opened.code === 'too-many-streams' ? 429 : 404, request, reply, call.caller)
  return reply
}

function refused(
  options: HttpOptions,
  refusal: Refused,
  status: number,
  request: FastifyRequest,
  reply: FastifyReply,
  caller?: Caller,
): FastifyReply {
  if (status === 401) reply.header('www-authenticate', 'Bearer')
  return sendProblem(reply, problem(status, refusal, contextOf(options.texts, request, caller)))
}

function notFound(options: HttpOptions, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const page =
    request.method === 'GET' && !/^\/(v1|assets|languages|ocpp)\b/.test(request.url) ? options.page?.() : undefined
  if (page !== undefined) {
    reply.type('text/html').header('cache-control', 'no-store').header('vary', 'accept-language')
    return reply.send(pageInLanguage(page, languageOf(options.texts, request), options.texts.languages))
  }
  return refused(options, refuse('no-such-address'), 404, request, reply)
}

function fail(
  options: HttpOptions,
  error: Error & { statusCode?: number; code?: string },
  request: FastifyRequest,
  reply: FastifyReply,
) {
  const context = contextOf(options.texts, request)
  if (error instanceof DatabaseAway) return sendAway(reply, context)
  if (error.statusCode !== undefined && error.statusCode < 500) {
    const code = error.statusCode === 413 ? 'body-too-big' : error.statusCode === 415 ? 'not-json' : 'bad-json'
    return sendProblem(reply, problem(error.statusCode, refuse(code), context))
  }
  const fault = cursorFault(error.code, request.query)
  if (fault !== undefined) return sendProblem(reply, problem(400, fault, context))
  options.ground.log.error('a request failed', { requestId: request.id, route: request.routeOptions.url, error })
  return sendProblem(reply, problem(500, refuse('our-fault'), context))
}
