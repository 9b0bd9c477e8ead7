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
