import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newId } from '../platform/index.ts'
import { type TestGround, testGround } from '../platform/testing.ts'
import type { TestHttp } from '../platform/testing-http.ts'
import { identityHttp, makeNetwork, type TestNetwork } from './testing.ts'

let ground: TestGround
let http: TestHttp
let network: TestNetwork
let other: TestNetwork

beforeAll(async () => {
  ground = await testGround()
  http = await identityHttp(ground)
  network = await makeNetwork(http, 'people')
  other = await makeNetwork(http, 'strangers')
})
afterAll(async () => {
  await http.close()
  await ground.close()
})

let people = 0
/** Somebody who followed their invitation. */
async function person(role: string, body: object = {}, key = network.key) {
  people += 1
  const wanted = { name: `Person ${people}`, mail: `person${people}@example.com`, role, ...body }
  const made = await http.call('POST /v1/staff', { key, body: wanted })
  expect(made.status, made.text).toBe(201)
  const token = (made.body['invitationUrl'] as string).split('#')[1]
  const { cookie } = await http.call('POST /v1/sign-in/link', { body: { token } })
  return { id: made.body['id'] as string, cookie: cookie ?? '' }
}

const patch = (id: string, body: object, more: object = { key: network.key }) =>
  http.call(`PATCH /v1/staff/${id}`, { body, ...more })

describe('people', () => {
  it('are listed with what they may, to those who may see it', async () => {
    const operator = await person('operator')
    const boss = await person('administrator')
    const listed = await http.call('GET /v1/staff?count=true', { cookie: boss.cookie })
    expect(listed.body).toMatchObject({ total: people, next: null })
    expect((listed.body['items'] as object[])[0]).toMatchObject({ role: 'operator', status: 'active', sites: 'all' })
    expect((await http.call('GET /v1/staff', { cookie: operator.cookie })).body['code']).toBe('not-allowed')
  })

  it('lose their rights with the very next request when their role changes', async () => {
    const { id, cookie } = await person('administrator')
    await person('administrator')
    expect((await http.call('GET /v1/keys', { cookie })).status).toBe(200)
    expect((await patch(id, { role: 'viewer' })).body).toMatchObject({ id, role: 'viewer' })
    expect((await http.call('GET /v1/keys', { cookie })).status).toBe(403)
  })

  it('who are disabled are signed out at once, and neither link nor password lets them in again', async () => {
    const { id, cookie } = await person('viewer')
    await http.call('POST /v1/sign-in/password', { cookie, body: { password: 'kolme hauskaa hevosta' } })
    expect((await patch(id, { status: 'disabled' })).body).toMatchObject({ status: 'disabled' })
    expect((await http.call('GET /v1/me', { cookie })).status).toBe(401)
    const body = { mail: `person${people}@example.com`, password: 'kolme hauskaa hevosta' }
    expect((await http.call('POST /v1/sign-in', { body })).status).toBe(401)
    const link = await http.call(`POST /v1/staff/${id}/sign-in-link`, { key: network.key })
    expect(link.body['code']).toBe('person-disabled')
    expect((await patch(id, { status: 'active' })).body).toMatchObject({ status: 'active' })
    expect((await http.call('POST /v1/sign-in', { body })).status).toBe(200)
  })

  it('are signed out in every browser by an administrator, and come again by their password', async () => {
    const { id, cookie } = await person('viewer')
    const password = 'kolme hauskaa hevosta'
    await http.call('POST /v1/sign-in/password', { cookie, body: { password } })
    const body = { mail: `person${people}@example.com`, password }
    const second = await http.call('POST /v1/sign-in', { body })
    expect((await http.call(`POST /v1/staff/${id}/sign-out`, { cookie })).status).toBe(403)
    expect((await http.call(`POST /v1/staff/${id}/sign-out`, { key: network.key })).status).toBe(204)
    for (const one of [cookie, second.cookie]) expect((await http.call('GET /v1/me', { cookie: one })).status).toBe(401)
    expect((await http.call('POST /v1/sign-in', { body })).status).toBe(200)
    const nobody = '0190a000-0000-7000-8000-00000000dead'
    expect((await http.call(`POST /v1/staff/${nobody}/sign-out`, { key: network.key })).status).toBe(404)
  })

  it('invited and disabled before they came cannot follow their link', async () => {
    const body = { name: 'Never', mail: 'never@example.com', role: 'viewer' }
    const made = await http.call('POST /v1/staff', { key: network.key, body })
    await patch(made.body['id'] as string, { status: 'disabled' })
    const token = (made.body['invitationUrl'] as string).split('#')[1]
    expect((await http.call('POST /v1/sign-in/link', { body: { token } })).status).toBe(401)
  })

  it('change nothing they may not: a member of another kind is refused by name (attack 26)', async () => {
    const { id } = await person('viewer')
    for (const extra of ['mail', 'id', 'tenantId', 'passwordHash', 'createdAt', 'rights']) {
      expect((await patch(id, { [extra]: 'x' })).body).toMatchObject({
        status: 400,
        errors: [{ pointer: `/${extra}`, code: 'not-known' }],
      })
    }
  })

  it('of another tenant look like nobody (GEN-ISOLATION)', async () => {
    const { id } = await person('viewer')
    const foreign = await http.call(`GET /v1/staff/${id}`, { key: other.key })
    const unknown = await http.call(`GET /v1/staff/${newId()}`, { key: other.key })
    expect(foreign.status).toBe(404)
    expect(foreign.body['detail']).toBe(unknown.body['detail'])
    expect((await patch(id, { role: 'administrator' }, { key: other.key })).status).toBe(404)
    const link = await http.call(`POST /v1/staff/${id}/sign-in-link`, { key: other.key })
    expect(link.status).toBe(404)
    expect((await http.call(`GET /v1/staff/${id}`, { key: network.key })).body).toMatchObject({ role: 'viewer' })
  })

  it('with rights at named sites give none over the whole tenant', async () => {
    const site = newId()
    const { cookie } = await person('administrator', { sites: [site] })
    const me = await http.call('GET /v1/me', { cookie })
    expect(me.body['sites']).toEqual([site])
    expect((await http.call('GET /v1/staff', { cookie })).status).toBe(403)
  })
})

