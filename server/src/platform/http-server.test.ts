import net from 'node:net'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import type { Authenticate } from './http-admission.ts'
import { DatabaseAway } from './db-faults.ts'
import { cursorFrom, cursorOf, paging } from './http-paging.ts'
import { openRoute, type StaffOrKey, streamRoute, tenantRoute } from './http-routes.ts'
import { type HttpServer, openHttp } from './http-server.ts'
import { must, ok, refuse } from './result.ts'
import { sql } from './sql.ts'
import { makeTestTenant, type TestGround, testGround } from './testing.ts'
import { type TestHttp, testHttp, testTexts } from './testing-http.ts'

let ground: TestGround
let http: TestHttp
let tenantId: string
let cut = 0
let signedOut = false
let sites: 'all' | string[] = 'all'

/** `Bearer staff` and `Bearer key` are callers with the right `read`; anything else is nobody. */
const authenticate: Authenticate = async ({ authorization }) => {
  const kind = authorization?.slice('Bearer '.length)
  if (signedOut || (kind !== 'staff' && kind !== 'key')) return ok({ kind: 'nobody' })
  const actorId = '01890000-0000-7000-8000-000000000001'
  return ok({ kind, tenantId, actorId, actorName: 'A', rights: new Set(['read']), sites, language: 'en' })
}

const echo = z.strictObject({
  name: z.string().min(2).max(5),
  kind: z.enum(['a', 'b']).optional(),
  list: z.array(z.strictObject({ n: z.int().min(1).max(9) })).optional(),
  for: z
    .union([z.strictObject({ idToken: z.strictObject({ uid: z.string() }) }), z.strictObject({ phone: z.string() })])
    .optional(),
})

const routes = [
  openRoute({
    method: 'POST',
    path: '/v1/echo',
    tag: 't',
    summary: 's',
    who: 'public',
    body: echo,
    answer: echo,
    handle: async ({ body }) => ok(body),
  }),
  openRoute({
    method: 'POST',
    path: '/v1/nothing',
    tag: 't',
    summary: 's',
    who: 'public',
    handle: async () => ok(undefined),
  }),
  openRoute({
    method: 'GET',
    path: '/v1/broken/:how',
    tag: 't',
    summary: 's',
    who: 'public',
    params: z.strictObject({ how: z.enum(['bug', 'away']) }),
    async handle({ params }) {
      throw params.how === 'bug' ? new Error('a secret detail') : new DatabaseAway('gone')
    },
  }),
  tenantRoute({
    method: 'POST',
    path: '/v1/undone',
    tag: 't',
    summary: 's',
    right: 'read',
    refusals: { 'no-way': 409 },
    async handle(tx) {
      await tx.run(sql`update tenants set name = 'changed'`)
      return refuse('no-way')
    },
  }),
  tenantRoute({
    method: 'POST',
    path: '/v1/located',
    tag: 't',
    summary: 's',
    right: 'read',
    answer: z.strictObject({ fine: z.boolean() }),
    status: 202,
    async handle(_, { setHeader }) {
      setHeader('location', '/v1/located/1')
      return ok({ fine: true })
    },
  }),
  tenantRoute({
    method: 'GET',
    path: '/v1/list',
    tag: 't',
    summary: 's',
    right: 'read',
    query: z.strictObject(paging),
    answer: z.strictObject({ n: z.int() }),
    async handle(tx, { query }) {
      const [at] = cursorFrom(query.cursor) ?? []
      return ok(must(await tx.row<{ n: number }>(sql`select 1 as n where ${at ?? null}::timestamptz is null`), 'row'))
    },
  }),
  tenantRoute({
    method: 'DELETE',
    path: '/v1/located',
    tag: 't',
    summary: 's',
    right: 'write',
    handle: async () => ok(undefined),
  }),
  streamRoute({
    path: '/v1/live',
    tag: 't',
    summary: 's',
    right: 'read',
    query: z.strictObject({ refuse: z.string().optional(), much: z.string().optional() }),
    async open(call, stream) {
      if (call.query.refuse !== undefined) return refuse('no-such-thing')
      if (call.query.much !== undefined) stream.onClose(() => (cut += 1))
      if (call.query.much !== undefined) stream.send({ type: 'much', data: 'x'.repeat(30_000_000) })
      stream.send({ id: '1.1', type: 'station.changed', data: { for: (call.caller as StaffOrKey).kind } })
      return ok(undefined)
    },
  }),
]

