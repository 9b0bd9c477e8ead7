import { once } from 'node:events'
import net from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import type { Authenticate } from './http-admission.ts'
import { ACCESS_CHANGED } from './http-events.ts'
import { cursorFrom, cursorOf, listOf, paging } from './http-paging.ts'
import { type EventStream, openRoute, streamRoute, tenantRoute } from './http-routes.ts'
import { type HttpServer, openHttp } from './http-server.ts'
import { fromBeforeTo, instantShape } from './http-shapes.ts'
import { must, ok } from './result.ts'
import { sql } from './sql.ts'
import { makeTestTenant, type TestGround, testGround } from './testing.ts'
import { type TestHttp, testHttp, testTexts } from './testing-http.ts'

/** What a program says that is not meant so: it is told, and nothing else happens instead. */
let ground: TestGround
let http: TestHttp
const tenants = new Map<string, string>()
const signedOut = new Set<string>()

/** `Bearer one` and `Bearer two` are keys of two tenants. */
const authenticate: Authenticate = async ({ authorization }) => {
  const name = authorization?.slice('Bearer '.length) ?? ''
  const tenantId = tenants.get(name)
  if (tenantId === undefined || signedOut.has(name)) return ok({ kind: 'nobody' })
  const actorId = '01890000-0000-7000-8000-000000000001'
  const rights = new Set(['read', 'write'])
  return ok({ kind: 'key', tenantId, actorId, actorName: 'A', rights, sites: 'all', language: 'en' })
}

const gate = { open: (): void => {}, opened: Promise.resolve() }
function closeGate(): void {
  gate.opened = new Promise((resolve) => (gate.open = resolve))
}

const base = { tag: 't', summary: 's' }
let newest: EventStream
const row = z.strictObject({ name: z.string() })

const listAt = (path: string) =>
  tenantRoute({
    ...base,
    method: 'GET',
    path,
    right: 'read',
    query: z.strictObject({ ...paging, kind: z.string().optional() }),
    answer: listOf(z.int()),
    async handle(_, { query }) {
      const after = Number(cursorFrom(query.cursor)?.[0] ?? 0)
      return ok({ items: [after + 1], next: cursorOf([after + 1]) })
    },
  })

const routes = [
  listAt('/v1/lists'),
  listAt('/v1/others'),
  tenantRoute({
    ...base,
    method: 'GET',
    path: '/v1/plain',
    right: 'read',
    answer: row,
    handle: async () => ok({ name: 'x' }),
  }),
  tenantRoute({ ...base, method: 'POST', path: '/v1/plain', right: 'write', handle: async () => ok(undefined) }),
  openRoute({
    ...base,
    method: 'POST',
    path: '/v1/next',
    who: 'public',
    answer: z.strictObject({ next: z.string() }),
    handle: async () => ok({ next: 'console' }),
  }),
  tenantRoute({
    ...base,
    method: 'POST',
    path: '/v1/any',
    right: 'write',
    body: z.strictObject({ any: z.unknown() }),
    handle: async () => ok(undefined),
  }),
  tenantRoute({
    ...base,
    method: 'GET',
    path: '/v1/spans',
    right: 'read',
    query: z.strictObject({ from: instantShape.optional(), to: instantShape.optional() }).refine(...fromBeforeTo),
    answer: z.strictObject({ from: z.string().nullable() }),
    async handle(tx, { query }) {
      const kept = await tx.row<{ at: Temporal.Instant | null }>(sql`select ${query.from ?? null}::timestamptz as at`)
      return ok({ from: kept?.at?.toString() ?? null })
    },
  }),
  tenantRoute({
    ...base,
    method: 'GET',
    path: '/v1/tenant',
    right: 'read',
    answer: row,
    handle: async (tx) => ok(must(await tx.row<{ name: string }>(sql`select name from tenants`), 'tenant')),
  }),
  tenantRoute({
    ...base,
    method: 'PATCH',
    path: '/v1/tenant',
    right: 'write',
    body: row,
    answer: row,
    async handle(tx, { body }) {
      await tx.run(sql`update tenants set name = ${body.name}`)
      if (body.name === 'slow') await gate.opened
      return ok(body)
    },
  }),
  tenantRoute({
    ...base,
    method: 'GET',
    path: '/v1/slow',
    right: 'read',
    async handle(tx) {
      await tx.row(sql`select 1 as one`)
      await gate.opened
      return ok(undefined)
    },
  }),
  streamRoute({
    ...base,
    path: '/v1/live',
    right: 'read',
    async open(_, stream) {
      newest = stream
      stream.send({ type: 'hello', data: {} })
      return ok(undefined)
    },
  }),
  streamRoute({
    ...base,
    path: '/v1/slow-live',
    async open() {
      await gate.opened
      return ok(undefined)
    },
  }),
]

beforeAll(async () => {
  ground = await testGround()
  for (const name of ['one', 'two']) tenants.set(name, await makeTestTenant(ground, name))
  http = await testHttp(ground, routes, authenticate)
})
afterAll(async () => {
  await http.close()
  await ground.close()
})

