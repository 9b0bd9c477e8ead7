import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Borrowed, startBorrowed } from './kit/borrowed.ts'
import { addCard, addStation, makeNetwork, type Network } from './kit/network.ts'
import type { List } from './kit/rest.ts'
import { openStrictClient, type StrictClient } from './kit/strict-client.ts'
import { until } from './kit/until.ts'

// Stations that others wrote charge at their true times: most tell after a week away what happened meanwhile, some charge now.

const STATIONS = ['ocpp1.6', 'ocpp2.0.1', 'ocpp1.6', 'ocpp2.0.1'] as const
const QUEUED = 46
const LIVE = 4
const TOTAL = STATIONS.length * (QUEUED + LIVE)

const uid = '04A1B2C3D4E5F6'
/** What flows, and the step of the meter: 25 Wh are a cent. */
const POWER_W = 180_000
const METER_STEP_WH = 25

let borrowed: Borrowed
let network: Network

beforeAll(async () => {
  borrowed = await startBorrowed()
  network = await makeNetwork(borrowed.server, 'strict')
  await addCard(network, uid)
  const components = [
    { type: 'FLAT', price: '0.50', step_size: 1 },
    { type: 'ENERGY', price: '0.40', step_size: 1 },
    { type: 'TIME', price: '0.60', step_size: 60 },
  ]
  const tariff = { currency: 'EUR', tax_included: 'YES', elements: [{ price_components: components }] }
  const validFrom = stamp(Temporal.Now.instant().subtract({ hours: 8 * 24 }))
  await network.rest.post('/v1/tariffs', { name: 'By piece, energy and time', tariff, validFrom, default: true })
})
afterAll(() => borrowed?.close())

/** What a station did, by its own meter and clock. */
interface Charged {
  readonly stationId: string
  readonly startedAt: Temporal.Instant
  readonly endedAt: Temporal.Instant
  readonly energyWh: number
}

interface Dialect {
  boot(): Promise<unknown>
  start(at: Temporal.Instant, registerWh: number): Promise<void>
  meter(at: Temporal.Instant, registerWh: number): Promise<unknown>
  stop(at: Temporal.Instant, registerWh: number): Promise<unknown>
}

const stamp = (at: Temporal.Instant): string => at.toString({ smallestUnit: 'millisecond' })
const sameStamp = (text: string): string => stamp(Temporal.Instant.from(text))

function speak16({ call }: StrictClient): Dialect {
  let transactionId = 0
  const status = (at: Temporal.Instant, word: string) =>
    call('StatusNotification', { connectorId: 1, status: word, errorCode: 'NoError', timestamp: stamp(at) })
  return {
    boot: async () => {
      expect(await call('BootNotification', { chargePointVendor: 'Others', chargePointModel: 'S' })).toMatchObject({
        status: 'Accepted',
      })
      return status(Temporal.Now.instant(), 'Available')
    },
    start: async (at, meterStart) => {
      await status(at, 'Preparing')
      const begun = { connectorId: 1, idTag: uid, meterStart, timestamp: stamp(at) }
      const answer = await call('StartTransaction', begun)
      expect(answer).toMatchObject({ idTagInfo: { status: 'Accepted' } })
      transactionId = Number(answer['transactionId'])
      await status(at, 'Charging')
    },
    meter: (at, registerWh) => {
      const sampledValue = [{ value: String(registerWh), context: 'Sample.Periodic', unit: 'Wh' }]
      return call('MeterValues', {
        connectorId: 1,
        transactionId,
        meterValue: [{ timestamp: stamp(at), sampledValue }],
      })
    },
    stop: async (at, meterStop) => {
      await call('StopTransaction', { transactionId, meterStop, timestamp: stamp(at), idTag: uid, reason: 'Local' })
      return status(at, 'Available')
    },
  }
}

