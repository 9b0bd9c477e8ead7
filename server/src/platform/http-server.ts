import type http from 'node:http'
import fastifyCookie from '@fastify/cookie'
import fastifyHelmet from '@fastify/helmet'
import fastifyStatic from '@fastify/static'
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { hearsNobody } from './bus.ts'
import { DatabaseAway } from './db-faults.ts'
import { failPoint } from './fail-points.ts'
import type { Ground } from './ground.ts'
import { type AnyCall, askedList, callOf } from './http-call.ts'
import { type Carrying, carryOut, OF_ONE_LOT } from './http-carry-out.ts'
import { admit, type Authenticate, reachOf, statusOfAdmission } from './http-admission.ts'
import { readJsonOnly } from './http-body.ts'
import { ACCESS_CHANGED, serveStream, type StreamKeeper, streamKeeper } from './http-events.ts'
import { etagFor, namesTag } from './http-if-match.ts'
import { methodsOf } from './http-methods.ts'
import { contextOf, languageOf, pageInLanguage } from './http-language.ts'
import { cursorFault, markedPlace, nextLink } from './http-paging.ts'
import { problem, sendAway, sendProblem } from './http-problem.ts'
import type { AnyOpenRoute, AnyRoute, AnyStreamRoute, AnyTenantRoute, Caller } from './http-routes.ts'
import { newId } from './ids.ts'
import { listenFault } from './listen-fault.ts'
import { type Refused, refuse } from './result.ts'
import type { Texts } from './texts.ts'
import { openTurns } from './turns.ts'

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
  /** After so long without a byte either way a connection is cut; for tests. */
  readonly stuckMs?: number
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

const STUCK_MS = 120_000

export async function openHttp(options: HttpOptions): Promise<HttpServer> {
  const app = fastify({
    bodyLimit: 1_048_576,
    genReqId: () => newId(),
    trustProxy: options.trustedProxies.length === 0 ? false : [...options.trustedProxies],
    // ASVS: slow headers and bodies end.
    requestTimeout: 30_000,
    // As does whoever never reads an answer to its end; streams show that they live more often, and so does who reads slowly.
    connectionTimeout: options.stuckMs ?? STUCK_MS,
    // Looked for every second: Node's own half a minute would let a dripping handshake live so long.
    http: { headersTimeout: 10_000, connectionsCheckingInterval: 1_000, maxHeaderSize: 16_384 },
    forceCloseConnections: true,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 200 },
  })
  await app.register(fastifyCookie)
  await app.register(fastifyHelmet, HEADERS)
  const streams = keepStreams(app, options)
  readJsonOnly(app)
  app.setErrorHandler((error, request, reply) =>
    fail(options, error as Error & { statusCode?: number }, request, reply),
  )
  const { ground, routes } = options
  const serving = { ground, routes, options, streams, turns: openTurns(OF_ONE_LOT) }
  for (const route of options.routes) mount(app, serving, route)
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
  const methodsAt = methodsOf(routes)
  app.setNotFoundHandler((request, reply) => notFound(options, methodsAt(request.url), request, reply))
  return {
    server: app.server,
    inject: app.inject.bind(app) as FastifyInstance['inject'],
    async listen(host, port) {
      try {
        await app.listen({ host, port })
      } catch (error) {
        throw listenFault(error as NodeJS.ErrnoException, { host, port, setting: 'PORT' })
      }
      const address = app.server.address()
      return typeof address === 'object' && address !== null ? address.port : port
    },
    close: () => app.close(),
  }
}

function keepStreams(app: FastifyInstance, { ground, beatMs }: HttpOptions): StreamKeeper {
  const streams = streamKeeper(beatMs)
  app.addHook('preClose', () => streams.endAll())
  const stopListening = ground.bus.subscribe((tenantId, { type }) => {
    if (type === ACCESS_CHANGED) streams.recheck(tenantId)
  }, hearsNobody)
  app.addHook('onClose', async () => stopListening())
  return streams
}

interface Serving extends Carrying {
  readonly options: HttpOptions
  readonly streams: StreamKeeper
}

function mount(app: FastifyInstance, serving: Serving, route: AnyRoute): void {
  const { options, streams } = serving
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
      const call = callOf(options.ground.clock, route, caller.value, request, reply)
      if (!call.ok) return refused(options, call, 400, request, reply, caller.value)
      if (route.kind === 'stream') return stream(options, route, call.value, streams, request, reply)
      const result = await carryOut(serving, route, call.value, request, reply)
      if (route.method !== 'GET') failPoint('rest.after-commit')
      if (!result.ok) return refused(options, result, statusOf(route, result.code), request, reply, caller.value)
      return answer(route, result.value, request, reply)
    },
  })
}

/** Codes every route may answer. */
const COMMON_STATUS: Readonly<Record<string, number>> = {
  'bad-input': 400,
  'idempotency-key-reused': 422,
  'changed-meanwhile': 412,
  'not-allowed': 403,
  'not-supported': 422,
  'not-signed-in': 401,
  'too-busy': 429,
}

function statusOf(route: AnyTenantRoute | AnyOpenRoute, code: string): number {
  return (route.refusals as Record<string, number> | undefined)?.[code] ?? COMMON_STATUS[code] ?? 409
}

/** Where a list goes on. */
function placeOf(value: unknown): string | undefined {
  const { items, next } = (value ?? {}) as { readonly items?: unknown; readonly next?: unknown }
  return Array.isArray(items) && typeof next === 'string' ? next : undefined
}

function answer(
  route: AnyTenantRoute | AnyOpenRoute,
  value: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  if (route.answer === undefined) return reply.status(204).send()
  const place = route.method === 'GET' ? placeOf(value) : undefined
  const next = place === undefined ? undefined : markedPlace(askedList(route, request), place)
  const body = JSON.stringify(next === undefined ? value : { ...(value as object), next })
  if (request.method === 'GET' || request.method === 'PATCH') {
    const etag = etagFor(route, value)
    reply.header('etag', etag)
    // A tag that does not cover everything cannot say that nothing is new.
    const isWhole = request.method === 'GET' && route.tagOf === undefined
    const known = isWhole ? request.headers['if-none-match'] : undefined
    if (known !== undefined && namesTag(known, etag)) return reply.status(304).send()
  }
  if (next !== undefined) reply.header('link', nextLink(request.url, next))
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
  const { caller } = call
  const opened = await serveStream(streams, request, reply, {
    tenantId: 'tenantId' in caller ? caller.tenantId : undefined,
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

function notFound(
  options: HttpOptions,
  taken: readonly string[],
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  if (taken.length > 0) {
    reply.header('allow', taken.join(', '))
    const values = { method: request.method, allowed: taken.join(', ') }
    return refused(options, refuse('wrong-method', { values }), 405, request, reply)
  }
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
