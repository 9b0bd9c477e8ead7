import type { UsageCheck } from '../rules/index.ts'

/** Faulty meters and clocks (trust, rows 34 and 36), as data: what a station tells, and what must become of its record. */

/** sound: handed on, nothing to say. noted: handed on and written down. corrected: by a rule. held: waits for people. */
export type Class = 'sound' | 'noted' | 'corrected' | 'held'

/** One thing a station says. Minutes of true time since the begin; `stamp`: what its own clock says instead. */
export interface Told {
  readonly kind: 'start' | 'meter' | 'stop'
  readonly minute: number
  readonly wh?: number
  readonly w?: number
  readonly stamp?: string | ((trueMs: number) => number)
  readonly soc?: number
}

export interface Case {
  readonly name: string
  readonly told: readonly Told[]
  readonly expected: Class
  readonly checks?: readonly UsageCheck[]
  /** What is handed on by itself; absent: what the machine measured. */
  readonly billedWh?: number
  /** Null: nobody can say. Absent: not looked at. */
  readonly proposedWh?: number | null
  readonly version?: '1.6' | '2.x'
  readonly maxPowerW?: number | null
  readonly type?: string
  /** All is told when the station is back, so many minutes after the begin. */
  readonly backAtMinute?: number
  /** Its socket was opened at this minute; what came before came over another. Absent: an hour before the begin. */
  readonly connectedAtMinute?: number
  /** Sequence numbers that never come (2.x). */
  readonly lost?: readonly number[]
  /** Another session before it at the same EVSE: minutes relative to the begin, and its registers. */
  readonly before?: { readonly from: number; readonly to: number; readonly firstWh: number; readonly lastWh: number }
}

/** Begin, a reading every five minutes, end. */
export function charge(
  registers: readonly number[],
  more: { readonly w?: number; readonly every?: number } = {},
): Told[] {
  const every = more.every ?? 5
  return registers.map((wh, index): Told => {
    const kind = index === 0 ? 'start' : index === registers.length - 1 ? 'stop' : 'meter'
    return { kind, minute: index * every, wh, ...(kind === 'meter' && more.w !== undefined ? { w: more.w } : {}) }
  })
}

/** 11 kW from `from` on, a reading every five minutes, half an hour. */
export const steady = (from: number, changed: Readonly<Record<number, number>> = {}): number[] =>
  [0, 917, 1833, 2750, 3667, 4583, 5500].map((wh, index) => changed[index] ?? from + wh)

export const BASE = 1_234_567
export const one = (name: string, told: readonly Told[], expected: Class, more: Partial<Case> = {}): Case => ({
  name,
  told,
  expected,
  ...more,
})
export const held = (name: string, told: readonly Told[], check: UsageCheck, more: Partial<Case> = {}): Case =>
  one(name, told, 'held', { checks: [check], ...more })
