import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sql } from '../platform/index.ts'
import { limitsFor, sessionLimitsFrom } from './limits.ts'
import { type TestApi, testApi } from './testing-api.ts'
import { makeTestStation, makeTestToken, reportFrom, say16, take, type TestNetwork } from './testing-network.ts'

const HOUR = 3_600

describe('how long a session may run (SES-LIMIT)', () => {
  const settings = {
    sessions: { durationSeconds: 8 * HOUR, classes: [{ class: 'fleet', durationSeconds: 12 * HOUR }] },
  }
  const station = (maxDurationSeconds: number | null, own: unknown = settings) => ({
    cableTimeoutSeconds: 120,
    maxDurationSeconds,
    settings: own,
  })
  it.each([
    ['the station’s own comes first', 2 * HOUR, 'fleet', 2 * HOUR],
    ['then that of the class of the token', null, 'fleet', 12 * HOUR],
    ['then the tenant’s, also for a class that has none', null, 'guest', 8 * HOUR],
    ['and for tokens without a class', null, undefined, 8 * HOUR],
  ] as const)('%s', (_, own, tokenClass, seconds) => {
    expect(limitsFor(station(own), tokenClass).durationSeconds).toBe(seconds)
  })

  it('is a day where nobody has set anything, or what is set makes no sense', () => {
    expect(limitsFor(undefined).durationSeconds).toBe(24 * HOUR)
    for (const nonsense of [null, {}, { sessions: { durationSeconds: -1, classes: [null, { class: 'x' }] } }]) {
      expect(limitsFor(station(null, nonsense), 'x').durationSeconds).toBe(24 * HOUR)
      expect(sessionLimitsFrom(nonsense).classes).toEqual([])
    }
  })
})

describe('a session that runs too long', () => {
  let api: TestApi
  let network: TestNetwork
  beforeAll(async () => {
    api = await testApi()
    network = api.network
  })
  afterAll(() => api.close())

  const charge = async (uid: string, more: { readonly class?: string; readonly station?: number } = {}) => {
    const stationId = await makeTestStation(network)
    const tokenId = await makeTestToken(network, uid)
    const { ground, tenantId, clock } = network
    await ground.database.inTenant(tenantId, async (tx) => {
      await tx.run(sql`update id_tokens set class = ${more.class ?? null} where id = ${tokenId}`)
      await tx.run(sql`update stations set max_duration_seconds = ${more.station ?? null} where id = ${stationId}`)
    })
    const at = clock.now()
    await take(network, [reportFrom(tenantId, stationId, say16.start(at, uid, 1_000), at)])
    return stationId
  }
  const stopped = (stationId: string): boolean =>
    network.commands.some((one) => one.stationId === stationId && one.command.kind === 'stop-transaction')

  it('is stopped, and people are told: after the time of its class, station or tenant', async () => {
    const set = await api.call('PATCH', '/v1/session-limits', {
      durationSeconds: 3 * HOUR,
      classes: [{ class: 'fleet', durationSeconds: 2 * HOUR }],
    })
    expect(set).toMatchObject({ status: 200, body: { durationSeconds: 3 * HOUR, noEnergySeconds: 1_800 } })
    const plain = await charge('04AA01')
    const fleet = await charge('04AA02', { class: 'fleet' })
    const short = await charge('04AA03', { class: 'fleet', station: HOUR })
    const all = () => [stopped(short), stopped(fleet), stopped(plain)]
    const energy = async (minutes: number) => {
      network.clock.move({ minutes })
      await api.workDeadlines()
      return all()
    }
    // Energy flows, so that nothing but the duration ends them.
    const at = network.clock.now().add({ seconds: 60 })
    network.clock.move({ seconds: 60 })
    for (const stationId of [plain, fleet, short]) {
      const reading = { at, context: 'periodic', registerWh: 1_500 } as const
      const body = { kind: 'meter-read', evse: 1, readings: [reading] } as const
      await take(network, [reportFrom(network.tenantId, stationId, body, at)])
    }
    expect(await energy(58)).toEqual([false, false, false])
    expect(await energy(2)).toEqual([true, false, false])
    expect(await energy(60)).toEqual([true, true, false])
    expect(await energy(60)).toEqual([true, true, true])
    expect(
      network.alerts.filter(({ kind }) => kind === 'session-over-limit').map(({ evidence }) => evidence['seconds']),
    ).toEqual([HOUR, 2 * HOUR, 3 * HOUR])
  })

  it('may be set over REST only to what makes sense', async () => {
    const twice = [
      { class: 'a', durationSeconds: 60 },
      { class: 'a', durationSeconds: 90 },
    ]
    for (const body of [
      { durationSeconds: 5 },
      { classes: twice },
      { classes: [{ class: 'A b', durationSeconds: 60 }] },
    ]) {
      expect((await api.call('PATCH', '/v1/session-limits', body)).status).toBe(400)
    }
    const back = await api.call('PATCH', '/v1/session-limits', { durationSeconds: null, classes: [] })
    expect(back.body).toMatchObject({ durationSeconds: 24 * HOUR, classes: [] })
  })
})

describe('ending what does not charge (END-NONE)', () => {
  let api: TestApi
  beforeAll(async () => {
    api = await testApi()
  })
  afterAll(() => api.close())

  it('is refused with what to do, at a station, at an EVSE, and for a session that is over', async () => {
    const { network, call } = api
    const { tenantId, clock } = network
    const stationId = await makeTestStation(network)
    await makeTestToken(network, '04AA04')
    const stop = (body: object = {}) => call('POST', `/v1/stations/${stationId}/stop`, body)
    expect(await stop()).toMatchObject({ status: 409, body: { code: 'nobody-charges-at-station' } })
    expect(await stop({ evseId: 2 })).toMatchObject({
      status: 409,
      body: { code: 'nobody-charges-at-evse', detail: expect.stringContaining('EVSE 2') },
    })
    const at = clock.now()
    await take(network, [
      reportFrom(tenantId, stationId, say16.start(at, '04AA04', 1_000, 1), at),
      reportFrom(tenantId, stationId, say16.start(at, '04AA04', 1_000, 2), at),
    ])
    expect(await stop()).toMatchObject({ status: 409, body: { code: 'several-charge' } })
    const stopped = await stop({ evseId: 1 })
    expect(stopped).toMatchObject({ status: 202, body: { evseId: 1 } })
    await network.ground.database.inTenant(tenantId, (tx) =>
      tx.run(
        sql`update sessions set state = 'abandoned', machine = (machine::jsonb || '{"state":"abandoned"}')::text where id = ${stopped.body.id}`,
      ),
    )
    const again = await call('POST', `/v1/sessions/${stopped.body.id}/stop`)
    expect(again).toMatchObject({ status: 409, body: { code: 'session-never-began' } })
    expect((await call('POST', `/v1/stations/${tenantId}/stop`, {})).status).toBe(404)
  })
})
