import { falls } from '../meter.ts'
import type { Finding, UsageCheck } from './checks.ts'
import type { Point, SeriesPoint } from './usage-input.ts'

/** Steps of a register that are believed: an import register rises, and no faster than the connector can give. */

/** Wh told as kWh or the other way round is what happens; other factors are looked at last. */
const THOUSANDS = [1_000, 0.001]
const TENS = [10, 100, 0.1, 0.01]
/** Where registers begin anew: so many digits of kWh, or so many bits. */
const ROLLOVERS = [1e7, 1e8, 1e9, 1e10, 2 ** 31, 2 ** 32]
/** So many wrong readings in a row may stand between two that agree. */
const MOST_STRAY = 3
/** Whole Wh were rounded where they came in. */
const ROUNDING_WH = 1

/** The most that is believed of a step that took so many milliseconds, in Wh. */
export type Believed = (durationMs: number) => number

export interface Walk {
  readonly findings: readonly Finding[]
  /** The register as it would have run: starts where the first reading stood, never falls. */
  readonly series: readonly SeriesPoint[]
  /** False: somewhere nobody can say how much it was. */
  readonly isExplained: boolean
}

/** What a step from one reading to the next means. `wh`: how much it counts; absent: nobody can say. */
interface StepMeaning {
  readonly check?: UsageCheck
  readonly wh?: number
  readonly factor?: number
}

/** Walks over registers in order and explains every step that cannot be. */
export function walkRegisters(points: readonly Point[], believed: Believed): Walk {
  const [first] = points
  if (first === undefined) return { findings: [], series: [], isExplained: true }
  const findings: Finding[] = []
  const series: SeriesPoint[] = [{ at: instantOf(first.ms), registerWh: first.wh }]
  let isExplained = true
  let from = first
  let total = 0
  let factor = 1
  for (let index = 1; index < points.length; index += 1) {
    const strays = straysBefore(points, index, scaled(from, factor), factor, believed)
    if (strays > 0) {
      findings.push(finding('stray-reading', points.slice(index, index + strays), { count: strays }))
      index += strays
    }
    const to = points[index] as Point
    const meaning = meaningOf(scaled(from, factor), to, factor, believed)
    factor = meaning.factor ?? factor
    if (meaning.check !== undefined) {
      findings.push(finding(meaning.check, [from, to], valuesOf(from, to, believed)))
    }
    isExplained &&= meaning.wh !== undefined
    total += meaning.wh ?? 0
    series.push({ at: instantOf(to.ms), registerWh: first.wh + total })
    from = to
  }
  return { findings, series, isExplained }
}

const scaled = (point: Point, factor: number): Point => ({ ...point, wh: Math.round(point.wh / factor) })

function meaningOf(from: Point, to: Point, factor: number, believed: Believed): StepMeaning {
  const most = believed(to.ms - from.ms)
  const now = Math.round(to.wh / factor)
  const step = now - from.wh
  if (!isFall(from, { ...to, wh: now }) && step <= most) return { wh: Math.max(0, step) }
  // Back to the unit it had before.
  const plain = to.wh - from.wh
  if (factor !== 1 && plain >= -ROUNDING_WH && plain <= most) {
    return { check: 'unit-jump', wh: Math.max(0, plain), factor: 1 }
  }
  const byThousand = unitJump(from, to, THOUSANDS, most)
  if (byThousand !== undefined) return byThousand
  if (step < 0 && now >= 0) {
    const over = ROLLOVERS.find((modulus) => modulus > from.wh && modulus - from.wh + now <= most)
    if (over !== undefined) return { check: 'register-rollover', wh: over - from.wh + now }
    if (now <= most) return { check: 'register-reset', wh: now }
  }
  const byTen = unitJump(from, to, TENS, most)
  if (byTen !== undefined) return byTen
  if (step > most) return { check: 'power-too-high' }
  return { check: 'register-backwards', wh: 0 }
}

function unitJump(from: Point, to: Point, factors: readonly number[], most: number): StepMeaning | undefined {
  if (from.wh <= 0) return undefined
  for (const factor of factors) {
    const gained = Math.round(to.wh / factor) - from.wh
    // What is told in a coarser unit was rounded to it.
    const rises = gained >= -Math.max(ROUNDING_WH, 1 / factor)
    // Where much is believed of a small register, any leap is some factor.
    if (rises && gained <= most && most <= from.wh / 2) return { check: 'unit-jump', wh: Math.max(0, gained), factor }
    // It was the one before that was told in a coarser unit: how much it was exactly is lost.
    if (rises && factor > 1 && gained <= most / factor + 1 && most / factor <= from.wh / 2) {
      return { check: 'unit-jump', factor }
    }
  }
  return undefined
}

/** How many readings from here on are wrong by themselves: the one after them agrees with the one before. Never the last. */
function straysBefore(
  points: readonly Point[],
  index: number,
  from: Point,
  factor: number,
  believed: Believed,
): number {
  const here = points[index] as Point
  const told = scaled(here, factor)
  if (!isFall(from, told) && told.wh - from.wh <= believed(told.ms - from.ms)) {
    // It may itself be the wrong one: too high to be followed, while what follows agrees with the one before.
    const next = points[index + 1]
    if (index === 1 || next === undefined || !isFall(told, scaled(next, factor))) return 0
    return isBelieved(from, scaled(next, factor), believed) ? 1 : 0
  }
  for (let count = 1; count <= MOST_STRAY; count += 1) {
    const after = points[index + count]
    if (after === undefined) return 0
    if (!isBelieved(from, scaled(after, factor), believed)) continue
    // Several that agree with each other and with what follows are a step back, and true.
    const last = scaled(points[index + count - 1] as Point, factor)
    return count > 1 && isBelieved(last, scaled(after, factor), believed) ? 0 : count
  }
  return 0
}

function isBelieved(from: Point, to: Point, believed: Believed): boolean {
  const step = to.wh - from.wh
  return step >= -ROUNDING_WH && step <= believed(to.ms - from.ms)
}

/** From one reading to the next, by more than they were rounded. */
function isFall(from: Point, to: Point): boolean {
  return from.wh - to.wh > ROUNDING_WH && falls(toldOf(from), toldOf(to))
}

const toldOf = ({ wh: registerWh, reading: { context } }: Point) => ({ registerWh, context })

function valuesOf(from: Point, to: Point, believed: Believed): Finding['values'] {
  const seconds = Math.round((to.ms - from.ms) / 1_000)
  return { fromWh: from.wh, toWh: to.wh, seconds, mostWh: believed(to.ms - from.ms) }
}

export function finding(check: UsageCheck, points: readonly Point[], values: Finding['values']): Finding {
  return { check, values, marks: points.map(({ reading: { at, context } }) => ({ at, context })) }
}

const instantOf = (ms: number): Temporal.Instant => Temporal.Instant.fromEpochMilliseconds(ms)