function speak201({ call }: StrictClient, opened: Temporal.Instant): Dialect {
  let transactionId = ''
  let seqNo = 0
  const status = (at: Temporal.Instant, connectorStatus: string) =>
    call('StatusNotification', { timestamp: stamp(at), connectorStatus, evseId: 1, connectorId: 1 })
  const event = (at: Temporal.Instant, registerWh: number, words: Record<string, unknown>, info: object = {}) => {
    const context = { Started: 'Transaction.Begin', Ended: 'Transaction.End' }[String(words['eventType'])]
    const sampledValue = [{ value: registerWh, context: context ?? 'Sample.Periodic', unitOfMeasure: { unit: 'Wh' } }]
    const transactionInfo = { transactionId, chargingState: 'Charging', ...info }
    const meterValue = [{ timestamp: stamp(at), sampledValue }]
    const isQueued = Temporal.Instant.compare(at, opened) < 0
    const offline = isQueued ? { offline: true } : {}
    return call('TransactionEvent', {
      timestamp: stamp(at),
      seqNo: seqNo++,
      transactionInfo,
      meterValue,
      ...offline,
      ...words,
    })
  }
  const idToken = { idToken: uid, type: 'ISO14443' }
  return {
    boot: async () => {
      const chargingStation = { vendorName: 'Others', model: 'S' }
      expect(await call('BootNotification', { reason: 'PowerUp', chargingStation })).toMatchObject({
        status: 'Accepted',
      })
      return status(Temporal.Now.instant(), 'Available')
    },
    start: async (at, registerWh) => {
      transactionId = crypto.randomUUID()
      seqNo = 0
      await status(at, 'Occupied')
      const words = { eventType: 'Started', triggerReason: 'Authorized', idToken, evse: { id: 1, connectorId: 1 } }
      expect(await event(at, registerWh, words)).toMatchObject({ idTokenInfo: { status: 'Accepted' } })
    },
    meter: (at, registerWh) => event(at, registerWh, { eventType: 'Updated', triggerReason: 'MeterValuePeriodic' }),
    stop: async (at, registerWh) => {
      const words = { eventType: 'Ended', triggerReason: 'StopAuthorized', idToken }
      await event(at, registerWh, words, { chargingState: 'Idle', stoppedReason: 'Local' })
      return status(at, 'Available')
    },
  }
}

/** A station, from its boot to its last session. */
async function live(protocol: (typeof STATIONS)[number], n: number) {
  const evses = [{ id: 1, connectors: [{ id: 1, type: 'IEC_62196_T2_COMBO', maxPowerW: 200_000 }] }]
  const identity = `STRICT-${n}`
  const { id, password } = await addStation(network, { identity, more: { evses } })
  const client = await openStrictClient({ endpoint: network.stationsUrl, identity, password, protocol })
  const opened = Temporal.Now.instant()
  const speaker = protocol === 'ocpp1.6' ? speak16(client) : speak201(client, opened)
  await speaker.boot()
  const charged: Charged[] = []
  let registerWh = 1_000_000
  let at = opened.subtract({ hours: 7 * 24 })
  for (let session = 0; session < QUEUED; session += 1) {
    // From 20 minutes to an hour and a half, at a third of the power to all of it; whole minutes, since a cent is one.
    const minutes = 20 + ((session * 13 + n) % 70)
    const energyWh = Math.floor((POWER_W * minutes) / 60 / (1 + (session % 3)) / METER_STEP_WH) * METER_STEP_WH
    const startedAt = at.add({ minutes: 11 })
    const endedAt = startedAt.add({ minutes })
    await speaker.start(startedAt, registerWh)
    await speaker.meter(startedAt.add({ seconds: minutes * 20 }), registerWh + Math.floor(energyWh / 3))
    await speaker.meter(startedAt.add({ seconds: minutes * 40 }), registerWh + Math.floor((energyWh * 2) / 3))
    await speaker.stop(endedAt, registerWh + energyWh)
    charged.push({ stationId: id, startedAt, endedAt, energyWh })
    registerWh += energyWh
    at = endedAt
  }
  for (let session = 0; session < LIVE; session += 1) {
    const startedAt = Temporal.Now.instant()
    const flowed = (): number => {
      const seconds = startedAt.until(Temporal.Now.instant()).total('seconds')
      return Math.floor((POWER_W * seconds) / 3_600 / METER_STEP_WH) * METER_STEP_WH
    }
    await speaker.start(startedAt, registerWh)
    await until(() => flowed() > 0)
    await speaker.meter(Temporal.Now.instant(), registerWh + flowed())
    await until(() => flowed() > METER_STEP_WH)
    const energyWh = flowed()
    const endedAt = Temporal.Now.instant()
    await speaker.stop(endedAt, registerWh + energyWh)
    charged.push({ stationId: id, startedAt, endedAt, energyWh })
    registerWh += energyWh
  }
  return { client, charged }
}

