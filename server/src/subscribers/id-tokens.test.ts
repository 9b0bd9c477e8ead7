import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newId, sql } from '../platform/index.ts'
import { type TestApi, testApi } from '../sessions/testing-api.ts'
import { makeTestStation, type TestNetwork } from '../sessions/testing-network.ts'
import { forgetOneUseTokens, makeOneUseToken } from './index.ts'

let api: TestApi
let network: TestNetwork
let call: TestApi['call']

beforeAll(async () => {
  api = await testApi()
  ;({ network, call } = api)
})
afterAll(() => api.close())

describe('id tokens', () => {
  it('are added, found without case, changed and removed, and never shown whole', async () => {
    const made = await call('POST', '/v1/id-tokens', { uid: 'AbCd1234', type: 'ISO14443', label: 'Van 7' })
    expect(made).toMatchObject({ status: 201, body: { last4: '1234', status: 'active', label: 'Van 7' } })
    expect(JSON.stringify(made.body)).not.toContain('AbCd')
    expect(await call('POST', '/v1/id-tokens', { uid: 'abcd1234' })).toMatchObject({
      status: 409,
      body: { code: 'uid-taken', errors: [{ pointer: '/uid', message: 'This is registered already.' }] },
    })
    expect(await call('POST', '/v1/id-tokens', { uid: 'ääkköset', class: 'A B' })).toMatchObject({
      status: 400,
      body: {
        errors: [
          { pointer: '/uid', code: 'not-a-uid', message: expect.stringMatching(/^Write letters/) },
          { pointer: '/class', code: 'not-a-class', message: expect.stringMatching(/^Write a word/) },
        ],
      },
    })
    const found = await call('GET', '/v1/id-tokens?uid=ABCD1234')
    expect(found.body.items).toMatchObject([{ id: made.body.id }])
    const changed = await call('PATCH', `/v1/id-tokens/${made.body.id}`, { label: null, maxSessions: 2 })
    expect(changed.body).toMatchObject({ maxSessions: 2 })
    expect(changed.body.label).toBeUndefined()
    expect((await call('DELETE', `/v1/id-tokens/${made.body.id}`)).status).toBe(204)
    expect((await call('GET', `/v1/id-tokens/${made.body.id}`)).status).toBe(404)
    expect((await call('POST', '/v1/id-tokens', { uid: 'abcd1234' })).status).toBe(201)
  })

  it('of subscribers wait for those: refused by name, and nothing is kept', async () => {
    const wanted = { uid: 'FEED0001', subscriberId: '01935c2f-7a6b-7c3e-9d2f-1a4b5c6d7e8f' }
    expect(await call('POST', '/v1/id-tokens', wanted)).toMatchObject({
      status: 422,
      body: { code: 'not-supported', errors: [{ pointer: '/subscriberId', code: 'not-supported' }] },
    })
    expect((await call('GET', '/v1/id-tokens?uid=FEED0001')).body.items).toEqual([])
  })

  it('that are PINs show nothing, however their kind is written', async () => {
    for (const [uid, type] of [
      ['90817263', 'keycode'],
      ['90817264', 'KEYCODE'],
    ]) {
      const made = await call('POST', '/v1/id-tokens', { uid, type })
      expect(made.body).toMatchObject({ last4: '••••', uidMasked: '••••••••', type: 'KeyCode' })
    }
    expect((await call('POST', '/v1/id-tokens', { uid: '90817265', type: 'Own' })).body).toMatchObject({ type: 'Own' })
  })

  it('that were made for one remote start are forgotten a season later, cards never', async () => {
    const { ground, tenantId, clock } = network
    const card = await call('POST', '/v1/id-tokens', { uid: 'CAFE0001' })
    const forgotten = (days: number) =>
      ground.database.inTenant(tenantId, async (tx) => {
        const rows = await forgetOneUseTokens(tx, clock.now().add({ hours: 24 * days }))
        return { rows, left: await tx.row(sql`select count(*)::int as n from id_tokens where one_use`) }
      })
    await ground.database.inTenant(tenantId, async (tx) => {
      const use = { stationId: newId(), sessionId: newId() }
      for (let n = 0; n < 3; n += 1) await makeOneUseToken(tx, await ground.keys.tenant(tenantId), use, clock.now())
    })
    expect(await forgotten(89)).toEqual({ rows: 0, left: { n: 3 } })
    expect(await forgotten(91)).toEqual({ rows: 3, left: { n: 0 } })
    expect((await call('GET', `/v1/id-tokens/${card.body.id}`)).status).toBe(200)
  })

  it('that are blocked are refused at the next tap, and connected stations forget them within a minute (CARD-VALID)', async () => {
    const station = await makeTestStation(network)
    const away = await makeTestStation(network, { connected: false })
    const { body: made } = await call('POST', '/v1/id-tokens', { uid: '0BADCAFE' })
    const tap = async (): Promise<string> => {
      const { tenantId, clock } = network
      const idToken = { uid: '0badcafe' }
      const question = { tenantId, stationId: station, idToken, at: clock.now() }
      return (await api.sessions.judgeTokens([question]))[0]?.verdict ?? 'none'
    }
    expect(await tap()).toBe('accepted')
    const blocked = await call('PATCH', `/v1/id-tokens/${made.id}`, { status: 'blocked' })
    expect(await tap()).toBe('blocked')
    expect(blocked.body.blockedReach.stations).toBeGreaterThan(0)
    network.clock.move({ seconds: 60 })
    await api.workEffects()
    const cleared = network.commands.filter(({ command }) => command.kind === 'clear-cache').map((one) => one.stationId)
    expect(cleared).toContain(station)
    expect(cleared).not.toContain(away)
    const { body } = await call('GET', `/v1/id-tokens/${made.id}`)
    expect(body.blockedReach.told).toBe(body.blockedReach.stations)
  })

  it('that leave their group are forgotten by stations, which would let its cards stop one another (CARD-VALID)', async () => {
    const station = await makeTestStation(network)
    const { body: made } = await call('POST', '/v1/id-tokens', { uid: '0BADCAFF', groupUid: 'FAMILY1' })
    const clearings = async (changes: unknown): Promise<number> => {
      const before = network.commands.length
      await call('PATCH', `/v1/id-tokens/${made.id}`, changes)
      network.clock.move({ seconds: 60 })
      await api.workEffects()
      return network.commands
        .slice(before)
        .filter(({ command, stationId }) => command.kind === 'clear-cache' && stationId === station).length
    }
    expect(await clearings({ groupUid: 'family1', label: 'The same group' })).toBe(0)
    expect(await clearings({ groupUid: 'FAMILY2' })).toBe(1)
    expect(await clearings({ groupUid: null })).toBe(1)
    expect(await clearings({ groupUid: 'FAMILY1' })).toBe(0)
  })
})
