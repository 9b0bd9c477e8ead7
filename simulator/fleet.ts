import { chanceFrom, seedOf } from './chance.ts'
import type { Memory } from './memory.ts'
import type { StationSpec } from './new-station.ts'
import type { Acknowledgement } from './oracle.ts'
import { type Hands, Play } from './play.ts'
import type { Scenario } from './scenario.ts'
import { scenarios } from './scenarios/index.ts'
import { StationDriver, type StationEvent } from './station-driver.ts'
import type { Car, Faults, StationState } from './state.ts'
import { realTime, type Timeline } from './timeline.ts'
import { findEvse } from './turn.ts'

export interface FleetOptions {
  /** The endpoint; each station appends its identity. */
  readonly url: string
  readonly stations: readonly StationSpec[]
  readonly onEvent?: (identity: string, event: StationEvent) => void
  readonly onAcknowledged?: (acknowledgement: Acknowledgement) => void
  /** Bugs of the simulator are told here, if anywhere. */
  readonly log?: (text: string, fields: Readonly<Record<string, unknown>>) => void
  /** The first connections are spread over so many seconds; 20 ms for each station unless given. */
  readonly spreadSeconds?: number
  /** Made time for tests; else real time. */
  readonly timeline?: Timeline
  /** How long an answer is waited for; 30 s. */
  readonly timeoutMs?: number
  readonly sameIdOnRetry?: boolean
  /** Scenarios of one's own, by name; they come before those of the table. */
  readonly scenarios?: ReadonlyMap<string, Scenario>
  /** What stations remember when the program is started anew; absent: nothing. */
  readonly memory?: Memory
}

/** One station in the hand: what a driver, a technician or a test can do to it. */
export interface StationHandle {
  readonly identity: string
  state(): StationState
  plug(evse: number, how?: { readonly connector?: number; readonly car?: Partial<Car> }): void
  unplug(evse: number): void
  /** Starts, stops, or is refused: what holding a card to a station does. */
  presentCard(evse: number, uid: string, type?: string): void
  setFaults(faults: Partial<Faults>): void
  reboot(): void
  goOffline(seconds?: number): void
  goOnline(): void
  /** Waits for a fact; throws after so many ms of real time. */
  until(fact: (state: StationState) => boolean, timeoutMs?: number): Promise<StationState>
  /** Whether its scenario has come to its end. */
  isOver(): boolean
  /** Its scenario does nothing, or nothing until somebody is let in from outside. */
  isWaitingForHands(): boolean
}

export interface FleetTotals {
  readonly stations: number
  readonly connected: number
  readonly accepted: number
  readonly charging: number
  readonly sessionsStarted: number
  readonly sessionsEnded: number
  readonly energyWh: number
  readonly powerW: number
  readonly messagesAcknowledged: number
  readonly messagesRefused: number
  readonly connectionsFailed: number
  readonly waitingMessages: number
}

export interface Fleet {
  station(identity: string): StationHandle
  readonly identities: readonly string[]
  totals(): FleetTotals
  stop(): Promise<void>
}

type Counts = Pick<
  FleetTotals,
  'sessionsStarted' | 'sessionsEnded' | 'energyWh' | 'messagesAcknowledged' | 'messagesRefused' | 'connectionsFailed'
>

interface Member {
  readonly handle: StationHandle
  readonly driver: StationDriver
  stop(): void
}