const call: TestHttp['call'] = (address, request = {}) => http.call(address, { key: 'one', ...request })
const faults = ({ body }: { readonly body: Record<string, unknown> }) =>
  ((body['errors'] ?? []) as { pointer: string; code: string }[]).map(({ pointer, code }) => [pointer, code])

describe('what a route does not know', () => {
  it.each([
    ['GET /v1/plain?colour=red', undefined, '/query/colour'],
    ['POST /v1/plain?dry=true', undefined, '/query/dry'],
    ['POST /v1/plain', { reason: 'x' }, '/reason'],
    ['GET /v1/lists?kid=x', undefined, '/query/kid'],
  ] as const)('%s is refused by its name, never ignored', async (address, body, pointer) => {
    const answer = await call(address, { body })
    expect([answer.status, faults(answer)]).toEqual([400, [[pointer, 'not-known']]])
  })

  it('may be said by nobody who says nothing', async () => {
    expect((await call('POST /v1/plain', { body: {} })).status).toBe(204)
    expect((await call('POST /v1/plain')).status).toBe(204)
  })
})

it('of very many faults the first are told', async () => {
  const body = Object.fromEntries(Array.from({ length: 5_000 }, (_, n) => [`member${n}`, n]))
  expect(faults(await call('POST /v1/plain', { body }))).toHaveLength(50)
})

describe('a place in a list', () => {
  const nextOf = async (address: `GET ${string}`): Promise<string> => String((await call(address)).body['next'])

  it('goes on, whatever the length of the page, and leads there by Link too', async () => {
    const first = await call('GET /v1/lists?kind=a&limit=1')
    const next = String(first.body['next'])
    const second = await call(`GET /v1/lists?limit=7&count=true&cursor=${next}&kind=a`)
    expect([second.status, second.body['items']]).toEqual([200, [2]])
    const link = /<(.+)>; rel="next"/.exec(String(first.headers['link']))?.[1] ?? ''
    expect((await call(`GET ${link}`)).body['items']).toEqual([2])
  })

  it('that is none is refused, not taken for the beginning', async () => {
    for (const cursor of ['zzz', 'x', cursorOf([1]), `${await nextOf('GET /v1/lists')}.`.slice(0, 9)]) {
      const answer = await call(`GET /v1/lists?cursor=${encodeURIComponent(cursor)}`)
      expect([answer.status, faults(answer)], cursor).toEqual([400, [['/query/cursor', 'not-valid']]])
    }
    expect((await call('GET /v1/lists?cursor=zzz')).text).toContain('Give next of the page before')
  })

  it('of another list, or under other filters, is refused too', async () => {
    const next = await nextOf('GET /v1/lists?kind=a')
    for (const address of ['/v1/others?kind=a', '/v1/lists?kind=b', '/v1/lists?'])
      expect((await call(`GET ${address}&cursor=${next}`)).status, address).toBe(400)
  })

  it('is looked for in lists alone', async () => {
    const answer = await call('POST /v1/next')
    expect([answer.body, answer.headers['link']]).toEqual([{ next: 'console' }, undefined])
  })
})

describe('an instant', () => {
  it.each([
    ['from=0000-01-01T00:00:00Z', '/query/from', 'year-out-of-range'],
    ['from=1969-12-31T23:59:59Z', '/query/from', 'year-out-of-range'],
    ['to=9999-12-31T23:59:59-14:00', '/query/to', 'year-out-of-range'],
    ['from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z', '/query/to', 'before-from'],
    ['from=2026-01-02', '/query/from', 'not-valid'],
    ['from=2026-01-02T00:00:00.1234567890Z', '/query/from', 'not-valid'],
  ])('%s is refused', async (query, pointer, code) => {
    const answer = await call(`GET /v1/spans?${query}`)
    expect([answer.status, faults(answer)]).toEqual([400, [[pointer, code]]])
  })

  it.each(['1970-01-01T00:00:00Z', '9999-12-31T23:59:59Z', '2026-01-01T00:00:00Z'])('%s is read', async (at) => {
    expect((await call(`GET /v1/spans?from=${at}&to=9999-12-31T23:59:59Z`)).body['from']).toBe(at)
  })
})

it('a body nested deeper than anything that is asked for is refused', async () => {
  const nested = (depth: number): unknown => JSON.parse(`${'['.repeat(depth)}${']'.repeat(depth)}`)
  expect((await call('POST /v1/any', { body: { any: nested(30) } })).status).toBe(204)
  const payload = `{"any":${'['.repeat(200_000)}${']'.repeat(200_000)}}`
  const headers = { 'content-type': 'application/json', authorization: 'Bearer one', 'idempotency-key': 'deep' }
  const answer = await http.inject({ method: 'POST', url: '/v1/any', payload, headers })
  expect([answer.statusCode, answer.json().code]).toEqual([400, 'bad-input'])
})

it('an empty Idempotency-Key is no key, or all calls would be one', async () => {
  const answer = await call('POST /v1/plain', { headers: { 'idempotency-key': ' ' } })
  expect([answer.status, faults(answer)]).toEqual([400, [['/headers/idempotency-key', 'too-small']]])
})