describe('the last administrator', () => {
  it('can be neither disabled nor made less, until there is another', async () => {
    const { key } = await makeNetwork(http, 'small')
    const { id } = await person('administrator', {}, key)
    for (const change of [{ status: 'disabled' }, { role: 'operator' }, { sites: [newId()] }]) {
      expect((await patch(id, change, { key })).body).toMatchObject({ status: 409, code: 'last-administrator' })
    }
    await person('administrator', {}, key)
    expect((await patch(id, { status: 'disabled' }, { key })).status).toBe(200)
  })

  it('is left when two disable each other at the same moment', async () => {
    const { id: tenantId, key } = await makeNetwork(http, 'duel')
    const [one, two] = [await person('administrator', {}, key), await person('administrator', {}, key)]
    const owner = new pg.Client(ground.owner)
    await owner.connect()
    // Both rows held, so that both changes have decided, or wait to decide, before either can write.
    await owner.query('begin')
    await owner.query('select from staff where tenant_id = $1 for update', [tenantId])
    const both = Promise.all([
      patch(two.id, { status: 'disabled' }, { cookie: one.cookie }),
      patch(one.id, { status: 'disabled' }, { cookie: two.cookie }),
    ])
    const watcher = new pg.Client(ground.owner)
    await watcher.connect()
    const waiting = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
    await expect.poll(async () => (await watcher.query(waiting)).rowCount).toBe(2)
    await owner.query('rollback')
    await Promise.all([owner.end(), watcher.end()])
    expect((await both).map((answer) => answer.status).sort((a, b) => a - b)).toEqual([200, 409])
  })
})

describe('a change', () => {
  it('made on what was read is kept; on what has changed since it is refused', async () => {
    const { id } = await person('viewer')
    const read = await http.call(`GET /v1/staff/${id}`, { key: network.key })
    const etag = String(read.headers['etag'])
    const ifMatch = { key: network.key, headers: { 'if-match': etag } }
    const first = await patch(id, { name: 'First' }, ifMatch)
    expect([first.status, first.headers['etag'] === etag]).toEqual([200, false])
    expect((await patch(id, { name: 'Second' }, ifMatch)).body).toMatchObject({
      status: 412,
      code: 'changed-meanwhile',
    })
    const after = await http.call(`GET /v1/staff/${id}`, { key: network.key })
    expect([after.body['name'], after.headers['etag']]).toEqual(['First', first.headers['etag']])
  })

  it('by many on the same reading is made by one', async () => {
    const { id } = await person('viewer')
    const { headers } = await http.call(`GET /v1/staff/${id}`, { key: network.key })
    const ifMatch = { key: network.key, headers: { 'if-match': String(headers['etag']) } }
    const all = await Promise.all(Array.from({ length: 5 }, (_, n) => patch(id, { name: `Name ${n}` }, ifMatch)))
    expect(all.map((answer) => answer.status).sort((a, b) => a - b)).toEqual([200, 412, 412, 412, 412])
  })

  it('is not sent again to who has it', async () => {
    const { id } = await person('viewer')
    const { headers } = await http.call(`GET /v1/staff/${id}`, { key: network.key })
    const again = await http.call(`GET /v1/staff/${id}`, {
      key: network.key,
      headers: { 'if-none-match': String(headers['etag']) },
    })
    expect([again.status, again.text]).toEqual([304, ''])
  })
})

describe('roles', () => {
  it('are told to who is signed in', async () => {
    const roles = await http.call('GET /v1/roles', { key: network.key })
    expect((roles.body['items'] as { id: string }[]).map((role) => role.id)).toEqual([
      'administrator',
      'operator',
      'biller',
      'viewer',
    ])
    expect((await http.call('GET /v1/roles')).status).toBe(401)
  })
})
