import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Fleet, startFleet, type StationHandle } from './fleet.ts'
import type { StationSpec } from './new-station.ts'
import { type FakeCentralSystem, startFakeCentralSystem } from './testing-central-system.ts'
import { chargeOnce, startStation } from './testing.ts'
import { type MadeTime, madeTime, realTime } from './timeline.ts'

let time: MadeTime
let central: FakeCentralSystem
let fleet: Fleet | undefined

beforeEach(async () => {
  time = madeTime('2026-11-26T08:00:00Z')
  central = await startFakeCentralSystem(time)
})

afterEach(async () => {
  await fleet?.stop()
  await central.stop()
  expect(central.faults).toEqual([])
})

async function begin(spec: Partial<StationSpec>): Promise<StationHandle> {
  const stations = [{ identity: 'S', protocol: 'ocpp2.0.1' as const, settings: { unknownOffline: 'true' }, ...spec }]
  fleet = startFleet({ url: central.url, stations, timeline: time })
  const station = fleet.station('S')
  await time.passUntil(() => station.state().registration === 'Accepted', 60)
  return station
}

/** A session without a connection, then the connection. */
async function replay(station: StationHandle): Promise<readonly unknown[]> {
  station.goOffline()
  station.plug(1)
  station.presentCard(1, 'CARD')
  await time.pass(200)
  station.unplug(1)
  station.goOnline()
  await time.pass(60)
  return central.of('S', 'TransactionEvent').map(({ seqNo }) => seqNo)
}

describe('how a station may deliver', () => {
  it('in order', async () => {
    const numbers = await replay(await begin({}))
    expect(numbers).toEqual(numbers.map((_, index) => index))
    expect(numbers.length).toBeGreaterThan(5)
  })

  it('the last first', async () => {
    const numbers = await replay(await begin({ faults: { delivery: 'reversed' } }))
    expect(numbers).toEqual(numbers.map((_, index) => numbers.length - 1 - index))
  })

  it('shuffled, but all', async () => {
    const numbers = await replay(await begin({ faults: { delivery: 'shuffled' }, seed: 3 }))
    const inOrder = numbers.map((_, index) => index)
    expect(numbers).not.toEqual(inOrder)
    expect(numbers.toSorted((left, right) => Number(left) - Number(right))).toEqual(inOrder)
  })

  it('late', async () => {
    const station = await begin({ faults: { lateSeconds: 300 } })
    station.plug(1)
    station.presentCard(1, 'CARD')
    await time.pass(290)
    expect(central.of('S', 'TransactionEvent')).toEqual([])
    await time.pass(20)
    expect(central.of('S', 'TransactionEvent').length).toBeGreaterThan(0)
  })

  it('never the end', async () => {
    const station = await begin({ faults: { neverStops: true } })
    station.plug(1)
    station.presentCard(1, 'CARD')
    await time.pass(60)
    station.unplug(1)
    await time.pass(60)
    const kinds = central.of('S', 'TransactionEvent').map(({ eventType }) => eventType)
    expect(kinds[0]).toBe('Started')
    expect(kinds).not.toContain('Ended')
    expect(station.state().evses[0]?.transaction).toBeUndefined()
  })

  it('only after a while, when it starts without a connection', async () => {
    const stations = [{ identity: 'S', protocol: 'ocpp1.6' as const, startOfflineSeconds: 120 }]
    fleet = startFleet({ url: central.url, stations, timeline: time })
    await time.pass(100)
    expect(central.heard).toEqual([])
    await time.pass(30)
    expect(central.of('S', 'BootNotification')).toHaveLength(1)
  })
})

it('two runs of the same seed say the same', async () => {
  const runs: unknown[] = []
  for (let run = 0; run < 2; run += 1) {
    const own = madeTime('2026-11-26T08:00:00Z')
    const other = await startFakeCentralSystem(own)
    const stations = [{ identity: 'S', protocol: 'ocpp2.1' as const, scenario: 'day', seed: 11, evses: 2 }]
    const some = startFleet({ url: other.url, stations, timeline: own })
    await own.pass(3600)
    await some.stop()
    await other.stop()
    runs.push(other.heard.map(({ action, payload }) => ({ action, payload })))
  }
  expect(runs[0]).toEqual(runs[1])
})

it('a hundred stations of all versions share one timer and charge', async () => {
  const protocols = ['ocpp1.6', 'ocpp2.0.1', 'ocpp2.1'] as const
  const stations = Array.from({ length: 100 }, (_, index) => ({
    identity: `S${index}`,
    protocol: protocols[index % 3] ?? 'ocpp1.6',
    scenario: 'day',
  }))
  fleet = startFleet({ url: central.url, stations, timeline: time })
  await time.pass(900)
  expect(fleet.totals()).toMatchObject({ stations: 100, accepted: 100, messagesRefused: 0, connectionsFailed: 0 })
  expect(fleet.totals().sessionsEnded).toBeGreaterThan(50)
})

it('one station in real time charges in a few seconds, for the tests of others', async () => {
  const real = await startFakeCentralSystem(realTime())
  const station = await startStation({ identity: 'T', protocol: 'ocpp1.6', url: real.url })
  await chargeOnce(station, { uid: 'CARD', energyWh: 1 })
  expect(real.of('T', 'StopTransaction')).toHaveLength(1)
  await station.stop()
  await real.stop()
})
