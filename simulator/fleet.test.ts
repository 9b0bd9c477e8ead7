import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Fleet, type FleetOptions, startFleet, type StationHandle } from './fleet.ts'
import type { StationSpec } from './new-station.ts'
import { openOracle } from './oracle.ts'
import { scenarios } from './scenarios/index.ts'
import type { StationEvent } from './station-driver.ts'
import { type Payload, protocols } from './state.ts'
import { type FakeCentralSystem, startFakeCentralSystem } from './testing-central-system.ts'
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
  // Whatever a test is about: no station ever says or answers anything that does not fit its version's schemas.
  expect([...new Set(central.faults)]).toEqual([])
  expect(events.filter(({ kind }) => kind === 'own-fault')).toEqual([])
})

function start(
  spec: Partial<StationSpec> & Pick<StationSpec, 'protocol'>,
  more: Partial<FleetOptions> = {},
): StationHandle {
  const stations = [{ identity: 'S 1', cards: [card], ...spec }]
  const onEvent = (_: string, event: StationEvent) => void events.push(event)
  fleet = startFleet({ url: central.url, stations, timeline: time, onEvent, ...more })
  return fleet.station('S 1')
}

async function accepted(spec: Partial<StationSpec> & Pick<StationSpec, 'protocol'>, more: Partial<FleetOptions> = {}) {
  const station = start(spec, more)
  await time.passUntil(() => station.state().registration === 'Accepted' && station.state().outbox.length === 0, 60)
  return station
}

const actions = () => central.heard.map(({ action }) => action)
const transactionMessages = () =>
  central.heard.filter(({ action }) => /^(Start|Stop)Transaction$|^TransactionEvent$/.test(action))
const evse = (station: StationHandle, id = 1) => station.state().evses[id - 1]
const isCharging =
  (station: StationHandle, id = 1) =>
  () =>
    evse(station, id)?.transaction?.chargingState === 'Charging'

async function session(station: StationHandle, seconds = 60): Promise<void> {
  station.plug(1)
  station.presentCard(1, card)
  await time.pass(seconds)
  station.presentCard(1, card)
  await time.pass(3)
  station.unplug(1)
  await time.pass(3)
}

