import { deliveredWh } from './energy.ts'
import type { Scenario, ScenarioStep } from './scenario.ts'
import type { Car, EvseState, Faults, Ms, StationState } from './state.ts'
import { findEvse } from './turn.ts'

/** What a scenario may do to its station. */
export interface Hands {
  readonly state: () => StationState
  readonly plug: (evse: number, car: Partial<Car>) => void
  readonly unplug: (evse: number) => void
  readonly presentCard: (evse: number, uid: string) => void
  readonly setFaults: (faults: Partial<Faults>) => void
  readonly goOffline: (seconds: number | undefined) => void
  readonly goOnline: () => void
  readonly reboot: () => void
}

interface Stage {
  readonly evse: number
  readonly hands: Hands
  readonly cards: readonly string[]
  readonly chance: () => number
  now: Ms
  card: string | undefined
  /** Between its own first touch and the cable's being out. */
  isOwnSession: boolean
}

/** It goes on at `until`, or as soon as the fact is true. */
interface Pause {
  readonly until: Ms
  readonly fact?: () => boolean
}

type Course = Generator<Pause, boolean, void>

/** How long a transaction may take to begin, before the driver gives up. */
const patienceSeconds = 150

/** A scenario that goes on at one EVSE. It steps aside for whoever else does something there. */
export class Play {
  readonly #scenario: Scenario
  readonly #stage: Stage
  #course: Course | undefined
  #pause: Pause | undefined
  #isAside = false
  #isAttending = false

  constructor(scenario: Scenario, about: Pick<Stage, 'evse' | 'hands' | 'cards' | 'chance'>, at: Ms) {
    this.#scenario = scenario
    this.#stage = { ...about, now: at, card: undefined, isOwnSession: false }
    this.#course = playSteps(this.#stage, scenario.steps)
  }

  get isOver(): boolean {
    return this.#course === undefined && !this.#isAside && !this.#isAttending
  }

  /** When time alone lets it go on; undefined: it waits for a fact, or is over. */
  due(): Ms | undefined {
    return this.#isAside && !this.#isAttending ? undefined : this.#pause?.until
  }

