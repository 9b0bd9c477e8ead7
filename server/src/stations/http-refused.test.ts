import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { basicAuthHeader } from '../../../ocpp/index.ts'
import { newId, sql } from '../platform/index.ts'
import { forgetRefused } from './store-refused.ts'
import { connectStation } from './testing.ts'
import { oneEvse as evses, openTestRest, type TestRest } from './testing-rest.ts'

let rest: TestRest
let stations: TestRest['stations']
let call: TestRest['call']
let add: TestRest['add']

beforeAll(async () => {
  rest = await openTestRest()
  ;({ stations, call, add } = rest)
})
afterAll(() => rest.close())

describe('refused stations', () => {
  it('are listed with the right address and adopted by a call, keeping the password they offered', async () => {
    const password = 'what-the-installer-typed'
    await expect(connectStation(stations.port, { path: '/ocpp/power/NEW-1', password })).rejects.toThrow('404')
    await stations.idle()
    const listed = (await call('GET /v1/refused-stations')).body['items'] as Record<string, unknown>[]
    const refused = listed.find(({ identity }) => identity === 'NEW-1')
    expect(refused).toMatchObject({
      reason: 'unknown-identity',
      url: 'ws://127.0.0.1:8080/ocpp/power/NEW-1',
      address: '127.0.0.1',
      protocol: 'ocpp1.6',
      mayKeepPassword: true,
      count: 1,
    })
    const adopted = await call(`POST /v1/refused-stations/${String(refused?.['id'])}/adopt`, {
      body: { name: 'Adopted', keepPassword: true, evses },
    })
    expect(adopted).toMatchObject({ status: 201, body: { identity: 'NEW-1', name: 'Adopted' } })
    expect(adopted.body).not.toHaveProperty('password')
    const station = await connectStation(stations.port, { path: '/ocpp/power/NEW-1', password })
    expect(await station.boot()).toMatchObject({ status: 'Accepted' })
    expect((await call('GET /v1/refused-stations')).text).not.toContain('NEW-1')
    await station.close()
  })

  it.each(['', 'short', 'fifteen letters'])(
    'are not adopted with a password that nobody could set: "%s"',
    async (password) => {
      const identity = `WEAK-${password.length}`
      const path = `/ocpp/power/${identity}`
      await expect(connectStation(stations.port, { path, password })).rejects.toThrow('404')
      await stations.idle()
      const listed = (await call('GET /v1/refused-stations')).body['items'] as Record<string, unknown>[]
      const refused = listed.find((one) => one['identity'] === identity)
      expect(refused).toMatchObject({ mayKeepPassword: false })
      const adopt = `POST /v1/refused-stations/${String(refused?.['id'])}/adopt` as const
      expect(await call(adopt, { body: { keepPassword: true } })).toMatchObject({
        body: { code: 'no-password-to-keep' },
      })
      const made = await call(adopt, { body: {} })
      expect(made).toMatchObject({ status: 201, body: { password: expect.any(String) } })
      await expect(connectStation(stations.port, { path, password })).rejects.toThrow('401')
    },
  )

  it('are listed no more once they are made, also when their last attempt is written later', async () => {
    const password = 'what-the-installer-typed'
    const listed = async () => (await call('GET /v1/refused-stations')).text
    await expect(connectStation(stations.port, { path: '/ocpp/power/EARLY-1', password })).rejects.toThrow('404')
    await stations.idle()
    expect(await listed()).toContain('EARLY-1')
    await expect(connectStation(stations.port, { path: '/ocpp/power/EARLY-1', password })).rejects.toThrow('404')
    await add('EARLY-1')
    await stations.idle()
    expect(await listed()).not.toContain('EARLY-1')
  })

  it('are listed no more, though their last attempt is written while they are being made', async () => {
    const password = 'what-the-installer-typed'
    const { ground, tenantId } = rest
    await expect(connectStation(stations.port, { path: '/ocpp/power/RACE-1', password })).rejects.toThrow('404')
    await ground.database.inTenant(tenantId, async (tx) => {
      const at = ground.clock.now()
      await tx.run(sql`
        insert into stations (tenant_id, id, number, identity, state, onboarding, security_profile, created_at, changed_at)
        values (${tenantId}, ${newId()}, '990011', 'RACE-1', 'active', 'accepted', 1, ${at}, ${at})`)
      await forgetRefused(tx, 'RACE-1')
      await stations.idle()
    })
    const { body, text } = await call('GET /v1/refused-stations?limit=200&count=true')
    expect(text).not.toContain('RACE-1')
    expect(body['total']).toBe((body['items'] as unknown[]).length)
  })

  it('are listed no more, though their last attempt came while they were being made, and was of nobody we knew', async () => {
    const { ground, tenantId } = rest
    const { id } = await add('RACE-2')
    await ground.database.inTenant(tenantId, (tx) =>
      tx.run(sql`
        insert into refused_stations (tenant_id, id, path, identity, reason, address, first_at, last_at, count)
        select ${tenantId}, gen_random_uuid(), '/ocpp/power/RACE-2', 'RACE-2', reason, '127.0.0.1', s.created_at,
          s.created_at + interval '1 s', 1
        from stations s, unnest(array['unknown-identity', 'wrong-password']) as reason
        where s.tenant_id = ${tenantId} and s.id = ${id}`),
    )
    const { body } = await call('GET /v1/refused-stations?limit=200&count=true')
    const items = body['items'] as Record<string, unknown>[]
    const reasons = items.flatMap(({ identity, reason }) => (identity === 'RACE-2' ? [reason] : []))
    // A wrong password is told, whoever it is that tries.
    expect(reasons).toEqual(['wrong-password'])
    expect(body['total']).toBe(items.length)
  })

  it('that are ours already keep their password where it was not what kept them out', async () => {
    const { password } = await add('OLD-WORDS')
    const socket = new WebSocket(`ws://127.0.0.1:${stations.port}/ocpp/power/OLD-WORDS`, ['ocpp1.5'], {
      headers: { authorization: basicAuthHeader('OLD-WORDS', password) },
    })
    socket.on('error', () => {})
    await new Promise((resolve) => socket.once('close', resolve))
    await stations.idle()
    const listed = (await call('GET /v1/refused-stations')).body['items'] as Record<string, unknown>[]
    const refused = listed.find(({ identity }) => identity === 'OLD-WORDS')
    expect(refused).toMatchObject({ reason: 'no-common-protocol' })
    const adopted = await call(`POST /v1/refused-stations/${String(refused?.['id'])}/adopt`, { body: {} })
    expect(adopted.status).toBe(201)
    expect(adopted.body).not.toHaveProperty('password')
    await (await connectStation(stations.port, { path: '/ocpp/power/OLD-WORDS', password })).close()
  })

  it('that are ours already get the password they came with', async () => {
    const { id } = await add('OURS-1')
    const password = 'another-installers-word'
    await expect(connectStation(stations.port, { path: '/ocpp/power/OURS-1', password })).rejects.toThrow('401')
    await stations.idle()
    const listed = (await call('GET /v1/refused-stations')).body['items'] as Record<string, unknown>[]
    const refused = listed.find(({ identity }) => identity === 'OURS-1')
    const adopted = await call(`POST /v1/refused-stations/${String(refused?.['id'])}/adopt`, {
      body: { keepPassword: true },
    })
    expect(adopted.body['id']).toBe(id)
    await (await connectStation(stations.port, { path: '/ocpp/power/OURS-1', password })).close()
  })
})
