import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { movableClock, newId, sql } from '../platform/index.ts'
import { type TestGround, testGround } from '../platform/testing.ts'
import type { TestHttp } from '../platform/testing-http.ts'
import { identityHttp, makeNetwork, PLATFORM_KEY, type TestNetwork } from './testing.ts'

const clock = movableClock('2026-11-26T12:00:00Z')
let ground: TestGround
let http: TestHttp
let network: TestNetwork
let other: TestNetwork

beforeAll(async () => {
  ground = await testGround(clock)
  http = await identityHttp(ground)
  network = await makeNetwork(http, 'with-keys')
  other = await makeNetwork(http, 'other')
})
afterAll(async () => {
  await http.close()
  await ground.close()
})

async function makeKey(body: object, key = network.key): Promise<{ id: string; key: string }> {
  const made = await http.call('POST /v1/keys', { key, body })
  expect(made.status, made.text).toBe(201)
  return made.body as { id: string; key: string }
}

describe('a key', () => {
  it('works until it is revoked, and not a moment longer', async () => {
    const made = await makeKey({ name: 'till', role: 'administrator' })
    expect((await http.call('GET /v1/keys', { key: made.key })).status).toBe(200)
    const gone = await http.call(`DELETE /v1/keys/${made.id}`, { key: network.key })
    expect([gone.status, gone.text]).toEqual([204, ''])
    const refused = await http.call('GET /v1/keys', { key: made.key })
    expect(refused.body).toMatchObject({ status: 401, code: 'wrong-key' })
    expect(refused.headers['www-authenticate']).toBe('Bearer')
    expect((await http.call(`DELETE /v1/keys/${made.id}`, { key: network.key })).body['code']).toBe('no-such-key')
  })

  it.each([
    ['nothing', undefined, 'not-signed-in'],
    ['another scheme', 'Basic Zm9vOmJhcg==', 'wrong-key'],
    ['gibberish', 'Bearer x', 'wrong-key'],
    ['an unknown id', `Bearer ${newId()}.${'a'.repeat(43)}`, 'wrong-key'],
  ])('is needed: %s is refused', async (_, authorization, code) => {
    const headers = authorization === undefined ? {} : { authorization }
    const answer = await http.call('GET /v1/keys', { headers })
    expect(answer.body).toMatchObject({ status: 401, code })
  })

  it('with another’s secret is refused, and so is a key of another tenant with our id', async () => {
    const [id] = network.key.split('.')
    const [, secret] = other.key.split('.')
    expect((await http.call('GET /v1/keys', { key: `${id}.${secret}` })).body['code']).toBe('wrong-key')
  })

  it('does what its role does, and no more', async () => {
    const viewer = await makeKey({ name: 'screen', role: 'viewer' })
    const refused = await http.call('POST /v1/keys', { key: viewer.key, body: { name: 'more', role: 'administrator' } })
    expect(refused.body).toMatchObject({ status: 403, code: 'not-allowed' })
    expect((await http.call('GET /v1/me', { key: viewer.key })).body['rights']).not.toContain('stations.write')
  })

  it('for named sites carries no right over the whole tenant', async () => {
    const site = newId()
    const limited = await makeKey({ name: 'one site', role: 'administrator', sites: [site] })
    const me = await http.call('GET /v1/me', { key: limited.key })
    expect(me.body['sites']).toEqual([site])
    expect(me.body['rights']).toContain('stations.write')
    const body = { name: 'out', role: 'administrator' }
    expect((await http.call('POST /v1/keys', { key: limited.key, body })).status).toBe(403)
  })

  it('is kept as a hash only, and its use is noted', async () => {
    const made = await makeKey({ name: 'secret', role: 'viewer' })
    clock.move({ minutes: 2 })
    await http.call('GET /v1/me', { key: made.key })
    const rows = await ground.database.inTenant(network.id, (tx) =>
      tx.rows<{ row: string }>(sql`select to_jsonb(k)::text as row from api_keys k`),
    )
    expect(rows.map(({ row }) => row).join()).not.toContain(made.key.split('.')[1])
    const listed = await http.call('GET /v1/keys', { key: network.key })
    const [own] = (listed.body['items'] as { id: string }[]).filter((key) => key.id === made.id)
    expect(own).toMatchObject({ name: 'secret', role: 'viewer', sites: 'all', lastUsedAt: '2026-11-26T12:02:00Z' })
    expect(listed.text).not.toContain(made.key.split('.')[1])
  })

  it('of another tenant is neither seen nor revoked (GEN-ISOLATION)', async () => {
    const made = await makeKey({ name: 'ours', role: 'viewer' })
    expect((await http.call('GET /v1/keys', { key: other.key })).text).not.toContain(made.id)
    const foreign = await http.call(`DELETE /v1/keys/${made.id}`, { key: other.key })
    const unknown = await http.call(`DELETE /v1/keys/${newId()}`, { key: other.key })
    expect([foreign.status, foreign.body['code']]).toEqual([404, 'no-such-key'])
    expect(unknown.body['detail']).toBe(foreign.body['detail'])
    expect((await http.call('GET /v1/me', { key: made.key })).status).toBe(200)
  })

  it('that is the last to administer a tenant cannot be revoked', async () => {
    const alone = await makeNetwork(http, 'alone')
    const [id] = alone.key.split('.')
    expect((await http.call(`DELETE /v1/keys/${id}`, { key: alone.key })).body).toMatchObject({
      status: 409,
      code: 'last-administrator',
    })
    const second = await makeKey({ name: 'second', role: 'administrator' }, alone.key)
    expect((await http.call(`DELETE /v1/keys/${id}`, { key: second.key })).status).toBe(204)
  })

  it('of the platform is compared whole', async () => {
    expect((await http.call('GET /v1/me', { key: PLATFORM_KEY })).body).toEqual({ kind: 'platform' })
    expect((await http.call('GET /v1/me', { key: PLATFORM_KEY.slice(0, -1) })).status).toBe(401)
    expect((await http.call('GET /v1/me', { key: `${PLATFORM_KEY}x` })).status).toBe(401)
  })
})