interface SessionRecord {
  readonly sessionId: string
  readonly revision: number
  readonly energyWh: number
  readonly startedAt: string
  readonly endedAt: string
  readonly flags: readonly string[]
  readonly totals?: { readonly inclTax: { readonly minor: string; readonly currency: string } }
  readonly handedOn: readonly { readonly state: string }[]
}
interface Session {
  readonly id: string
  readonly stationId: string
  readonly startedAt: string
  readonly state: string
  readonly flags: readonly string[]
}

async function all<T>(path: string): Promise<readonly T[]> {
  const items: T[] = []
  let next: string | null = ''
  while (next !== null) {
    const cursor: string = next === '' ? '' : `&cursor=${encodeURIComponent(next)}`
    const page: List<T> = await network.rest.get<List<T>>(`${path}?limit=100${cursor}`)
    items.push(...page.items)
    next = page.next
  }
  return items
}

/** 50 cents, a cent for each begun minute, a cent for 25 Wh. */
function centsOf({ startedAt, endedAt, energyWh }: Charged): number {
  const minutes = Math.ceil(startedAt.until(endedAt).total('seconds') / 60)
  return 50 + minutes + energyWh / METER_STEP_WH
}

it('200 sessions of strict outside clients, 1.6 and 2.0.1, at true times: no error, no flag, one record each, to the cent (END-VALIDATE)', async () => {
  const stations = await Promise.all(STATIONS.map(live))
  const charged = stations.flatMap((station) => station.charged)
  expect(charged).toHaveLength(TOTAL)
  await until(
    async () => {
      const records = await all<SessionRecord>('/v1/session-records')
      const isDone = ({ handedOn }: SessionRecord) =>
        handedOn.length > 0 && handedOn.every(({ state }) => state === 'done')
      return records.length >= TOTAL && records.every(isDone)
    },
    240_000,
    200,
  )
  const records = await all<SessionRecord>('/v1/session-records')
  const sessions = new Map((await all<Session>('/v1/sessions')).map((session) => [session.id, session]))
  expect(records).toHaveLength(TOTAL)
  expect(sessions.size).toBe(TOTAL)
  const told = records.map(({ sessionId, revision, startedAt, endedAt, energyWh, flags, totals }) => {
    const { stationId, state, flags: ofSession } = sessions.get(sessionId) ?? { flags: ['gone'] }
    const cost = totals === undefined ? 'none' : `${totals.inclTax.minor} ${totals.inclTax.currency}`
    const times = { startedAt: sameStamp(startedAt), endedAt: sameStamp(endedAt) }
    return { stationId, ...times, energyWh, cost, revision, state, flags: [...flags, ...ofSession] }
  })
  const expected = charged.map((one) => ({
    stationId: one.stationId,
    startedAt: stamp(one.startedAt),
    endedAt: stamp(one.endedAt),
    energyWh: one.energyWh,
    cost: `${centsOf(one)} EUR`,
    revision: 1,
    state: 'ended',
    flags: [],
  }))
  const inOrder = <T extends { stationId?: string | undefined; startedAt: string }>(list: readonly T[]) =>
    list.toSorted((left, right) =>
      `${left.stationId} ${left.startedAt}`.localeCompare(`${right.stationId} ${right.startedAt}`),
    )
  expect(inOrder(told)).toEqual(inOrder(expected))
  expect(await all('/v1/usage-errors')).toEqual([])
  expect(await all('/v1/alerts')).toEqual([])
  await Promise.all(stations.map(({ client }) => client.close()))
  expect(stations.flatMap(({ client }) => client.faults)).toEqual([])
}, 400_000)
