import { divideHalfUp, isBefore, laterOf, type WattHours } from '../../../../units/index.ts'
import type { ChargingPeriod, PeriodState } from './tariff.ts'

/** What flowed since an instant. The names are those of the station model; only 2.x stations tell `ev-connected`. */
export interface FlowChange {
  readonly at: Temporal.Instant
  readonly state: 'idle' | 'ev-connected' | 'charging' | 'suspended-ev' | 'suspended-evse'
}

/** The import register at an instant. */
export interface RegisterReading {
  readonly at: Temporal.Instant
  readonly registerWh: WattHours
}

/** What of a session decides its priced periods. Lists may come in any order. */
export interface SessionFacts {
  /** The first authorised event. */
  readonly authorisedAt: Temporal.Instant
  /** The transaction's end; for cost so far, now. */
  readonly endedAt: Temporal.Instant
  readonly flow: readonly FlowChange[]
  /** From the register at the transaction's start to the last one known. */
  readonly registers: readonly RegisterReading[]
}

/** A pause of the car shorter than this is still charging. */
const PARKING_AFTER_MS = 30_000

interface Stretch {
  readonly from: Temporal.Instant
  readonly to: Temporal.Instant
  readonly state: PeriodState
}

/**
 * The periods a session is priced by, from the first authorised event to the transaction's end, without gaps, at least
 * one. Parking: the car asks for nothing (`suspended-ev`, and `ev-connected` after energy) for 30 s or more, counted from
 * its start; all else is charging, a station that holds back included. Energy is read off the registers at the borders,
 * between two readings along a straight line, in whole Wh; all of it lies in the periods, so that their sum is exactly
 * the last register less the first. A register that steps back, or beyond the last one, counts nothing.
 */
export function pricedPeriods(facts: SessionFacts): readonly ChargingPeriod[] {
  const registers = risingRegisters(facts.registers)
  const from = facts.authorisedAt
  const to = facts.endedAt
  const stretches = stretchesOf(facts.flow, registers, from, to)
  const borders = stretches.slice(1).map((stretch) => registerAt(registers, stretch.from))
  const first = firstOf(registers)
  const last = registers.at(-1)?.registerWh ?? first
  return stretches.map((stretch, index) => ({
    from: stretch.from,
    to: stretch.to,
    energyWh: (borders[index] ?? last) - (borders[index - 1] ?? first),
    state: stretch.state,
  }))
}

/** A time in which the car asks for something, or for nothing, from its true start to the next change. */
interface Wish {
  readonly from: Temporal.Instant
  readonly asksForNothing: boolean
}

function stretchesOf(
  flow: readonly FlowChange[],
  registers: readonly RegisterReading[],
  from: Temporal.Instant,
  to: Temporal.Instant,
): readonly Stretch[] {
  const wishes = wishesOf(flow, registers, to)
  const stretches: Stretch[] = []
  const add = (start: Temporal.Instant, end: Temporal.Instant, state: PeriodState): void => {
    const begin = laterOf(start, from)
    if (!isBefore(begin, end)) return
    const before = stretches.at(-1)
    if (before?.state === state) stretches[stretches.length - 1] = { ...before, to: end }
    else stretches.push({ from: begin, to: end, state })
  }
  add(from, wishes[0]?.from ?? to, 'charging')
  wishes.forEach((wish, index) => {
    const end = wishes[index + 1]?.from ?? to
    const isParking = wish.asksForNothing && end.epochMilliseconds - wish.from.epochMilliseconds >= PARKING_AFTER_MS
    add(wish.from, end, isParking ? 'parking' : 'charging')
  })
  return stretches.length > 0 ? stretches : [{ from, to: from, state: 'charging' }]
}

/** Neighbours that say the same are one: a car that goes from suspended to merely connected still asks for nothing. */
function wishesOf(
  flow: readonly FlowChange[],
  registers: readonly RegisterReading[],
  to: Temporal.Instant,
): readonly Wish[] {
  const wishes: Wish[] = []
  let hasCharged = false
  for (const { at, state } of lastOfEachInstant(flow)) {
    if (!isBefore(at, to)) break
    hasCharged ||= state === 'charging'
    const asksForNothing =
      state === 'suspended-ev' || (state === 'ev-connected' && hasFlowed(registers, at, hasCharged))
    if (wishes.at(-1)?.asksForNothing !== asksForNothing) wishes.push({ from: at, asksForNothing })
  }
  return wishes
}

/** Between two readings only a station that said it was charging is believed to have let energy flow before `at`. */
function hasFlowed(registers: readonly RegisterReading[], at: Temporal.Instant, hasCharged: boolean): boolean {
  const known = registers[indexAt(registers, at)]?.registerWh ?? firstOf(registers)
  return (hasCharged ? registerAt(registers, at) : known) > firstOf(registers)
}

function registerAt(registers: readonly RegisterReading[], at: Temporal.Instant): WattHours {
  const index = indexAt(registers, at)
  const before = registers[index]
  const after = registers[index + 1]
  if (before === undefined) return firstOf(registers)
  if (after === undefined) return before.registerWh
  const elapsed = at.epochNanoseconds - before.at.epochNanoseconds
  const span = after.at.epochNanoseconds - before.at.epochNanoseconds
  const gained = divideHalfUp(BigInt(after.registerWh - before.registerWh) * elapsed, span)
  return before.registerWh + Number(gained)
}

/** Index of the last reading at or before the instant, -1 when there is none. */
function indexAt(registers: readonly RegisterReading[], at: Temporal.Instant): number {
  let low = 0
  let high = registers.length
  while (low < high) {
    const middle = (low + high) >> 1
    const reading = registers[middle]
    if (reading !== undefined && !isBefore(at, reading.at)) low = middle + 1
    else high = middle
  }
  return low - 1
}

function risingRegisters(registers: readonly RegisterReading[]): readonly RegisterReading[] {
  const sorted = registers.toSorted(earliestFirst)
  const most = sorted.at(-1)?.registerWh ?? 0
  let highest = firstOf(sorted)
  return sorted.map(({ at, registerWh }) => {
    highest = Math.max(highest, Math.min(registerWh, most))
    return { at, registerWh: highest }
  })
}

function firstOf(registers: readonly RegisterReading[]): WattHours {
  return registers[0]?.registerWh ?? 0
}

/** In order of time, without changes that held for no time at all: they would cut a pause in two. */
function lastOfEachInstant(flow: readonly FlowChange[]): readonly FlowChange[] {
  const sorted = flow.toSorted(earliestFirst)
  return sorted.filter((change, index) => {
    const next = sorted[index + 1]
    return next === undefined || !change.at.equals(next.at)
  })
}

function earliestFirst(left: { readonly at: Temporal.Instant }, right: { readonly at: Temporal.Instant }): number {
  return Temporal.Instant.compare(left.at, right.at)
}