describe('the list of keys', () => {
  it('goes page by page to its end, each key once, and counts when asked', async () => {
    const many = await makeNetwork(http, 'many')
    for (let n = 0; n < 4; n += 1) await makeKey({ name: `key ${n}`, role: 'viewer' }, many.key)
    const seen: string[] = []
    let address = '/v1/keys?limit=2&count=true'
    for (let pages = 0; pages < 5; pages += 1) {
      const page = await http.call(`GET ${address}`, { key: many.key })
      expect(page.body['total']).toBe(5)
      seen.push(...(page.body['items'] as { id: string }[]).map((key) => key.id))
      const link = page.headers['link']
      if (link === undefined) break
      address = /<(.+)>/.exec(String(link))?.[1] ?? ''
    }
    expect(seen).toHaveLength(5)
    expect(new Set(seen).size).toBe(5)
  })

  it.each(['limit=0', 'limit=201', 'limit=many', 'unknown=1'])('refuses ?%s by name', async (query) => {
    const answer = await http.call(`GET /v1/keys?${query}`, { key: network.key })
    expect(answer.body).toMatchObject({ code: 'bad-input', errors: [{ pointer: `/query/${query.split('=')[0]}` }] })
  })
})

describe('an Idempotency-Key', () => {
  const post = (key: string, body: object, idempotency: string) =>
    http.call('POST /v1/keys', { key, body, headers: { 'idempotency-key': idempotency } })

  it('gives one effect and one answer, however often it is sent', async () => {
    const body = { name: 'once', role: 'viewer' }
    const first = await post(network.key, body, 'a')
    const again = await post(network.key, body, 'a')
    expect([first.status, again.status]).toEqual([201, 201])
    expect(again.body).toEqual(first.body)
    expect(again.headers['idempotency-replayed']).toBe('true')
    const listed = await http.call('GET /v1/keys?limit=200', { key: network.key })
    expect((listed.body['items'] as { name: string }[]).filter((key) => key.name === 'once')).toHaveLength(1)
  })

  it('with another body is refused', async () => {
    await post(network.key, { name: 'b', role: 'viewer' }, 'b')
    const other = await post(network.key, { name: 'b', role: 'operator' }, 'b')
    expect(other.body).toMatchObject({ status: 422, code: 'idempotency-key-reused' })
  })

  it('sent at the same time by many has one effect, and all get its answer', async () => {
    const all = await Promise.all(
      Array.from({ length: 8 }, () => post(network.key, { name: 'at once', role: 'viewer' }, 'c')),
    )
    expect(new Set(all.map((answer) => answer.text)).size).toBe(1)
    expect(all[0]?.status).toBe(201)
  })

  it('of another caller is another one', async () => {
    const body = { name: 'shared', role: 'viewer' }
    const ours = await post(network.key, body, 'd')
    const theirs = await post(other.key, body, 'd')
    expect(theirs.status).toBe(201)
    expect(theirs.body['id']).not.toBe(ours.body['id'])
  })

  it('is free again after a refusal, and kept answers hold no secret in the open', async () => {
    const refused = await post(network.key, { name: 'e', role: 'nonsense' }, 'e')
    expect(refused.status).toBe(400)
    const made = await post(network.key, { name: 'e', role: 'viewer' }, 'e')
    expect(made.status).toBe(201)
    const kept = await ground.database.inTenant(network.id, (tx) =>
      tx.rows<{ answer: string }>(sql`select answer::text as answer from idempotency_keys`),
    )
    expect(JSON.stringify(kept)).not.toContain((made.body['key'] as string).split('.')[1])
  })
})

