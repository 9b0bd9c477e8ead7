import type pg from 'pg'
import {
  type Acknowledgement,
  type Fleet,
  type FleetOptions,
  openOracle,
  type Oracle,
  startFleet,
  type StationHandle,
  type StationState,
} from '../../simulator/index.ts'
import { missingFrom, notHandedOn } from './missing.ts'
import { addCard, addFleet, addTariff, makeNetwork, type Network } from './network.ts'
import type { Server } from './server.ts'
import { type Kept, keptOf } from './store-kept.ts'
import { until } from './until.ts'

/** Simulated stations whose drivers charge for some seconds over and over, with an oracle that writes down what was acknowledged. */
export interface Field {
  readonly network: Network
  readonly fleet: Fleet
  readonly oracle: Oracle
  /** What was acknowledged up to now and is not there. */
  missing(): Promise<readonly string[]>
  kept(): Promise<Kept>
  /** Waits until this many more sessions have ended, wherever. */
  goesOn(sessions: number, timeoutMs?: number): Promise<void>
  /** Lets all sessions come to their end and stops; what then is missing, or was not made exactly once. */
  comeToRest(): Promise<FieldAtRest>
  stop(): Promise<void>
}

export interface FieldAtRest {
  readonly acknowledged: number
  readonly sessionsEnded: number
  readonly missing: readonly string[]
  readonly notOnce: readonly string[]
  /** Messages that were answered with an error: a station throws such a message away after a few tries. */
  readonly refused: number
}

export interface FieldWishes {
  readonly slug: string
  readonly stations: number
  readonly chance: () => number
  /** The owner's connection, to look past the program; closed after each look. */
  openOwner(): Promise<pg.Client>
  /** Where stations connect, when not to the server itself: a proxy. */
  readonly port?: number
  /** How long a station waits for an answer. */
  readonly timeoutMs?: number
  readonly settings?: FleetOptions['stations'][number]['settings']
  readonly spreadSeconds?: number
  /** A charge lasts at least so long, and up to two seconds more; 1 unless given. */
  readonly leastSeconds?: number
}

export const quick = {
  sampleInterval: '1',
  endedInterval: '0',
  retryInterval: '1',
  backOffMinimum: '0',
  backOffRandom: '1',
} as const

/** How long a driver looks at the station before giving up. */
const ANSWERED_WITHIN_MS = 5_000
/** Stations may have ten minutes' messages in their queues, and the machine something else to do. */
const PATIENCE_MS = 300_000

/** Sessions of some seconds, over and over, by a driver who holds the card out again where nothing came of it. */
export async function drive(
  station: StationHandle,
  cards: readonly string[],
  chance: () => number,
  isOver: () => boolean,
  leastSeconds = 1,
): Promise<void> {
  const pause = (seconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, seconds * 1_000))
  const becomes = (fact: (state: StationState) => boolean): Promise<boolean> =>
    station.until(fact, ANSWERED_WITHIN_MS).then(
      () => true,
      () => false,
    )
  const charges = ({ evses }: StationState): boolean => evses[0]?.transaction !== undefined
  while (!isOver()) {
    const card = cards[Math.floor(chance() * cards.length)] ?? ''
    station.plug(1)
    station.presentCard(1, card)
    if (await becomes(charges)) {
      await pause(leastSeconds + 2 * chance())
      station.presentCard(1, card)
      await becomes((state) => !charges(state))
    }
    station.unplug(1)
    await pause(0.2 + 0.3 * chance())
  }
}

export async function makeCards(network: Network, count = 8): Promise<readonly string[]> {
  const cards = Array.from({ length: count }, (_, n) => `04A1B2C3D4E5${n.toString(16).padStart(2, '0').toUpperCase()}`)
  for (const uid of cards) await addCard(network, uid)
  return cards
}

export async function openField(server: Server, wishes: FieldWishes): Promise<Field> {
  const network = await makeNetwork(server, wishes.slug)
  await addTariff(network)
  const cards = await makeCards(network)
  const stations = await addFleet(network, wishes.stations, { settings: { ...quick, ...wishes.settings } })
  const oracle = openOracle()
  const url = wishes.port === undefined ? network.stationsUrl : `ws://127.0.0.1:${wishes.port}/ocpp/${wishes.slug}`
  const fleet = startFleet({
    url,
    stations,
    onAcknowledged: oracle.onAcknowledged,
    timeoutMs: wishes.timeoutMs ?? 2_000,
    spreadSeconds: wishes.spreadSeconds ?? 0.2,
  })
  let isOver = false
  const drivers = fleet.identities.map((name) =>
    drive(fleet.station(name), cards, wishes.chance, () => isOver, wishes.leastSeconds),
  )
  const kept = (): Promise<Kept> => keptNow(wishes.openOwner, network)
  const stop = async (): Promise<void> => {
    isOver = true
    await Promise.all(drivers)
    await fleet.stop()
  }
  return {
    network,
    fleet,
    oracle,
    kept,
    async missing() {
      // What was acknowledged first, then what is there: reports go on arriving.
      const before = [...oracle.all()]
      return missingFrom(before, await kept())
    },
    async goesOn(sessions, timeoutMs = PATIENCE_MS) {
      const wanted = fleet.totals().sessionsEnded + sessions
      await until(() => fleet.totals().sessionsEnded >= wanted, timeoutMs)
    },
    async comeToRest() {
      isOver = true
      await Promise.all(drivers)
      await until(() => fleet.totals().waitingMessages === 0, PATIENCE_MS).catch(() => {})
      const refused = fleet.totals().messagesRefused
      await fleet.stop()
      return { ...(await atRest(kept, oracle.all())), refused }
    },
    stop,
  }
}

export async function keptNow(openOwner: () => Promise<pg.Client>, network: Network): Promise<Kept> {
  const owner = await openOwner()
  try {
    return await keptOf(owner, network.id)
  } finally {
    await owner.end()
  }
}

/** When the outbox has been carried out, every ended session has one record, handed on once. */
export async function atRest(
  kept: () => Promise<Kept>,
  all: readonly Acknowledgement[],
): Promise<Omit<FieldAtRest, 'refused'>> {
  let now = await kept()
  await until(
    async () => {
      now = await kept()
      return notHandedOn(now).length === 0
    },
    90_000,
    250,
  ).catch(() => {})
  return {
    acknowledged: all.length,
    sessionsEnded: [...now.values()].filter(({ state }) => state === 'ended').length,
    missing: missingFrom(all, now),
    notOnce: notHandedOn(now),
  }
}
