import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Borrowed, startBorrowed } from './kit/borrowed.ts'
import { chanceFrom } from './kit/chance.ts'
import { addCard, addStation, addTariff, makeNetwork, type Network } from './kit/network.ts'
import type { List } from './kit/rest.ts'
import { bootOf, openStation, type StationSocket } from './kit/station-socket.ts'
import { found } from './kit/until.ts'

const UID = '04AABBCCDD1122'
const STATIONS = 20
const SESSIONS_EACH = Number(process.env['SESSIONS_EACH'] ?? 10)
/** At most. */
const LASTS_MS = Math.max(400_000, 12_000 * SESSIONS_EACH)

let borrowed: Borrowed
let network: Network
beforeAll(async () => {
  borrowed = await startBorrowed({ STATION_MESSAGES_PER_SECOND: '1000' })
  network = await makeNetwork(borrowed.server, 'again')
  await addTariff(network)
  await addCard(network, UID)
})
afterAll(() => borrowed.close())

interface Teller {
  readonly id: string
  readonly is2x: boolean
  readonly socket: StationSocket
}

async function teller(index: number): Promise<Teller> {
  const is2x = index % 2 === 1
  const protocol = is2x ? 'ocpp2.0.1' : 'ocpp1.6'
  const { id, identity, password } = await addStation(network, { identity: `AGAIN-${index}` })
  const socket = await openStation({
    url: `${network.stationsUrl}/${identity}`,
    user: identity,
    password,
    protocols: [protocol],
  })
  await socket.call(...bootOf(protocol))
  return { id, is2x, socket }
}

/** Says it up to five times, each time under a new message id (the socket makes one); what was answered must be the same each time. */
async function said(next: () => number, { socket }: Teller, action: string, payload: () => unknown): Promise<unknown> {
  let first: unknown
  for (let times = 1 + Math.floor(next() * 5); times > 0; times -= 1) {
    const [type, , answer] = await socket.call(action, payload())
    expect([action, type]).toEqual([action, 3])
    first ??= answer
    expect(answer).toEqual(first)
  }
  return first
}

interface Charge {
  readonly at: (step: number) => string
  readonly registerWh: number
}

/** `slips`: each repeat of the start has another time: what a server would see that does not look at what is said. */
async function charge16(next: () => number, station: Teller, { at, registerWh }: Charge, slips = false): Promise<void> {
  let slip = 0
  const start = () => ({
    connectorId: 1,
    idTag: UID,
    meterStart: registerWh,
    timestamp: at(slips ? (slip += 0.01) : 0),
  })
  if (slips) {
    for (let times = 0; times < 3; times += 1) await station.socket.call('StartTransaction', start())
    return
  }
  const { transactionId } = (await said(next, station, 'StartTransaction', start)) as { transactionId: number }
  const sampledValue = [{ value: String(registerWh + 500) }]
  const meter = () => ({ connectorId: 1, transactionId, meterValue: [{ timestamp: at(1), sampledValue }] })
  await said(next, station, 'MeterValues', meter)
  await said(next, station, 'StopTransaction', () => ({
    transactionId,
    meterStop: registerWh + 1_000,
    timestamp: at(2),
  }))
}

async function charge2x(next: () => number, station: Teller, { at, registerWh }: Charge): Promise<void> {
  const transactionInfo = { transactionId: randomUUID(), chargingState: 'Charging' }
  const event = (eventType: string, triggerReason: string, seqNo: number, more: object) => () => ({
    eventType,
    triggerReason,
    seqNo,
    timestamp: at(seqNo),
    transactionInfo,
    meterValue: [{ timestamp: at(seqNo), sampledValue: [{ value: registerWh + seqNo * 500 }] }],
    ...more,
  })
  const card = { evse: { id: 1, connectorId: 1 }, idToken: { idToken: UID, type: 'ISO14443' } }
  await said(next, station, 'TransactionEvent', event('Started', 'Authorized', 0, card))
  await said(next, station, 'TransactionEvent', event('Updated', 'MeterValuePeriodic', 1, {}))
  await said(next, station, 'TransactionEvent', event('Ended', 'StopAuthorized', 2, {}))
}

interface Record {
  readonly sessionId: string
  readonly revision: number
  readonly energyWh: number
  readonly totals?: { readonly inclTax: { readonly minor: string } }
  readonly handedOn: readonly { readonly state: string }[]
}

/** What a station's charges came to. */
async function outcome(id: string): Promise<{ readonly states: string[]; readonly records: readonly Record[] }> {
  const { items } = await network.rest.get<List<{ id: string; state: string }>>(
    `/v1/sessions?stationId=${id}&limit=200`,
  )
  const records: Record[] = []
  for (const session of items) {
    records.push(...(await network.rest.get<List<Record>>(`/v1/session-records?sessionId=${session.id}`)).items)
  }
  return { states: items.map(({ state }) => state), records }
}

/** A charge has two steps of so long, at 10 kW; after it the station is free for one more. */
const STEP_SECONDS = 180

const timesFrom =
  (start: Temporal.Instant) =>
  (step: number): string =>
    start.add({ milliseconds: Math.round(step * STEP_SECONDS * 1_000) }).toString({ smallestUnit: 'millisecond' })

describe('every message up to five times, under new ids (row 3)', () => {
  it(
    `makes one session and one record of each of ${STATIONS * SESSIONS_EACH} charges, end to end`,
    async () => {
      const tellers = await Promise.all(Array.from({ length: STATIONS }, (_, index) => teller(index)))
      // Told from queues, so that the times are true.
      const begun = Temporal.Now.instant().subtract({ seconds: 3 * STEP_SECONDS * (SESSIONS_EACH + 1) })
      await Promise.all(
        tellers.map(async (station, index) => {
          const next = chanceFrom(index + 1)
          for (let n = 0; n < SESSIONS_EACH; n += 1) {
            const charge = {
              at: timesFrom(begun.add({ seconds: 3 * STEP_SECONDS * n })),
              registerWh: 10_000 + n * 1_000,
            }
            await (station.is2x ? charge2x(next, station, charge) : charge16(next, station, charge))
          }
        }),
      )
      for (const { id, socket } of tellers) {
        const { states, records } = await found(async () => {
          const all = await outcome(id)
          return all.records.every(({ handedOn }) => handedOn[0]?.state === 'done') ? all : undefined
        })
        expect(states).toEqual(Array(SESSIONS_EACH).fill('ended'))
        expect(records.map(({ revision, energyWh }) => [revision, energyWh])).toEqual(
          Array(SESSIONS_EACH).fill([1, 1_000]),
        )
        expect(new Set(records.map(({ sessionId }) => sessionId)).size).toBe(SESSIONS_EACH)
        await socket.close()
      }
    },
    LASTS_MS,
  )

  it('would show a start that is taken for another one each time', async () => {
    const station = await teller(1_000)
    const begun = Temporal.Now.instant().subtract({ hours: 1 })
    await charge16(chanceFrom(7), station, { at: timesFrom(begun), registerWh: 1_000 }, true)
    expect((await outcome(station.id)).states.length).toBeGreaterThan(1)
    await station.socket.close()
  })
})