describe('the audit trail', () => {
  it('says who made and revoked a key, newest first, without its secret', async () => {
    const made = await makeKey({ name: 'watched', role: 'viewer' })
    await http.call(`DELETE /v1/keys/${made.id}`, { key: network.key })
    const trail = await http.call(`GET /v1/audit?objectId=${made.id}&count=true`, { key: network.key })
    expect(trail.body).toMatchObject({
      total: 2,
      next: null,
      items: [
        { action: 'key.revoked', actor: { kind: 'key', name: 'First administrator' }, before: { name: 'watched' } },
        { action: 'key.made', objectKind: 'key', after: { name: 'watched', role: 'viewer', sites: 'all' } },
      ],
    })
    expect(trail.text).not.toContain(made.key.split('.')[1])
    expect((await http.call('GET /v1/audit', { key: other.key })).text).not.toContain(made.id)
  })

  it('goes page by page', async () => {
    const first = await http.call('GET /v1/audit?limit=1', { key: network.key })
    const second = await http.call(`GET /v1/audit?limit=1&cursor=${String(first.body['next'])}`, { key: network.key })
    expect(second.body['items']).not.toEqual(first.body['items'])
  })

  it('is not for operators, and cannot be rewritten by the program', async () => {
    const operator = await makeKey({ name: 'operator', role: 'operator' })
    expect((await http.call('GET /v1/audit', { key: operator.key })).status).toBe(403)
    const rewritten = ground.database.inTenant(network.id, (tx) => tx.run(sql`update audit set actor_name = 'nobody'`))
    await expect(rewritten).rejects.toThrow(/permission denied/)
    const removed = ground.database.inTenant(network.id, (tx) => tx.run(sql`delete from audit`))
    await expect(removed).rejects.toThrow(/permission denied/)
  })
})

it('a key, or a person, is told when it is made just as it is told later', async () => {
  clock.move({ nanoseconds: 123_456_789 })
  for (const [path, body] of [
    ['/v1/keys', { name: 'till', role: 'viewer' }],
    ['/v1/staff', { name: 'Eila', mail: 'eila@example.org', role: 'viewer' }],
  ] as const) {
    const { key: _, invitationUrl: __, ...made } = (await http.call(`POST ${path}`, { key: network.key, body })).body
    expect((await http.call(`GET ${path}/${String(made['id'])}`, { key: network.key })).body).toEqual(made)
  }
})