/** Some hundreds of stations in this process, with one timer for all. They connect by themselves. */
export function startFleet(options: FleetOptions): Fleet {
  const timeline = options.timeline ?? realTime()
  const spread = options.spreadSeconds ?? options.stations.length * 0.02
  const counts = {
    sessionsStarted: 0,
    sessionsEnded: 0,
    energyWh: 0,
    messagesAcknowledged: 0,
    messagesRefused: 0,
    connectionsFailed: 0,
  }
  const members = new Map<string, Member>()
  options.stations.forEach((spec, index) => {
    if (members.has(spec.identity)) throw new RangeError(`two stations are named ${spec.identity}`)
    const later = (spec.startOfflineSeconds ?? 0) + (spread * index) / options.stations.length
    members.set(spec.identity, addStation({ ...spec, startOfflineSeconds: later }, options, timeline, counts))
  })
  return {
    identities: [...members.keys()],
    station(identity) {
      const member = members.get(identity)
      if (member === undefined) throw new RangeError(`no station ${identity} in this fleet`)
      return member.handle
    },
    totals: () =>
      totalsOf(
        [...members.values()].map(({ driver }) => driver.state),
        counts,
      ),
    async stop() {
      for (const member of members.values()) member.stop()
    },
  }
}

function addStation(
  spec: StationSpec,
  options: FleetOptions,
  timeline: Timeline,
  counts: { -readonly [K in keyof Counts]: number },
): Member {
  const { identity } = spec
  const scenario = scenarioOf(spec, options)
  const watchers = new Set<() => void>()
  const settled = withScenario(spec, scenario)
  const driver = new StationDriver(settled, {
    url: options.url,
    timeline,
    timeoutMs: options.timeoutMs ?? 30_000,
    sameIdOnRetry: options.sameIdOnRetry ?? false,
    memory: options.memory,
    onEvent(event) {
      countEvent(counts, event)
      if (event.kind === 'own-fault') options.log?.('simulator fault', { identity, description: event.description })
      options.onEvent?.(identity, event)
    },
    onAcknowledged(acknowledgement) {
      counts.messagesAcknowledged += 1
      options.onAcknowledged?.(acknowledgement)
    },
    onChange() {
      for (const watcher of watchers) watcher()
    },
  })
  const hands = handsOf(driver)
  const plays = playsFor(settled, scenario, hands, timeline)
  const sleeper = {
    due: () => dueOf(driver, plays),
    wake(at: number) {
      driver.wake(at)
      for (const play of plays.values()) play.advance(at)
    },
    isBusy: () => driver.isBusy,
  }
  timeline.add(sleeper)
  return {
    driver,
    handle: handleOf(identity, driver, hands, plays, watchers, scenario === undefined || scenario.steps.length === 0),
    stop() {
      timeline.remove(sleeper)
      driver.stop()
    },
  }
}

function scenarioOf(spec: StationSpec, options: FleetOptions): Scenario | undefined {
  if (spec.scenario === undefined) return undefined
  const scenario = options.scenarios?.get(spec.scenario) ?? scenarios.get(spec.scenario)
  if (scenario === undefined)
    throw new RangeError(`no scenario ${spec.scenario}; there are ${[...scenarios.keys()].join(', ')}`)
  return scenario
}

/** The station's own wishes come before its scenario's. */
function withScenario(spec: StationSpec, scenario: Scenario | undefined): StationSpec {
  if (scenario === undefined) return spec
  return {
    ...spec,
    settings: { ...(scenario.settings as StationSpec['settings']), ...spec.settings },
    faults: { ...(scenario.faults as Partial<Faults> | undefined), ...spec.faults },
    startOfflineSeconds: (spec.startOfflineSeconds ?? 0) + (scenario.startOfflineSeconds ?? 0),
  }
}

function playsFor(
  spec: StationSpec,
  scenario: Scenario | undefined,
  hands: Hands,
  timeline: Timeline,
): ReadonlyMap<number, Play> {
  if (scenario === undefined) return new Map()
  const seed = spec.seed ?? seedOf(spec.identity)
  const cards = spec.cards ?? []
  return new Map(
    hands.state().evses.map(({ spec: { id } }) => {
      const chance = chanceFrom(seed ^ seedOf(`scenario/${id}`))
      return [id, new Play(scenario, { evse: id, hands, cards, chance }, timeline.now())] as const
    }),
  )
}

