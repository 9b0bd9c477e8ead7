import type { MeterValue } from '../api-types.ts'
import { milliseconds } from './quantities.ts'

export interface CurvePoint {
  /** Milliseconds since the epoch. */
  readonly at: number
  /** Null: a gap. */
  readonly powerW: number | null
}

// Longer without a word is a gap in the curve, not a straight line over it.
const gapMilliseconds = 15 * 60_000

/**
 * Readings in order of time, with power as reported or, from a station that reports none at all, as the registers' mean. The
 * two are never mixed: between readings a moment apart a register of whole watt-hours makes peaks that never were.
 */
export function curvePoints(values: readonly MeterValue[]): readonly CurvePoint[] {
  const sorted = [...values].sort((one, other) => milliseconds(one.at) - milliseconds(other.at))
  const isReported = values.some(({ powerW }) => powerW !== undefined)
  const points: CurvePoint[] = []
  let previous: MeterValue | undefined
  for (const value of sorted) {
    const at = milliseconds(value.at)
    const powerW = isReported ? value.powerW : meanPower(previous, value)
    if (powerW !== undefined) {
      const last = points[points.length - 1]
      if (last !== undefined && at === last.at) points.pop()
      else if (last !== undefined && at - last.at > gapMilliseconds) points.push({ at: last.at + 1000, powerW: null })
      points.push({ at, powerW })
    }
    if (value.registerWh !== undefined) previous = value
  }
  return points
}

function meanPower(before: MeterValue | undefined, value: MeterValue): number | undefined {
  if (before?.registerWh === undefined || value.registerWh === undefined) return undefined
  const hours = (milliseconds(value.at) - milliseconds(before.at)) / 3_600_000
  return hours <= 0 ? undefined : Math.max(0, Math.round((value.registerWh - before.registerWh) / hours))
}

/** The next round number above, so that the axis ends on one: 1, 2 or 5 times a power of ten. */
export function niceTop(highest: number | null): number {
  if (highest === null || !Number.isFinite(highest) || highest <= 0) return 1
  const power = 10 ** Math.floor(Math.log10(highest))
  const step = [1, 1.5, 2, 3, 4, 5, 6, 8, 10].find((factor) => factor * power >= highest * 1.05) ?? 20
  return step * power
}

/** How many decimals the numbers of an axis need to be told as what they are. */
export function axisDigits(splits: readonly number[]): number {
  const isExact = (digits: number): boolean =>
    splits.every((value) => Math.abs(value - Number(value.toFixed(digits))) < 1e-9)
  return [0, 1, 2].find(isExact) ?? 3
}

/** Each label once: on an axis of a few seconds several places have the same time. */
export function withoutRepeats(labels: readonly string[]): string[] {
  return labels.map((label, index) => (label === labels[index - 1] ? '' : label))
}
