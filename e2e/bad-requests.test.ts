import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Borrowed, startBorrowed } from './kit/borrowed.ts'
import { makeNetwork, type Network } from './kit/network.ts'
import type { Problem } from './kit/rest.ts'

let borrowed: Borrowed
let network: Network

beforeAll(async () => {
  borrowed = await startBorrowed()
  network = await makeNetwork(borrowed.server, 'sloppy')
})
afterAll(() => borrowed.close())

interface Described {
  readonly paths: Record<string, Record<string, { readonly parameters: readonly { readonly $ref?: string }[] }>>
}
const description = (): Promise<Described> => network.rest.get('/v1/openapi.json')

describe('REST answers field by field', () => {
  const problem = async (method: string, path: string, body?: unknown): Promise<{ status: number; body: Problem }> => {
    const reply = await network.rest.send<Problem>(method, path, body)
    expect(reply.headers.get('content-type')).toMatch(/^application\/problem\+json/)
    expect(reply.body.requestId).toMatch(/.{8}/)
    return reply
  }

  it.each<[string, string, string, unknown, readonly string[]]>([
    ['a station without anything', 'POST', '/v1/stations', {}, ['/identity']],
    [
      'wrong types deep inside',
      'POST',
      '/v1/stations',
      { identity: 'X-1', state: 'asleep', evses: [{ id: 'one', connectors: [{ id: 1, type: 5 }] }] },
      ['/state', '/evses/0/id', '/evses/0/connectors/0/type'],
    ],
    [
      'an identity with a slash',
      'POST',
      '/v1/stations',
      { identity: 'a/b', evses: [{ id: 1, connectors: [{ id: 1, type: 'IEC_62196_T2' }] }] },
      ['/identity'],
    ],
    [
      'members nobody knows',
      'POST',
      '/v1/sites',
      { name: 'Here', tenantId: network?.id ?? 'x', colour: 'red' },
      ['/tenantId', '/colour'],
    ],
    ['a card without a uid', 'POST', '/v1/id-tokens', { type: 'ISO14443' }, ['/uid']],
    ['a status that is none', 'POST', '/v1/id-tokens', { uid: 'AB12', status: 'sleepy' }, ['/status']],
    [
      'a tariff of another shape',
      'POST',
      '/v1/tariffs',
      {
        name: 'T',
        tariff: {
          currency: 'EUR',
          elements: [{ price_components: [{ type: 'ENERGY', price: 'cheap', step_size: 1 }] }],
        },
      },
      ['/tariff/elements/0/price_components/0/price'],
    ],
    [
      'a member of a tariff that is not built',
      'POST',
      '/v1/tariffs',
      {
        name: 'T',
        tariff: {
          currency: 'EUR',
          elements: [
            { price_components: [{ type: 'ENERGY', price: '0.2', step_size: 1 }], restrictions: { min_kwh: 1 } },
          ],
        },
      },
      ['/tariff/elements/0/restrictions'],
    ],
    ['a limit that is too large', 'GET', '/v1/stations?limit=100000', undefined, ['/query/limit']],
    ['an id that is none', 'GET', '/v1/stations/not-an-id', undefined, ['/params/id']],
  ])('%s', async (_, method, path, body, pointers) => {
    const reply = await problem(method, path, body)
    expect([400, 404, 422]).toContain(reply.status)
    const errors = reply.body.errors ?? []
    if (reply.status !== 404)
      for (const pointer of pointers) expect(errors.map((error) => error.pointer)).toContain(pointer)
    for (const error of errors)
      expect(error).toMatchObject({ code: expect.stringMatching(/^[a-z-]+$/), message: expect.stringMatching(/./) })
  })

  it.each<[string, string, string | undefined, number, string]>([
    ['a body that is no JSON', '/v1/sites', '{"name":', 400, 'bad-json'],
    ['an address that is none', '/v1/nothing-here', '{}', 404, 'no-such-address'],
  ])('%s', async (_, path, body, status, code) => {
    expect(await problem('POST', path, body)).toMatchObject({ status, body: { code } })
  })

  it('a method that an address does not take: which it takes is said there, and stands in the description', async () => {
    for (const [path, methods] of Object.entries((await description()).paths)) {
      const at = path.replace(/\{[^}]+\}/g, '0190a000-0000-7000-8000-000000000001')
      const reply = await network.rest.send<Problem>('PUT', at, {})
      expect(reply, path).toMatchObject({ status: 405, body: { code: 'wrong-method' } })
      const allowed = reply.headers.get('allow')?.split(', ') ?? []
      expect(allowed.filter((method) => method !== 'HEAD').toSorted(), path).toEqual(
        Object.keys(methods)
          .map((method) => method.toUpperCase())
          .toSorted(),
      )
    }
  })

  it('every change takes If-Match, and every POST an Idempotency-Key, as the description says', async () => {
    const lacking = Object.entries((await description()).paths).flatMap(([path, methods]) =>
      Object.entries(methods).flatMap(([method, { parameters }]) => {
        const wanted = { post: 'Idempotency-Key', patch: 'If-Match', put: 'If-Match', delete: 'If-Match' }[method]
        const isNamed = parameters.some(({ $ref }) => $ref?.endsWith(`/${wanted}`))
        return wanted === undefined || isNamed ? [] : [`${method} ${path}`]
      }),
    )
    // These keep nothing, or make a sign-in that shows its secret once: asked again they do no harm.
    expect(lacking).toEqual([
      'post /v1/make-network',
      'post /v1/me/language',
      'post /v1/sign-in',
      'post /v1/sign-in-links',
      'post /v1/sign-in/link',
      'post /v1/sign-in/password',
      'post /v1/sign-out',
      'post /v1/sign-out/everywhere',
    ])
  })

  it('a change of what is no longer as it was read, of a check and a key too', async () => {
    const key = await network.rest.post<{ id: string }>('/v1/keys', { name: 'short-lived', role: 'viewer' })
    const changes: readonly [string, string, unknown][] = [
      ['/v1/usage-checks/begin-missing', 'PATCH', { action: 'accept' }],
      [`/v1/keys/${key.id}`, 'DELETE', undefined],
    ]
    for (const [path, method, body] of changes) {
      const etag = (await network.rest.send('GET', path)).headers.get('etag') ?? ''
      const stale = await network.rest.send<Problem>(method, path, body, { 'if-match': '"another"' })
      expect(stale, path).toMatchObject({ status: 412, body: { code: 'changed-meanwhile' } })
      expect((await network.rest.send(method, path, body, { 'if-match': etag })).status, path).toBeLessThan(300)
    }
  })

  it('a body that is too big, or not JSON by its own word', async () => {
    expect((await network.rest.send('POST', '/v1/sites', { name: 'x'.repeat(1_200_000) })).status).toBe(413)
    const plain = await network.rest.send<Problem>('POST', '/v1/sites', 'name=x', { 'content-type': 'text/plain' })
    expect(plain).toMatchObject({ status: 415, body: { code: 'not-json' } })
  })

  it('one wrong key is as good as another', async () => {
    for (const key of ['', 'nonsense', network.key.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'))]) {
      const reply = await network.rest.send<Problem>('GET', '/v1/stations', undefined, {
        authorization: `Bearer ${key}`,
      })
      expect(reply.status).toBe(401)
      expect(reply.headers.get('www-authenticate')).toBe('Bearer')
    }
  })
})
