import { CARD } from './whole.ts'

/**
 * One charge as it truly was, which many stations tell each in a shape of its own. Times are seconds of true time after it began; what
 * the meter showed follows from them.
 */
export const day = {
  /** Card first, cable later (2.x): shown long before the cable is in. */
  cardFirst: -95.2,
  plugged: 0,
  card: 20.1,
  started: 21.352,
  flows: 24.7,
  /** The car asks for nothing any more. */
  full: 2_425.2,
  stopped: 3_600.8,
  gone: 3_620.4,
  /** The station was away, and is back. */
  back: 9_000,
} as const

const FIRST_WH = 1_234_567.3
const POWER_W = 11_037

/** In Wh, not rounded. */
export function registerAt(seconds: number): number {
  const flowed = Math.min(Math.max(seconds, day.flows), day.full) - day.flows
  return FIRST_WH + (POWER_W * flowed) / 3_600
}

export const registerWhAt = (seconds: number): number => Math.round(registerAt(seconds))
export const powerAt = (seconds: number): number => (seconds >= day.flows && seconds < day.full ? POWER_W : 0)

export const PERIOD_SECONDS = 300
export const readingTimes: readonly number[] = Array.from({ length: 11 }, (_, index) => (index + 1) * PERIOD_SECONDS)

export const card = { as: CARD, otherCase: CARD.toLowerCase() } as const

/** How a station writes its times, and what is left of a true one in it. */
export interface Stamp {
  readonly name: string
  readonly write: (at: Temporal.Instant) => string
  readonly isCut?: boolean
}

const cut = (at: Temporal.Instant, smallestUnit: 'second' | 'millisecond'): Temporal.Instant =>
  at.round({ smallestUnit, roundingMode: 'floor' })
const ms = (at: Temporal.Instant): string => at.toString({ smallestUnit: 'millisecond' })
/** Digits beyond those that a true time has. */
const finer = (at: Temporal.Instant, digits: string): string => ms(at).replace('Z', `${digits}Z`)

export const stamps: readonly Stamp[] = [
  { name: 'milliseconds', write: ms },
  { name: 'seconds', write: (at) => cut(at, 'second').toString(), isCut: true },
  { name: 'microseconds', write: (at) => finer(at, '417') },
  { name: 'seven decimals', write: (at) => finer(at, '4179') },
  { name: 'an offset', write: (at) => `${ms(at.add({ hours: 2 })).slice(0, -1)}+02:00` },
  { name: 'an offset without a colon', write: (at) => `${ms(at.subtract({ hours: 5 })).slice(0, -1)}-0500` },
  { name: 'an offset of nothing', write: (at) => finer(at, '417').replace('Z', '+00:00') },
  { name: 'lower case', write: (at) => ms(at).toLowerCase() },
  { name: 'no zone', write: (at) => finer(at, '417').replace('Z', '') },
  { name: 'no zone, in seconds', write: (at) => cut(at, 'second').toString().replace('Z', ''), isCut: true },
  { name: 'a space', write: (at) => ms(at).replace('T', ' ') },
]

/** A message of a station, and when it is said. */
export interface Step {
  readonly at: number
  readonly action: string
  readonly payload: (told: ToldSoFar) => object
}

/** What the station learned from answers. */
export interface ToldSoFar {
  transactionId: number
}

/** What must come of a telling, by what it told. Seconds of the day; undefined: it did not tell. */
export interface Truth {
  readonly startedAt: number
  readonly endedAt: number
  /** When the car was full; undefined: nobody said so. */
  readonly parkedAt?: number
  /** A reading stands near where the car was full, so that none of the energy lies in the parking. */
  readonly isRead: boolean
}
