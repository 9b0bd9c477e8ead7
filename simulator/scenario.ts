import { z } from 'zod'
import { deliveredWh } from './energy.ts'
import type { Car, EvseState, Faults, Ms, StationState } from './state.ts'
import { findEvse } from './turn.ts'

/** What happens to a station, as data. Where two numbers stand, something between them is drawn. */

const range = z.union([z.number(), z.tuple([z.number(), z.number()])])

const plainStep = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('wait'), seconds: range }),
  z.strictObject({
    do: z.literal('plug'),
    car: z
      .strictObject({
        batteryWh: z.number(),
        socPercent: z.number(),
        maxAcPowerW: z.number(),
        maxDcPowerW: z.number(),
        phases: z.literal([1, 3]),
        wantsPercent: z.number(),
      })
      .partial()
      .optional(),
  }),
  /** One of the station's cards; the same one until the cable is out. */
  z.strictObject({ do: z.literal('card'), uid: z.string().optional() }),
  /** Until one of the limits, or the car is full, or the transaction is ended by others. No transaction: a failure. */
  z.strictObject({
    do: z.literal('charge'),
    seconds: range.optional(),
    kWh: range.optional(),
    percent: range.optional(),
  }),
  /** The card again, where a transaction still runs. */
  z.strictObject({ do: z.literal('stop') }),
  z.strictObject({ do: z.literal('unplug') }),
  /** `true` for a fault that EVSEs have: this one. */
  z.strictObject({ do: z.literal('fault'), set: z.record(z.string(), z.unknown()) }),
  z.strictObject({ do: z.literal('offline'), seconds: range.optional() }),
  z.strictObject({ do: z.literal('online') }),
  z.strictObject({ do: z.literal('reboot') }),
  z.strictObject({ do: z.literal('registered') }),
])

export type ScenarioStep =
  | z.infer<typeof plainStep>
  | { readonly do: 'repeat'; readonly times?: number | undefined; readonly steps: readonly ScenarioStep[] }
  | {
      readonly do: 'choose'
      readonly among: readonly { readonly weight: number; readonly steps: readonly ScenarioStep[] }[]
    }

const anyStep: z.ZodType<ScenarioStep> = z.lazy(() =>
  z.union([
    plainStep,
    z.strictObject({ do: z.literal('repeat'), times: z.int().min(1).optional(), steps: z.array(anyStep) }),
    z.strictObject({
      do: z.literal('choose'),
      among: z.array(z.strictObject({ weight: z.number().positive(), steps: z.array(anyStep) })).min(1),
    }),
  ]),
)

export const scenarioSchema = z.strictObject({
  /** Played on every EVSE by itself. */
  steps: z.array(anyStep),
  /** What somebody does who was let in from outside: by a remote start, or by a card that a test or a page held out. */
  attend: z.array(anyStep).optional(),
  settings: z.record(z.string(), z.string()).optional(),
  faults: z.record(z.string(), z.unknown()).optional(),
  startOfflineSeconds: z.number().optional(),
})

export type Scenario = z.infer<typeof scenarioSchema>

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

export interface Play {
  /** Goes on as far as time and facts allow. */
  advance(at: Ms): void
  /** When time alone lets it go on; undefined: it waits for a fact, or is over. */
  due(): Ms | undefined
  /** Whether something has happened that lets it go on at once. */
  hasNews(): boolean
  /** Somebody else does something at this EVSE: the play steps aside until the EVSE is free again. */
  stepAside(): void
  readonly isOver: () => boolean
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

export function playScenario(
  scenario: Scenario,
  about: Pick<Stage, 'evse' | 'hands' | 'cards' | 'chance'>,
  at: Ms,
): Play {
  const stage: Stage = { ...about, now: at, card: undefined, isOwnSession: false }
  let course: Course | undefined = playSteps(stage, scenario.steps)
  let pause: Pause | undefined
  let isAside = false
  let isAttending = false

  const resume = (): void => {
    const step = course?.next()
    pause = step?.done === false ? step.value : undefined
    if (step?.done !== false) course = undefined
  }
  const attend = (): void => {
    course = playSteps(stage, scenario.attend ?? [])
    pause = undefined
    isAttending = true
  }
  const startOver = (): void => {
    isAside = false
    isAttending = false
    stage.isOwnSession = false
    stage.card = undefined
    course = playSteps(stage, scenario.steps)
    pause = undefined
  }

  return {
    advance(now) {
      stage.now = now
      const evse = evseOf(stage)
      if (!stage.isOwnSession && !isAttending && evse.authorised !== undefined && scenario.attend !== undefined)
        attend()
      if (isAside && !isAttending) {
        if (isFree(evse)) startOver()
        else return
      }
      for (let turns = 0; turns < 50 && course !== undefined; turns += 1) {
        if (pause !== undefined && pause.until > now && pause.fact?.() !== true) return
        resume()
      }
      if (course !== undefined || !isAttending) return
      leave(stage)
      if (isFree(evseOf(stage))) startOver()
    },
    due: () => (isAside && !isAttending ? undefined : pause?.until),
    hasNews() {
      const evse = evseOf(stage)
      if (!stage.isOwnSession && !isAttending && evse.authorised !== undefined) return scenario.attend !== undefined
      if (isAside && !isAttending) return isFree(evse)
      if (course === undefined) return isAttending
      return pause === undefined || pause.fact?.() === true
    },
    stepAside() {
      if (isAttending) return
      isAside = true
      stage.isOwnSession = false
    },
    isOver: () => course === undefined && !isAside && !isAttending,
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
export function faultsFor(evse: number, set: Readonly<Record<string, unknown>>): Partial<Faults> {
  const entries = Object.entries(set).map(([name, value]) => {
    const isListed = name === 'groundFailure' || name === 'connectorLock'
    return [name, isListed && typeof value === 'boolean' ? (value ? [evse] : []) : value]
  })
  return Object.fromEntries(entries) as Partial<Faults>
}

function definedOf(car: Readonly<Record<string, unknown>>): Partial<Car> {
  return Object.fromEntries(Object.entries(car).filter(([, value]) => value !== undefined)) as Partial<Car>
}