/** A play whose fact has come true is due at once. */
function dueOf(driver: StationDriver, plays: ReadonlyMap<number, Play>): number | undefined {
  let least = driver.due()
  for (const play of plays.values()) {
    if (play.hasNews()) return 0
    least = Math.min(least, play.due() ?? Number.POSITIVE_INFINITY)
  }
  return least === Number.POSITIVE_INFINITY ? undefined : least
}

function handsOf(driver: StationDriver): Hands {
  return {
    state: () => driver.state,
    plug: (evse, car) => void driver.apply({ kind: 'plug', evse, car }),
    unplug: (evse) => void driver.apply({ kind: 'unplug', evse }),
    presentCard: (evse, uid) => void driver.apply({ kind: 'card', evse, uid }),
    setFaults: (faults) => void driver.apply({ kind: 'faults', faults }),
    goOffline: (seconds) => driver.goOffline(seconds),
    goOnline: () => driver.goOnline(),
    reboot: () => void driver.apply({ kind: 'reboot' }),
  }
}

function handleOf(
  identity: string,
  driver: StationDriver,
  hands: Hands,
  plays: ReadonlyMap<number, Play>,
  watchers: Set<() => void>,
  isPassive: boolean,
): StationHandle {
  const checked = (evse: number): number => {
    if (findEvse(driver.state, evse) === undefined) throw new RangeError(`${identity} has no EVSE ${evse}`)
    plays.get(evse)?.stepAside()
    return evse
  }
  return {
    identity,
    state: () => driver.state,
    plug: (evse, how = {}) => void driver.apply({ kind: 'plug', evse: checked(evse), ...how }),
    unplug: (evse) => hands.unplug(checked(evse)),
    presentCard: (evse, uid, type) =>
      void driver.apply({ kind: 'card', evse: checked(evse), uid, ...(type === undefined ? {} : { type }) }),
    setFaults: hands.setFaults,
    reboot: hands.reboot,
    goOffline: (seconds) => hands.goOffline(seconds),
    goOnline: hands.goOnline,
    until: (fact, timeoutMs = 45_000) => waitFor(identity, driver, watchers, fact, timeoutMs),
    isOver: () => [...plays.values()].every((play) => play.isOver),
    isWaitingForHands: () => isPassive,
  }
}

function waitFor(
  identity: string,
  driver: StationDriver,
  watchers: Set<() => void>,
  fact: (state: StationState) => boolean,
  timeoutMs: number,
): Promise<StationState> {
  return new Promise((resolve, reject) => {
    const end = (): void => {
      watchers.delete(look)
      clearTimeout(timer)
    }
    const look = (): void => {
      if (!fact(driver.state)) return
      end()
      resolve(driver.state)
    }
    const timer = setTimeout(() => {
      end()
      reject(new Error(`${identity}: not so within ${timeoutMs} ms: ${fact.toString()}`))
    }, timeoutMs)
    watchers.add(look)
    look()
  })
}

function countEvent(counts: { -readonly [K in keyof Counts]: number }, event: StationEvent): void {
  if (event.kind === 'transaction-started') counts.sessionsStarted += 1
  if (event.kind === 'transaction-ended') {
    counts.sessionsEnded += 1
    counts.energyWh += event.energyWh
  }
  if (event.kind === 'call-refused') counts.messagesRefused += 1
  if (event.kind === 'connection-failed') counts.connectionsFailed += 1
}

function totalsOf(states: readonly StationState[], counts: Counts): FleetTotals {
  const evses = states.flatMap((state) => state.evses)
  return {
    ...counts,
    stations: states.length,
    connected: states.filter((state) => state.isConnected).length,
    accepted: states.filter((state) => state.isConnected && state.registration === 'Accepted').length,
    charging: evses.filter(({ transaction }) => transaction?.chargingState === 'Charging').length,
    powerW: Math.round(evses.reduce((sum, evse) => sum + evse.powerW, 0)),
    waitingMessages: states.reduce((sum, state) => sum + state.outbox.length, 0),
  }
}