  /** Whether something has happened that lets it go on at once. */
  hasNews(): boolean {
    if (this.#isStrangerLetIn()) return true
    if (this.#isAside && !this.#isAttending) return isFree(evseOf(this.#stage))
    if (this.#course === undefined) return this.#isAttending
    return this.#pause === undefined || this.#pause.fact?.() === true
  }

  /** Somebody else does something at this EVSE: the play waits until it is free again. */
  stepAside(): void {
    if (this.#isAttending) return
    this.#isAside = true
    this.#stage.isOwnSession = false
  }

  /** Goes on as far as time and facts allow. */
  advance(now: Ms): void {
    const stage = this.#stage
    stage.now = now
    if (this.#isStrangerLetIn()) this.#begin(this.#scenario.attend ?? [], true)
    if (this.#isAside && !this.#isAttending) {
      if (!isFree(evseOf(stage))) return
      this.#begin(this.#scenario.steps, false)
    }
    for (let turns = 0; turns < 50 && this.#course !== undefined; turns += 1) {
      if (this.#pause !== undefined && this.#pause.until > now && this.#pause.fact?.() !== true) return
      this.#resume()
    }
    if (this.#course !== undefined || !this.#isAttending) return
    leave(stage)
    if (isFree(evseOf(stage))) this.#begin(this.#scenario.steps, false)
  }

  /** A remote start, or a card from outside, has opened the EVSE, and the scenario knows what a driver does then. */
  #isStrangerLetIn(): boolean {
    if (this.#scenario.attend === undefined || this.#isAttending || this.#stage.isOwnSession) return false
    return evseOf(this.#stage).authorised !== undefined
  }

  #begin(steps: readonly ScenarioStep[], isAttending: boolean): void {
    this.#course = playSteps(this.#stage, steps)
    this.#pause = undefined
    this.#isAttending = isAttending
    this.#isAside = false
    this.#stage.isOwnSession = false
    this.#stage.card = undefined
  }

  #resume(): void {
    const step = this.#course?.next()
    this.#pause = step?.done === false ? step.value : undefined
    if (step?.done !== false) this.#course = undefined
  }
}

function isFree({ connector, authorised, asking, transaction }: EvseState): boolean {
  return connector === undefined && authorised === undefined && asking === undefined && transaction === undefined
}

function evseOf(stage: Stage): EvseState {
  const evse = findEvse(stage.hands.state(), stage.evse)
  if (evse === undefined) throw new RangeError(`no EVSE ${stage.evse}`)
  return evse
}

function drawn(stage: Stage, value: number | readonly [number, number]): number {
  return typeof value === 'number' ? value : value[0] + stage.chance() * (value[1] - value[0])
}

function after(stage: Stage, seconds: number): Ms {
  return stage.now + seconds * 1000
}

/** True when all went as wished. After a failure the rest is left out, up to the repetition around it. */
function* playSteps(stage: Stage, steps: readonly ScenarioStep[]): Course {
  for (const step of steps) {
    const went = yield* playStep(stage, step)
    if (!went) return false
  }
  return true
}

function* playStep(stage: Stage, step: ScenarioStep): Course {
  const { evse, hands } = stage
  switch (step.do) {
    case 'wait':
      yield { until: after(stage, drawn(stage, step.seconds)) }
      return true
    case 'plug':
      stage.isOwnSession = true
      hands.plug(evse, definedOf(step.car ?? {}))
      return true
    case 'card':
      stage.isOwnSession = true
      stage.card =
        step.uid ?? stage.card ?? stage.cards[Math.floor(stage.chance() * stage.cards.length)] ?? '04A1B2C3D4E5F6'
      hands.presentCard(evse, stage.card)
      return true
    case 'charge':
      return yield* charge(stage, step)
    case 'stop':
      if (evseOf(stage).transaction !== undefined && stage.card !== undefined) hands.presentCard(evse, stage.card)
      return true
    case 'unplug':
      leave(stage)
      return true
    case 'fault':
      hands.setFaults(faultsFor(evse, step.set))
      return true
    case 'offline':
      hands.goOffline(step.seconds === undefined ? undefined : drawn(stage, step.seconds))
      return true
    case 'online':
      hands.goOnline()
      return true
    case 'reboot':
      hands.reboot()
      return true
    case 'registered':
      yield { until: Number.POSITIVE_INFINITY, fact: () => hands.state().registration === 'Accepted' }
      return true
    case 'repeat':
      return yield* repeat(stage, step)
    case 'choose':
      return yield* playSteps(stage, chosen(stage, step.among))
  }
}

function* repeat(stage: Stage, step: Extract<ScenarioStep, { do: 'repeat' }>): Course {
  for (let round = 0; step.times === undefined || round < step.times; round += 1) {
    const went = yield* playSteps(stage, step.steps)
    if (went) continue
    leave(stage)
    yield { until: after(stage, 5) }
  }
  return true
}

function leave(stage: Stage): void {
  stage.hands.unplug(stage.evse)
  stage.card = undefined
  stage.isOwnSession = false
}

function* charge(stage: Stage, limits: Extract<ScenarioStep, { do: 'charge' }>): Course {
  const isRunning = (): boolean => evseOf(stage).transaction !== undefined
  yield { until: after(stage, patienceSeconds), fact: isRunning }
  const started = evseOf(stage).transaction
  if (started === undefined) return false
  const seconds = limits.seconds === undefined ? Number.POSITIVE_INFINITY : drawn(stage, limits.seconds)
  const wattHours = limits.kWh === undefined ? Number.POSITIVE_INFINITY : drawn(stage, limits.kWh) * 1000
  const percent = limits.percent === undefined ? Number.POSITIVE_INFINITY : drawn(stage, limits.percent)
  const isEnough = (): boolean => {
    const { transaction, car } = evseOf(stage)
    if (transaction?.id !== started.id) return true
    if (transaction.chargingState === 'SuspendedEV' && limits.seconds === undefined) return true
    return deliveredWh(stage.hands.state(), stage.evse) >= wattHours || (car?.socPercent ?? 0) >= percent
  }
  yield { until: after(stage, seconds), fact: isEnough }
  return true
}

function chosen(
  stage: Stage,
  among: readonly { readonly weight: number; readonly steps: readonly ScenarioStep[] }[],
): readonly ScenarioStep[] {
  const total = among.reduce((sum, { weight }) => sum + weight, 0)
  let left = stage.chance() * total
  for (const { weight, steps } of among) {
    left -= weight
    if (left < 0) return steps
  }
  return among.at(-1)?.steps ?? []
}

/** `true` and `false` stand for this EVSE where a fault lists EVSEs. */
function faultsFor(evse: number, set: Readonly<Record<string, unknown>>): Partial<Faults> {
  const entries = Object.entries(set).map(([name, value]) => {
    const isListed = name === 'groundFailure' || name === 'connectorLock'
    return [name, isListed && typeof value === 'boolean' ? (value ? [evse] : []) : value]
  })
  return Object.fromEntries(entries) as Partial<Faults>
}

function definedOf(car: Readonly<Record<string, unknown>>): Partial<Car> {
  return Object.fromEntries(Object.entries(car).filter(([, value]) => value !== undefined)) as Partial<Car>
}