beforeAll(async () => {
  ground = await testGround()
  tenantId = await makeTestTenant(ground, 'one')
  http = await testHttp(ground, routes, authenticate)
})
afterAll(async () => {
  await http.close()
  await ground.close()
})

describe('input', () => {
  it.each([
    [{}, [['/name', 'missing']]],
    [{ name: 7 }, [['/name', 'wrong-type']]],
    [{ name: 'a' }, [['/name', 'too-small']]],
    [{ name: 'abcdef' }, [['/name', 'too-big']]],
    [{ name: 'abc', kind: 'c' }, [['/kind', 'not-one-of']]],
    [{ name: 'abc', list: [{ n: 1 }, { n: 10 }] }, [['/list/1/n', 'too-big']]],
    [{ name: 'abc', list: [{ n: 1.5 }] }, [['/list/0/n', 'wrong-type']]],
    [
      { name: 'abc', role: 'administrator', 'a/b~c': 1 },
      [
        ['/role', 'not-known'],
        ['/a~1b~0c', 'not-known'],
      ],
    ],
    [[], [['', 'wrong-type']]],
    [{ name: 'abc', for: { idToken: { uid: 1 } } }, [['/for/idToken/uid', 'wrong-type']]],
    [{ name: 'abc', for: 'me' }, [['/for', 'not-valid']]],
    [
      { name: null, kind: 1 },
      [
        ['/name', 'wrong-type'],
        ['/kind', 'not-one-of'],
      ],
    ],
  ])('%j is answered field by field', async (body, faults) => {
    const answer = await http.call('POST /v1/echo', { body })
    expect(answer.status).toBe(400)
    const errors = answer.body['errors'] as { pointer: string; code: string; message: string }[]
    expect(errors.map(({ pointer, code }) => [pointer, code])).toEqual(faults)
    for (const { message } of errors) expect(message).toMatch(/^[A-Z][^{}]*\.$/)
  })

  it('is a problem with a title, a text that says what to do, and the request’s id', async () => {
    const answer = await http.call('POST /v1/echo', { body: {} })
    expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8')
    expect(answer.body).toMatchObject({
      type: '/docs#problem-bad-input',
      title: expect.stringMatching(/\.$/),
      detail: expect.stringMatching(/\. /),
      code: 'bad-input',
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    })
  })

  it.each([
    ['half of it', '{"name":', 'application/json', 400, 'bad-json'],
    ['a prototype', '{"__proto__": {"name": "abc"}}', 'application/json', 400, 'bad-json'],
    ['a form', 'name=abc', 'application/x-www-form-urlencoded', 415, 'not-json'],
    ['JSON called text', '{"name":"abc"}', 'text/plain', 415, 'not-json'],
    ['a megabyte', JSON.stringify({ name: 'x'.repeat(1_100_000) }), 'application/json', 413, 'body-too-big'],
  ])('that is %s is refused', async (_, payload, type, status, code) => {
    const answer = await http.inject({
      method: 'POST',
      url: '/v1/echo',
      payload,
      headers: { 'content-type': type, host: '127.0.0.1:8080' },
    })
    expect([answer.statusCode, answer.json().code]).toEqual([status, code])
  })

  it('may be absent whatever its type says', async () => {
    const headers = { 'content-type': 'application/json', host: '127.0.0.1:8080' }
    const answer = await http.inject({ method: 'POST', url: '/v1/nothing', headers })
    expect([answer.statusCode, answer.body]).toEqual([204, ''])
  })
})

