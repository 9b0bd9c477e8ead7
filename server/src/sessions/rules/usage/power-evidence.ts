import type { UsageReading } from './usage-input.ts'

/** What the power readings say of the energy, by themselves. */

const MOST_GAP_MS = 20 * 60_000
const LEAST_MS = 5 * 60_000
const LEAST_SAMPLES = 4
/** So much of the session must lie between the first and the last of them. */
const LEAST_SHARE = 0.6

/** Wh under the power readings from begin to end. Undefined where they are too few to tell. */
export function energyUnderPower(readings: readonly UsageReading[], fromMs: number, toMs: number): number | undefined {
  const samples = readings
    .flatMap(({ at, powerW }) => (powerW === null ? [] : [{ ms: at.epochMilliseconds, w: Math.max(0, powerW) }]))
    .filter(({ ms }) => ms >= fromMs && ms <= toMs)
    .toSorted((left, right) => left.ms - right.ms)
  const [first] = samples
  const last = samples.at(-1)
  if (first === undefined || last === undefined || samples.length < LEAST_SAMPLES) return undefined
  const spanMs = last.ms - first.ms
  if (toMs - fromMs < LEAST_MS || spanMs < (toMs - fromMs) * LEAST_SHARE) return undefined
  let wattMs = first.w * (first.ms - fromMs) + last.w * (toMs - last.ms)
  for (let index = 1; index < samples.length; index += 1) {
    const [left, right] = [samples[index - 1], samples[index]]
    if (left === undefined || right === undefined) continue
    if (right.ms - left.ms > MOST_GAP_MS) return undefined
    wattMs += ((left.w + right.w) / 2) * (right.ms - left.ms)
  }
  return Math.round(wattMs / 3_600_000)
}
