import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addVersion } from '../billing/index.ts'
import type { ReportBody } from '../stations/index.ts'
import {
  makeTestStation,
  makeTestTariff,
  makeTestToken,
  occupy,
  openAt,
  phaseAt,
  recordsIn,
  reportFrom,
  say16,
  say2x,
  sessionsIn,
  T0,
  take,
  type TestNetwork,
  testNetwork,
} from './testing-network.ts'

const at = (seconds: number): Temporal.Instant => T0.add({ seconds })

describe('reports of stations', () => {
  let network: TestNetwork
  beforeAll(async () => {
    network = await testNetwork()
    await makeTestTariff(network)
    await makeTestToken(network, 'DEADBEEF', { groupUid: 'FAMILY' })
    await makeTestToken(network, 'B10C7ED0', { status: 'blocked' })
  })
  afterAll(() => network.close())

  const one = async (stationId: string, seconds: number, body: ReportBody) =>
    (await take(network, [reportFrom(network.tenantId, stationId, body, at(seconds))]))[0]
  const mine = async (stationId: string) =>
    (await sessionsIn(network)).filter((session) => session.stationId === stationId)
  const records = async (stationId: string) => {
    const ids = (await mine(stationId)).map((session) => session.id)
    return (await recordsIn(network)).filter((record) => ids.includes(record.sessionId))
  }

  it('make a session, its meter values and one priced record of a 1.6 charge', async () => {
    const station = await makeTestStation(network)
    const started = await one(station, 0, say16.start(at(0), 'deadbeef', 1_000))
    expect(started).toMatchObject({ kind: 'transaction', token: { verdict: 'accepted', groupUid: 'FAMILY' } })
    const number = (started as { number: string }).number
    expect(Number(number)).toBeGreaterThan(0)
    expect(await openAt(network, station)).toBe((await mine(station))[0]?.id)
    await one(station, 600, say16.meter(at(600), number, 3_000))
    expect(await mine(station)).toMatchObject([{ state: 'delivering', energyWh: 2_000n, tokenLast4: 'BEEF' }])
    await one(station, 1_200, say16.stop(at(1_200), number, 5_000))
    expect(await mine(station)).toMatchObject([{ state: 'ended', energyWh: 4_000n, flags: [], revision: 1 }])
    expect(await openAt(network, station)).toBeNull()
    const [record, ...more] = await records(station)
    expect(more).toEqual([])
    expect(record?.record).toMatchObject({
      energyWh: 4_000,
      estimated: false,
      idToken: { last4: 'BEEF' },
      totals: { exclTax: { minor: '100', currency: 'EUR' }, tax: { minor: '26' }, inclTax: { minor: '126' } },
      periods: [{ energyWh: 4_000, state: 'charging' }],
      meterValues: [{ registerWh: 1_000 }, { registerWh: 3_000, powerW: 11_000 }, { registerWh: 5_000 }],
    })
  })

  it('show a session on its EVSE also where that is named after the card (2.x)', async () => {
    const station = await makeTestStation(network)
    const {
      evse: _,
      connector: __,
      ...cardFirst
    } = say2x('transaction-started', 'card-first', 0, at(0), {
      idToken: { uid: 'DEADBEEF' },
    })
    await one(station, 0, cardFirst)
    expect(await openAt(network, station)).toBeNull()
    await one(station, 20, say2x('transaction-updated', 'card-first', 1, at(20), { chargingState: 'charging' }))
    expect(await openAt(network, station)).toBe((await mine(station))[0]?.id)
    await one(station, 60, say2x('transaction-ended', 'card-first', 2, at(60), { registerWh: 5 }))
    expect(await openAt(network, station)).toBeNull()
  })

  it('give a repeated 1.6 start its number back, and a repeated stop changes nothing (row 3)', async () => {
    const station = await makeTestStation(network)
    const start = say16.start(at(0), 'DEADBEEF', 100)
    const first = await one(station, 0, start)
    const second = await one(station, 5, start)
    expect(second).toEqual(first)
    const number = (first as { number: string }).number
    for (let turn = 0; turn < 3; turn += 1) await one(station, 60 + turn, say16.stop(at(60), number, 900))
    expect(await mine(station)).toMatchObject([{ state: 'ended', energyWh: 800n, revision: 1 }])
    expect(await records(station)).toHaveLength(1)
  })

  it('leave an occupied EVSE of 2.x as one whose cable is still in', async () => {
    const station = await makeTestStation(network)
    const card = { idToken: { uid: 'DEADBEEF' }, registerWh: 0 }
    await one(station, 0, say2x('transaction-started', 'tx-cable', 0, at(0), card))
    await occupy(network, station)
    await one(station, 60, say2x('transaction-ended', 'tx-cable', 1, at(60), { registerWh: 100, stopReason: 'local' }))
    expect(await phaseAt(network, station)).toBe('finishing')
  })

  it('give the same record for a 2.x charge told in any order (row 10)', async () => {
    const station = await makeTestStation(network)
    const told = [
      say2x('transaction-started', 'tx-1', 0, at(0), {
        idToken: { uid: 'DEADBEEF' },
        chargingState: 'charging',
        registerWh: 0,
      }),
      say2x('transaction-updated', 'tx-1', 1, at(300), { chargingState: 'suspended-ev', registerWh: 900 }),
      say2x('transaction-updated', 'tx-1', 2, at(900), { chargingState: 'charging', registerWh: 900 }),
      say2x('transaction-ended', 'tx-1', 3, at(1_200), { registerWh: 2_000, stopReason: 'local' }),
    ].map((body) => ({ ...body, offline: true }))
    for (const index of [3, 1, 1, 0, 3, 2, 0]) await one(station, 90_000, told[index] as ReportBody)
    expect(await mine(station)).toMatchObject([{ state: 'ended', energyWh: 2_000n, flags: [], revision: 1 }])
    const made = await records(station)
    expect(made).toHaveLength(1)
    // 2 kWh at 0.25 and 10 minutes parked at 2.00 an hour.
    expect(made[0]?.record).toMatchObject({ totals: { exclTax: { minor: '83' } } })
  })

  it('of a blocked card are answered so, kept, and flagged', async () => {
    const station = await makeTestStation(network)
    const answer = await one(station, 0, say16.start(at(0), 'b10c7ed0', 1))
    expect(answer).toMatchObject({ token: { verdict: 'blocked' } })
    expect(await mine(station)).toMatchObject([{ state: 'delivering', flags: ['not-authorised'] }])
    expect(network.alerts.some((alert) => alert.kind === 'session-not-authorised' && alert.stationId === station)).toBe(
      true,
    )
  })

  it('never touch the transaction of another station, and staff are told (attack 9)', async () => {
    const owner = await makeTestStation(network)
    const thief = await makeTestStation(network)
    const started = await one(owner, 0, say16.start(at(0), 'DEADBEEF', 0))
    const number = (started as { number: string }).number
    const before = await mine(owner)
    const answer = await one(thief, 30, say16.stop(at(30), number, 99_000))
    await one(thief, 31, say16.meter(at(31), number, 99_900))
    expect(answer).toMatchObject({ kind: 'transaction' })
    expect(await mine(owner)).toEqual(before)
    expect(await mine(thief)).toMatchObject([{ flags: ['orphan'], state: 'ended', energyWh: 0n }])
    expect(
      network.alerts.filter((alert) => alert.kind === 'unknown-transaction' && alert.stationId === thief),
    ).toHaveLength(1)
    // The positive control: the station whose it is ends it.
    await one(owner, 60, say16.stop(at(60), number, 500))
    expect(await mine(owner)).toMatchObject([{ state: 'ended', energyWh: 500n }])
  })

  it('that stop a transaction nobody numbered become one orphan, repeated or not', async () => {
    const station = await makeTestStation(network)
    for (let turn = 0; turn < 3; turn += 1) {
      expect(await one(station, 60, say16.stop(at(50), '-1', 700))).toMatchObject({ kind: 'transaction' })
    }
    expect(await mine(station)).toMatchObject([{ flags: ['orphan'], state: 'ended' }])
  })

  it('collect the readings of a start that was lost with its stop', async () => {
    const station = await makeTestStation(network)
    await one(station, 10, say16.meter(at(10), '-1', 100))
    await one(station, 70, say16.meter(at(70), '-1', 300))
    await one(station, 130, say16.stop(at(130), '-1', 500))
    expect(await mine(station)).toMatchObject([{ flags: ['orphan'], state: 'ended', energyWh: 400n }])
  })

  it('of a new transaction end the older one at that EVSE by estimate', async () => {
    const station = await makeTestStation(network)
    await one(station, 0, say16.start(at(0), 'DEADBEEF', 1_000))
    await one(station, 4_000, say16.start(at(4_000), 'DEADBEEF', 6_000))
    expect(await mine(station)).toMatchObject([
      { state: 'ended', flags: ['end-lost', 'estimated'], energyWh: 5_000n },
      { state: 'delivering', energyWh: 0n },
    ])
    expect(await openAt(network, station)).toBe((await mine(station))[1]?.id)
  })

  it('flag a reading that comes again with another value, and keep the first', async () => {
    const station = await makeTestStation(network)
    const { number } = (await one(station, 0, say16.start(at(0), 'DEADBEEF', 0))) as { number: string }
    await one(station, 60, say16.meter(at(60), number, 500))
    await one(station, 61, say16.meter(at(60), number, 500))
    expect(await mine(station)).toMatchObject([{ flags: [] }])
    await one(station, 62, say16.meter(at(60), number, 400))
    expect(await mine(station)).toMatchObject([{ flags: ['reading-differs'] }])
    await one(station, 120, say16.stop(at(120), number, 900))
    const [record] = await records(station)
    expect((record?.record as { meterValues?: unknown })?.meterValues).toMatchObject([{}, { registerWh: 500 }, {}])
  })

  it('limit how many drivers charge at once where the station says so (SES-DUAL)', async () => {
    const station = await makeTestStation(network, { maxSessions: 1 })
    expect(await one(station, 0, say16.start(at(0), 'DEADBEEF', 0, 1))).toMatchObject({
      token: { verdict: 'accepted' },
    })
    expect(await one(station, 9, say16.start(at(9), 'DEADBEEF', 0, 2))).toMatchObject({
      token: { verdict: 'concurrent' },
    })
    const free = await makeTestStation(network)
    await one(free, 0, say16.start(at(0), 'DEADBEEF', 0, 1))
    expect(await one(free, 9, say16.start(at(9), 'DEADBEEF', 0, 2))).toMatchObject({ token: { verdict: 'accepted' } })
  })

  it('keep the tariff version of the start, also when the end is told first', async () => {
    const other = await testNetwork('elsewhere')
    const tariffId = await makeTestTariff(other)
    const station = await makeTestStation(other)
    await makeTestToken(other, 'DEADBEEF')
    const elements = [{ price_components: [{ type: 'ENERGY', price: 9, step_size: 1 }] }]
    await other.ground.database.inTenant(other.tenantId, (tx) =>
      addVersion(tx, tariffId, { json: { currency: 'EUR', elements }, validFrom: at(600), by: 'test', at: at(0) }),
    )
    const start = { idToken: { uid: 'DEADBEEF' }, chargingState: 'charging' as const, registerWh: 0, offline: true }
    const ended = say2x('transaction-ended', 'late', 1, at(900), { registerWh: 1_000, offline: true })
    for (const body of [ended, say2x('transaction-started', 'late', 0, at(60), start)]) {
      await take(other, [reportFrom(other.tenantId, station, body, at(90_000))])
    }
    const [record] = await recordsIn(other)
    expect(record?.record).toMatchObject({ tariff: { id: tariffId, version: 1 }, totals: { exclTax: { minor: '25' } } })
    await other.close()
  })
})