describe('trouble', () => {
  it('of ours tells nobody its details', async () => {
    const answer = await http.call('GET /v1/broken/bug')
    expect(answer.body).toMatchObject({ status: 500, code: 'our-fault' })
    expect(answer.text).not.toContain('secret detail')
  })

  it('of a database that is away says when to come again', async () => {
    const answer = await http.call('GET /v1/broken/away')
    expect([answer.status, answer.headers['retry-after']]).toEqual([503, '5'])
  })

  it('of an address that does not exist is a problem too', async () => {
    expect((await http.call('GET /v1/nowhere')).body).toMatchObject({ status: 404, code: 'no-such-address' })
    expect((await http.call('GET /v1/%ff')).status).toBeGreaterThanOrEqual(400)
  })

  it('of an address that takes other methods says which', async () => {
    for (const address of ['GET /v1/located/', 'PATCH /v1/located?x=1'] as const) {
      const answer = await http.call(address)
      expect(answer, address).toMatchObject({ status: 405, body: { code: 'wrong-method', status: 405 } })
      expect(answer.headers['content-type']).toContain('application/problem+json')
      expect(answer.headers['allow']).toBe('POST, DELETE')
      expect(answer.body['detail']).toContain('POST, DELETE')
    }
    const broken = await http.call('DELETE /v1/broken/any')
    expect([broken.status, broken.headers['allow']]).toEqual([405, 'GET, HEAD'])
    expect((await http.call('DELETE /v1/broken/any/more')).status).toBe(404)
  })

  it('in a refused route undoes what it wrote', async () => {
    expect((await http.call('POST /v1/undone', { key: 'key' })).body).toMatchObject({ status: 409, code: 'no-way' })
    const row = await ground.database.inTenant(tenantId, (tx) =>
      tx.row<{ name: string }>(sql`select name from tenants`),
    )
    expect(row?.name).toBe('one')
  })

  it('has a text for every code of ours', () => {
    const texts = testTexts()
    const codes =
      `bad-input bad-json not-json body-too-big our-fault database-away no-such-address wrong-method not-signed-in wrong-key
      wrong-origin not-allowed not-supported idempotency-key-reused changed-meanwhile too-many-streams`.split(/\s+/)
    for (const code of codes) expect(texts.ofCode('en', 'refusal', code), code).toMatch(/^[A-Z].*\. .*\.$/)
  })
})

describe('a caller', () => {
  it('without the right is refused, without a sign-in too', async () => {
    expect((await http.call('DELETE /v1/located', { key: 'key' })).body['code']).toBe('not-allowed')
    expect((await http.call('DELETE /v1/located')).body['code']).toBe('not-signed-in')
  })

  it('gets strict headers with every answer, pages and problems alike (attack 34)', async () => {
    for (const answer of [await http.call('POST /v1/echo', { body: { name: 'abc' } }), await http.call('GET /v1/no')]) {
      expect(answer.headers['content-security-policy']).toContain("frame-ancestors 'none'")
      expect(answer.headers['content-security-policy']).toContain("script-src 'self'")
      expect(answer.headers['x-content-type-options']).toBe('nosniff')
      expect(answer.headers['referrer-policy']).toBe('no-referrer')
      expect(answer.headers['access-control-allow-origin']).toBeUndefined()
    }
  })

  it('is never answered from a cache of private things', async () => {
    expect((await http.call('POST /v1/echo', { body: { name: 'abc' } })).headers['cache-control']).toBe('no-store')
    expect((await http.call('DELETE /v1/located')).headers['cache-control']).toBe('no-store')
  })
})

describe('an Idempotency-Key', () => {
  it('repeats status and location as well', async () => {
    const request = { key: 'key', headers: { 'idempotency-key': 'k' } }
    const [first, again] = [await http.call('POST /v1/located', request), await http.call('POST /v1/located', request)]
    expect([first.status, first.headers['location']]).toEqual([202, '/v1/located/1'])
    expect([again.status, again.headers['location'], again.body]).toEqual([202, '/v1/located/1', first.body])
  })

  it('longer than two hundred characters is refused', async () => {
    const headers = { 'idempotency-key': 'k'.repeat(201) }
    const answer = await http.call('POST /v1/located', { key: 'key', headers })
    expect(answer.body).toMatchObject({ code: 'bad-input', errors: [{ pointer: '/headers/idempotency-key' }] })
  })
})