/** How many connections of this database stand in some state. */
async function connections(where: string): Promise<number> {
  const client = new pg.Client(ground.owner)
  await client.connect()
  try {
    const { rows } = await client.query(
      `select count(*)::int as n from pg_stat_activity where datname = current_database() and ${where}`,
    )
    return rows[0].n as number
  } finally {
    await client.end()
  }
}

describe('If-Match', () => {
  it('sees a change that is being made without one', async () => {
    const { headers } = await call('GET /v1/tenant')
    closeGate()
    const slow = call('PATCH /v1/tenant', { body: { name: 'slow' } })
    await vi.waitFor(
      async () => expect(await connections(`state = 'idle in transaction' and backend_xid is not null`)).toBe(1),
      10_000,
    )
    const careful = call('PATCH /v1/tenant', {
      body: { name: 'careful' },
      headers: { 'if-match': String(headers['etag']) },
    })
    await vi.waitFor(async () => expect(await connections(`wait_event_type = 'Lock'`)).toBe(1), 10_000)
    gate.open()
    expect((await slow).status).toBe(200)
    expect((await careful).body).toMatchObject({ status: 412, code: 'changed-meanwhile' })
    expect((await call('GET /v1/tenant')).body).toEqual({ name: 'slow' })
  })
})

describe('a tenant that asks for much at once', () => {
  it('leaves room in the database for the others', async () => {
    closeGate()
    const much = Array.from({ length: 40 }, () => call('GET /v1/slow'))
    await vi.waitFor(async () => expect(await connections(`state = 'idle in transaction'`)).toBeGreaterThan(2), 10_000)
    expect((await call('GET /v1/tenant', { key: 'two' })).status).toBe(200)
    gate.open()
    expect(new Set((await Promise.all(much)).map(({ status }) => status))).toEqual(new Set([204]))
  })
})

describe('a stream', () => {
  const openLive = (beatMs = 3_600_000) =>
    openHttp({ ground, routes, authenticate, texts: testTexts(), trustedProxies: [], folders: [], beatMs })
  const addressOf = async (live: HttpServer) => `http://127.0.0.1:${await live.listen('127.0.0.1', 0)}`
  const takeAway = (name: string): void => {
    signedOut.add(name)
    ground.bus.publish(must(tenants.get(name), 'tenant'), { type: ACCESS_CHANGED, version: 1 })
  }
  async function restOf(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<string> {
    let text = ''
    // Ends by itself: without that this would wait for ever.
    for (let next = await reader.read(); !next.done; next = await reader.read())
      text += Buffer.from(next.value).toString()
    return text
  }

  it('whose reader may see it no more ends at once, not at the next look', async () => {
    const live = await openLive()
    const { body } = await fetch(`${await addressOf(live)}/v1/live`, { headers: { authorization: 'Bearer two' } })
    const reader = must(body, 'a stream').getReader()
    await reader.read()
    takeAway('two')
    await restOf(reader)
    signedOut.clear()
    await live.close()
  })

  /** Of a reader that reads nothing: so much is sent that the last of it waits with us. */
  async function openStuck(live: HttpServer): Promise<net.Socket> {
    const sockets: net.Socket[] = []
    live.server.on('connection', (socket) => sockets.push(socket))
    const reader = net.connect(Number(new URL(await addressOf(live)).port), '127.0.0.1').pause()
    const began = newest
    reader.write('GET /v1/live HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer two\r\n\r\n')
    while (newest === began) await turn()
    await turn()
    while (must(sockets[0], 'its socket').writableLength < 200_000) {
      newest.send({ type: 'much', data: 'x'.repeat(50_000) })
      await turn()
    }
    return reader
  }

  it('that ends while its reader is slow hears nothing more, and hurts nobody', async () => {
    const live = await openLive()
    const reader = await openStuck(live)
    takeAway('two')
    await turn()
    for (let n = 0; n < 3; n += 1) {
      newest.send({ type: 'late', data: { n } })
      await turn()
    }
    let text = ''
    reader.on('data', (chunk) => (text += chunk.toString())).resume()
    await once(reader, 'end')
    expect(text).toContain('much')
    expect(text).not.toContain('late')
    signedOut.clear()
    await live.close()
  })

  it('that has ended and is not read to its end is cut at the next beat', async () => {
    const live = await openLive(50)
    const reader = await openStuck(live)
    takeAway('two')
    let isCut = false
    newest.onClose(() => (isCut = true))
    await vi.waitFor(() => expect(isCut).toBe(true), 10_000)
    reader.destroy()
    signedOut.clear()
    await live.close()
  })

  it('counts from the moment it is asked for, so that many at once are not too many', async () => {
    const live = await openLive()
    const url = `${await addressOf(live)}/v1/slow-live`
    closeGate()
    const asked = Array.from({ length: 205 }, () => fetch(url))
    const refused = await Promise.race(asked)
    gate.open()
    expect(refused.status).toBe(429)
    const statuses = (await Promise.all(asked)).map(({ status }) => status)
    expect(statuses.filter((status) => status === 429)).toHaveLength(5)
    await live.close()
  })
})
