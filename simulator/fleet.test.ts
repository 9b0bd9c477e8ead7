import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type FakeCentralSystem, startFakeCentralSystem } from './testing-central-system.ts'
import { type Fleet, type FleetOptions, startFleet, type StationHandle } from './fleet.ts'
import type { StationSpec } from './new-station.ts'
import { openOracle } from './oracle.ts'
import type { StationEvent } from './station-driver.ts'
import { protocols } from './state.ts'
import { type MadeTime, madeTime } from './timeline.ts'

const card = '04A1B2C3D4E5F6'

let time: MadeTime
let central: FakeCentralSystem
let fleet: Fleet | undefined
const events: StationEvent[] = []

beforeEach(async () => {
  time = madeTime('2026-11-26T08:00:00Z')
  central = await startFakeCentralSystem(time)
  events.length = 0
})

afterEach(async () => {
  await fleet?.stop()
  await central.stop()
  fleet = undefined
  // Whatever a test is about: no station ever says or answers anything that its version does not know.
  expect(central.faults).toEqual([])
  expect(events.filter(({ kind }) => kind === 'own-fault')).toEqual([])
})

function station(
  spec: Partial<StationSpec> & Pick<StationSpec, 'protocol'>,
  more: Partial<FleetOptions> = {},
): StationHandle {
  const stations = [{ identity: 'S 1', cards: [card], ...spec }]
  const onEvent = (_: string, event: StationEvent) => void events.push(event)
  fleet = startFleet({ url: central.url, stations, timeline: time, onEvent, ...more })
  return fleet.station('S 1')
}

const actions = () => central.heard.map(({ action }) => action)

describe.each(protocols)('a station of %s', (protocol) => {
  it('boots, tells its connectors, charges once and is free again', async () => {
    const oracle = openOracle()
    const hands = station({ protocol, scenario: 'charge-once', evses: 2 }, { onAcknowledged: oracle.onAcknowledged })
    await time.passUntil(() => hands.state().registration === 'Accepted', 60)
    await time.passUntil(() => hands.state().evses[0]?.transaction?.chargingState === 'Charging', 60)
    await time.passUntil(() => hands.isOver(), 300)
    await time.pass(5)
    expect(actions()[0]).toBe('BootNotification')
    const transactions = oracle.transactions()
    expect(transactions).toHaveLength(2)
    for (const { isStarted, isEnded, startWh, endWh } of transactions) {
      expect({ isStarted, isEnded }).toEqual({ isStarted: true, isEnded: true })
      // A car that can take 11 or 7.4 kW for nearly a minute.
      expect((endWh ?? 0) - (startWh ?? 0)).toBeGreaterThan(100)
      expect((endWh ?? 0) - (startWh ?? 0)).toBeLessThan(190)
    }
    expect(hands.state().outbox).toEqual([])
    expect(Object.values(hands.state().reported)).toEqual(Object.values(hands.state().reported).map(() => 'Available '))
  })
})