it('a cursor that is none of ours is the caller’s fault, field by field', async () => {
  const answer = await http.call(`GET /v1/list?cursor=${cursorOf(['no instant'])}`, { key: 'key' })
  expect(answer.status).toBe(400)
  expect(answer.body['errors']).toMatchObject([{ pointer: '/query/cursor', code: 'not-valid' }])
})

it.each(['x\u0000', 'x\ud800', '\u001b['])('%j is no text', async (name) => {
  const answer = await http.call('POST /v1/echo', { body: { name } })
  expect(answer.body['errors']).toMatchObject([{ pointer: '/name', code: 'not-valid' }])
})

describe('a live stream', () => {
  let live: HttpServer
  let base: string
  beforeAll(async () => {
    const options = { ground, routes, authenticate, texts: testTexts(), trustedProxies: [], folders: [], beatMs: 5 }
    live = await openHttp(options)
    base = `http://127.0.0.1:${await live.listen('127.0.0.1', 0)}`
  })
  afterAll(() => live.close())

  const open = (path = '/v1/live', key = 'key') =>
    fetch(`${base}${path}`, { headers: { authorization: `Bearer ${key}` } })

  async function readUntil(response: Response, pattern: RegExp): Promise<string> {
    let text = ''
    const decoder = new TextDecoder()
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk, { stream: true })
      if (pattern.test(text)) break
    }
    return text
  }

  it('sends what happened, with an id to come back by, and shows that it lives', async () => {
    const response = await open()
    expect(response.headers.get('content-type')).toBe('text/event-stream')
    expect(response.headers.get('cache-control')).toBe('no-store')
    // It ends with its connection: in chunks, what a reader leaves unread would cost much more.
    expect(response.headers.get('transfer-encoding')).toBeNull()
    const text = await readUntil(response, /event: beat\ndata: .+\n\n/)
    expect(text).toContain('event: beat\ndata: {"type":"beat","version":1}\n\n')
    expect(text).toContain('id: 1.1\nevent: station.changed\ndata: {"for":"key"}\n\n')
  })

  it('is refused like any route', async () => {
    expect((await open('/v1/live', 'nobody')).status).toBe(401)
    expect((await open('/v1/live?refuse=yes')).status).toBe(404)
  })

  it('ends when its reader is signed out', async () => {
    const response = await open()
    signedOut = true
    try {
      // Ends by itself: without that this would wait for ever.
      await readUntil(response, /never/)
    } finally {
      signedOut = false
    }
  })

  it('ends when its reader may see other sites now, and goes on for whoever may see the same', async () => {
    const response = await open()
    sites = ['01890000-0000-7000-8000-000000000002']
    try {
      await readUntil(response, /never/)
      expect(await readUntil(await open(), /(event: beat\n[^]*){5}/)).toMatch(/event: beat/)
    } finally {
      sites = 'all'
    }
  })

  it('is cut when its reader takes nothing from one beat to the next (row 27)', async () => {
    const socket = net.connect(Number(new URL(base).port), '127.0.0.1').pause()
    socket.write('GET /v1/live?much=yes HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer key\r\n\r\n')
    await vi.waitFor(() => expect(cut).toBe(1), 10_000)
    socket.destroy()
  })

  it('ends when the server closes', async () => {
    const other = await openHttp({ ground, routes, authenticate, texts: testTexts(), trustedProxies: [], folders: [] })
    const address = `http://127.0.0.1:${await other.listen('127.0.0.1', 0)}/v1/live`
    const response = await fetch(address, { headers: { authorization: 'Bearer key' } })
    const reading = readUntil(response, /never/)
    await other.close()
    await reading.catch(() => {})
  })
})

it('says in a sentence that a port is taken', async () => {
  const make = () => openHttp({ ground, routes: [], authenticate, texts: testTexts(), trustedProxies: [], folders: [] })
  const [first, second] = [await make(), await make()]
  const port = await first.listen('127.0.0.1', 0)
  await expect(second.listen('127.0.0.1', port)).rejects.toThrow(/Port \d+ .* is taken.*set PORT/)
  await Promise.all([first.close(), second.close()])
})