describe.each(protocols)('a station of %s', (protocol) => {
  const is16 = protocol === 'ocpp1.6'

  it('boots, tells its connectors, charges once and is free again', async () => {
    const oracle = openOracle()
    const station = start({ protocol, scenario: 'charge-once', evses: 2 }, { onAcknowledged: oracle.onAcknowledged })
    await time.passUntil(isCharging(station), 60)
    await time.passUntil(() => station.isOver(), 300)
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
    expect(station.state().outbox).toEqual([])
    expect(new Set(Object.values(station.state().reported))).toEqual(new Set(['Available ']))
  })

  it('lives a whole day: registers go on from session to session, every transaction begins and ends once', async () => {
    const oracle = openOracle()
    const station = await accepted({ protocol, scenario: 'day', evses: 2 }, { onAcknowledged: oracle.onAcknowledged })
    await time.pass(24 * 3600)
    for (const id of [1, 2]) station.unplug(id)
    await time.pass(30)
    const transactions = oracle.transactions()
    expect(transactions.length).toBeGreaterThan(200)
    expect(transactions.filter(({ isStarted, isEnded }) => !isStarted || !isEnded)).toEqual([])
    const total = transactions.reduce((sum, { startWh = 0, endWh = 0 }) => sum + endWh - startWh, 0)
    const counted = station.state().evses.reduce((sum, { registerWh }) => sum + registerWh, 0)
    expect(transactions.every(({ startWh = 0, endWh = 0 }) => endWh >= startWh)).toBe(true)
    expect(total).toBeGreaterThan(50_000)
    expect(counted).toBeGreaterThan(total)
    expect(actions().filter((action) => action === 'Heartbeat').length).toBeGreaterThan(280)
  }, 60_000)

  it.each(['Pending', 'Rejected'] as const)(
    'boots again after the interval when answered %s, and says nothing else',
    async (status) => {
      const currentTime = '2026-11-26T08:00:00Z'
      central.when('BootNotification', () => ({ status, currentTime, interval: 40 }))
      const station = start({ protocol, evses: 1 })
      await time.pass(100)
      expect(actions()).toEqual(['BootNotification', 'BootNotification', 'BootNotification'])
      station.plug(1)
      station.presentCard(1, card)
      central.when('BootNotification', () => undefined)
      await time.pass(60)
      expect(station.state().registration).toBe('Accepted')
      expect(actions()).not.toContain('Authorize')
    },
  )

  it('does not start for a card that is refused', async () => {
    const refusal = { status: 'Blocked' }
    central.when('Authorize', () => (is16 ? { idTagInfo: refusal } : { idTokenInfo: refusal }))
    const station = await accepted({ protocol })
    station.plug(1)
    station.presentCard(1, card)
    await time.pass(30)
    expect(events).toContainEqual({ kind: 'token-refused', evse: 1, uid: card, status: 'Blocked' })
    expect(transactionMessages()).toEqual([])
  })

  it('ends a transaction whose token is refused at its start (SES-FSM)', async () => {
    const refusal = { status: 'Blocked' }
    central.when('StartTransaction', () => ({ transactionId: 5, idTagInfo: refusal }))
    central.when('TransactionEvent', ({ eventType }) =>
      eventType === 'Started' ? { idTokenInfo: refusal } : undefined,
    )
    const station = await accepted({ protocol })
    station.plug(1)
    station.presentCard(1, card)
    await time.passUntil(
      () => evse(station)?.transaction === undefined && events.some(({ kind }) => kind === 'transaction-ended'),
      30,
    )
    await time.pass(2)
    const last = transactionMessages().at(-1)?.payload
    expect(is16 ? last?.['reason'] : (last?.['transactionInfo'] as Payload)['stoppedReason']).toBe('DeAuthorized')
  })

  it('lets another card of the same group stop, and no stranger', async () => {
    const answer = ({ idTag, idToken }: Payload) => {
      const uid = is16 ? idTag : (idToken as Payload)['idToken']
      const group = uid === 'STRANGER' ? 'G2' : 'G1'
      if (is16) return { idTagInfo: { status: 'Accepted', parentIdTag: group } }
      return { idTokenInfo: { status: 'Accepted', groupIdToken: { idToken: group, type: 'Central' } } }
    }
    central.when('Authorize', answer)
    const station = await accepted({ protocol })
    station.plug(1)
    station.presentCard(1, card)
    await time.passUntil(isCharging(station), 30)
    station.presentCard(1, 'STRANGER')
    await time.pass(5)
    expect(isCharging(station)()).toBe(true)
    station.presentCard(1, 'FAMILY')
    await time.pass(5)
    expect(evse(station)?.transaction).toBeUndefined()
    const last = transactionMessages().at(-1)?.payload
    expect(is16 ? last?.['idTag'] : (last?.['idToken'] as Payload)['idToken']).toBe('FAMILY')
  })

  it('keeps what happens offline and delivers it in order, before what comes later', async () => {
    const oracle = openOracle()
    const settings = { unknownOffline: 'true' }
    const station = await accepted({ protocol, settings }, { onAcknowledged: oracle.onAcknowledged })
    station.goOffline()
    for (let n = 0; n < 3; n += 1) await session(station)
    expect(transactionMessages()).toEqual([])
    station.goOnline()
    await time.passUntil(() => station.state().outbox.length === 0 && station.state().isConnected, 60)
    await session(station)
    expect(oracle.transactions().map(({ isStarted, isEnded }) => isStarted && isEnded)).toEqual([
      true,
      true,
      true,
      true,
    ])
    const times = transactionMessages().map(({ payload }) => String(payload['timestamp']))
    expect(times).toEqual(times.toSorted())
    if (!is16) {
      const offline = transactionMessages().map(({ payload }) => payload['offline'])
      expect(offline.filter((flag) => flag === true).length).toBeGreaterThan(6)
      expect(offline.at(-1)).toBeUndefined()
    }
  })

  it('tries a refused message again after interval × transmissions, and gives it up after the last attempt', async () => {
    const station = await accepted({ protocol, settings: { attempts: '3', retryInterval: '60' } })
    const action = is16 ? 'StartTransaction' : 'TransactionEvent'
    central.when(action, ({ eventType }) => (is16 || eventType === 'Started' ? 'error' : undefined))
    station.plug(1)
    station.presentCard(1, card)
    await time.pass(400)
    const tries = central.heard.filter(
      ({ action: heard, payload }) => heard === action && (is16 || payload['eventType'] === 'Started'),
    )
    const [first] = tries
    expect(tries.map(({ at }) => Math.round((at - (first?.at ?? 0)) / 1000))).toEqual([0, 60, 180])
    expect(new Set(tries.map(({ id }) => id)).size).toBe(3)
    expect(new Set(tries.map(({ payload }) => JSON.stringify(payload))).size).toBe(1)
    expect(events.some(({ kind }) => kind === 'message-discarded')).toBe(true)
    // A start that was never delivered leaves 1.6 with no number (errata: -1).
    if (is16) expect(central.of('S 1', 'MeterValues')[0]?.['transactionId']).toBe(-1)
  })

  it('retries under the same id when told to', async () => {
    const station = await accepted({ protocol, settings: { retryInterval: '5' } }, { sameIdOnRetry: true })
    let count = 0
    const action = is16 ? 'StartTransaction' : 'TransactionEvent'
    central.when(action, () => ((count += 1) === 1 ? 'error' : undefined))
    station.plug(1)
    station.presentCard(1, card)
    await time.pass(20)
    const [first, second] = central.heard.filter(({ action: heard }) => heard === action)
    expect(first?.id).toBe(second?.id)
    expect(first?.payload).toEqual(second?.payload)
  })

  it('says every message five times under new ids when told to', async () => {
    const oracle = openOracle()
    const station = await accepted(
      { protocol, faults: { repeatMessages: 5 } },
      { onAcknowledged: oracle.onAcknowledged },
    )
    await session(station)
    const counts = new Map<string, Set<string>>()
    for (const { action, id, payload } of transactionMessages()) {
      const key = action + JSON.stringify(payload)
      counts.set(key, (counts.get(key) ?? new Set()).add(id))
    }
    expect(new Set([...counts.values()].map((ids) => ids.size))).toEqual(new Set([5]))
    expect(oracle.transactions()).toHaveLength(1)
  })

  it('sends again what it believes to be lost, though it was acknowledged', async () => {
    const oracle = openOracle()
    const station = await accepted(
      { protocol, settings: { retryInterval: '1', attempts: '9' } },
      { onAcknowledged: oracle.onAcknowledged },
    )
    station.plug(1)
    station.presentCard(1, card)
    await time.passUntil(isCharging(station), 30)
    station.setFaults({ dropReplies: 0.5 })
    await time.pass(300)
    station.unplug(1)
    station.setFaults({ dropReplies: 0 })
    await time.pass(120)
    expect(oracle.all().some(({ wasLost }) => wasLost)).toBe(true)
    expect(oracle.transactions().filter(({ isEnded }) => isEnded)).toHaveLength(1)
  })

  it('comes back after a cut with growing patience, and does not boot again', async () => {
    const station = await accepted({ protocol, settings: { backOffRandom: '0' } })
    central.isRefusing = true
    central.cut()
    await time.passUntil(() => !station.state().isConnected, 5)
    const from = time.now()
    await time.pass(160)
    central.isRefusing = false
    await time.passUntil(() => station.state().isConnected, 200)
    // 10, 20, 40, 80 and 80 s.
    expect(Math.round((time.now() - from) / 1000)).toBe(230)
    await time.pass(2)
    expect(actions().filter((action) => action === 'BootNotification')).toHaveLength(1)
  })

  it('ends what runs when the power fails, and boots anew', async () => {
    const station = await accepted({ protocol })
    station.plug(1)
    station.presentCard(1, card)
    await time.passUntil(isCharging(station), 30)
    await time.pass(20)
    station.reboot()
    await time.passUntil(() => station.state().registration === 'Accepted' && station.state().outbox.length === 0, 60)
    const last = transactionMessages().at(-1)?.payload
    expect(is16 ? last?.['reason'] : (last?.['transactionInfo'] as Payload)['stoppedReason']).toBe('PowerLoss')
    expect(actions().filter((action) => action === 'BootNotification')).toHaveLength(2)
    station.unplug(1)
    await session(station)
    expect(transactionMessages().length).toBeGreaterThan(3)
  })

  it('takes its time from the central system, unless its clock is broken', async () => {
    const station = await accepted({ protocol, clockOffsetSeconds: -86_400 })
    await session(station)
    expect(String(transactionMessages()[0]?.payload['timestamp']).slice(0, 10)).toBe('2026-11-26')
    station.setFaults({ clockOffsetSeconds: -946_080_000 })
    await time.pass(600)
    await session(station)
    expect(String(transactionMessages().at(-1)?.payload['timestamp']).slice(0, 4)).toBe('1996')
  })

  it('stops energy and tells of it when a ground failure comes', async () => {
    const station = await accepted({ protocol })
    station.plug(1)
    station.presentCard(1, card)
    await time.passUntil(isCharging(station), 30)
    station.setFaults({ groundFailure: [1] })
    await time.pass(5)
    expect(evse(station)?.transaction).toBeUndefined()
    const told = central.heard
      .filter(({ action }) => action === 'StatusNotification' || action === 'NotifyEvent')
      .map(({ payload }) => JSON.stringify(payload))
    expect(told.some((text) => text.includes('Faulted'))).toBe(true)
    expect(told.some((text) => text.includes('GroundFailure'))).toBe(true)
  })

  it('tells of a full car, and of no meter when it is silent', async () => {
    const station = await accepted({ protocol, settings: { sampleInterval: '10' } })
    station.plug(1, { car: { batteryWh: 40_000, socPercent: 99.5, wantsPercent: 100 } })
    station.presentCard(1, card)
    await time.passUntil(() => evse(station)?.transaction?.chargingState === 'SuspendedEV', 900)
    await time.pass(15)
    const register = evse(station)?.registerWh ?? 0
    expect(Math.round(register - (evse(station)?.transaction?.meterStartWh ?? 0))).toBe(200)
    const readings = () => central.heard.filter(({ payload }) => payload['meterValue'] !== undefined).length
    const before = readings()
    station.setFaults({ meterSilent: true })
    await time.pass(60)
    expect(readings()).toBe(before)
  })

  it('gives up waiting for a cable', async () => {
    const station = await accepted({ protocol, settings: { cableTimeout: '30' } })
    station.presentCard(1, card)
    await time.pass(20)
    expect(evse(station)?.authorised).toBeDefined()
    await time.pass(15)
    expect(evse(station)?.authorised).toBeUndefined()
    expect(transactionMessages()).toEqual([])
    expect(events).toContainEqual({ kind: 'cable-timeout', evse: 1 })
  })

  it('lets somebody who was let in from outside bring the cable, and goes away in the end', async () => {
    const station = await accepted({ protocol, scenario: 'attended' })
    station.presentCard(1, 'VISITOR')
    await time.passUntil(isCharging(station), 60)
    await time.pass(60)
    station.presentCard(1, 'VISITOR')
    await time.passUntil(() => evse(station)?.connector === undefined, 60)
    station.presentCard(1, 'VISITOR')
    await time.passUntil(isCharging(station), 60)
  })

  it.each([...scenarios.keys()])(
    'plays %s for an hour within its schemas',
    async (scenario) => {
      const oracle = openOracle()
      start({ protocol, scenario, evses: 2, seed: 7 }, { onAcknowledged: oracle.onAcknowledged })
      await time.pass(3600)
      expect(oracle.all().length).toBeGreaterThan(3)
      const isQuiet = scenario === 'idle' || scenario === 'attended'
      expect(oracle.transactions().length > 0).toBe(!isQuiet)
    },
    60_000,
  )
})
