import { isAligned } from '../early-stamps.ts'
import { SAME_CLOCK_MS } from '../instant-of-report.ts'
import type { Finding } from './checks.ts'
import type { Point, UsageInput } from './usage-input.ts'
import { finding } from './walk-registers.ts'

/** Reports that came this close together were queued: our clock cannot tell how long it was. */
const QUEUE_MS = 60_000

/** Longer than this a station does not queue. */
const LONGEST_MS = 31 * 86_400_000

export interface Times {
  readonly startedAt: Temporal.Instant
  readonly endedAt: Temporal.Instant
}

export interface ClockJudgement {
  readonly findings: readonly Finding[]
  /** What the record's times should have been, where they are wrong and it can be told. */
  readonly times?: Times
}

/**
 * What the station's clock did (trust: a wrong clock is flagged, and never makes a bill smaller or larger by itself). Where
 * ours was taken at the time, the bill is sound and it is only noted; where nobody knows how long it was, people decide.
 */
export function judgeClock(input: UsageInput, points: readonly Point[], isClockAlone: boolean): ClockJudgement {
  const behind = behindOurs(input, points)
  if (behind !== undefined) return behind
  const found = disorder(input, points, isClockAlone)
  if (found !== undefined) return found
  const stray = strayTimes(input)
  if (!input.flags.includes('clock-corrected') && stray.length === 0 && !isClockAlone) return { findings: [] }
  const values = { readings: stray.length }
  const marks = stray.map(({ at, context }) => ({ at, context }))
  return { findings: [{ check: 'clock-wrong', values, marks }] }
}

/**
 * A clock that is late by more than a minute looks like a queue. But a queue is told at once when the station is back, and
 * these readings came one by one as time went on: ours are the times.
 */
function behindOurs({ flags, startedAt, endedAt }: UsageInput, points: readonly Point[]): ClockJudgement | undefined {
  const [first, last] = [points[0], points.at(-1)]
  if (first === undefined || last === undefined) return undefined
  const [from, to] = [first.reading.receivedAt, last.reading.receivedAt]
  if (from === undefined || to === undefined) return undefined
  const ages = [ageOf(from, first), ageOf(to, last)] as const
  const told = to.epochMilliseconds - from.epochMilliseconds
  const isLive = told > 2 * QUEUE_MS && Math.abs(ages[0] - ages[1]) <= SAME_CLOCK_MS
  if (!isLive || Math.min(...ages) <= SAME_CLOCK_MS || Math.max(...ages) > LONGEST_MS) return undefined
  // Where its socket opened in between, ours was taken at one end and its own at the other: that was neither's time.
  const isMixed = flags.includes('clock-corrected')
  const late = [isMixed && !isNear(startedAt, first) ? 0 : ages[0], isMixed && !isNear(endedAt, last) ? 0 : ages[1]]
  const [lateStart = 0, lateEnd = 0] = late
  if (lateStart === 0 && lateEnd === 0) return undefined
  const values = { seconds: secondsOf(ages[0]) }
  return {
    findings: [finding('clock-behind', [first, last], values)],
    times: { startedAt: startedAt.add({ milliseconds: lateStart }), endedAt: endedAt.add({ milliseconds: lateEnd }) },
  }
}

/** It was read just then, by the station's clock. */
function isNear(at: Temporal.Instant, { reading }: Point): boolean {
  return Math.abs(at.epochMilliseconds - reading.at.epochMilliseconds) <= SAME_CLOCK_MS
}

const ageOf = (receivedAt: Temporal.Instant, { reading }: Point): number =>
  receivedAt.epochMilliseconds - reading.at.epochMilliseconds

function disorder(input: UsageInput, points: readonly Point[], isClockAlone: boolean): ClockJudgement | undefined {
  const { flags, startedAt, endedAt, createdAt } = input
  const seconds = secondsOf(endedAt.epochMilliseconds - startedAt.epochMilliseconds)
  const isFuture = endedAt.epochMilliseconds > createdAt.epochMilliseconds + SAME_CLOCK_MS
  if (flags.includes('stop-before-start') || isFuture) {
    return { findings: [finding('time-disorder', ends(points), { seconds })] }
  }
  const [first, last] = [points[0], points.at(-1)]
  if (first === undefined || last === undefined || first === last) return undefined
  const span = last.reading.at.epochMilliseconds - first.reading.at.epochMilliseconds
  const disordered = (times?: Times): ClockJudgement => ({
    findings: [finding('time-disorder', [first, last], { seconds, stationSeconds: secondsOf(span) })],
    ...(times === undefined ? {} : { times }),
  })
  const lasted = endedAt.epochMilliseconds - startedAt.epochMilliseconds
  if (!flags.includes('clock-corrected')) return !isClockAlone && span < -1_000 ? disordered() : undefined
  // A whole session told at once by a station with a wrong clock: our times of its begin and end mean nothing.
  const told = receiptSpan(first, last) ?? lasted
  if (told > QUEUE_MS || Math.abs(span) <= lasted + SAME_CLOCK_MS) return undefined
  const isLength = span > 0 && span <= LONGEST_MS
  return disordered(isLength ? { startedAt: endedAt.subtract({ milliseconds: span }), endedAt } : undefined)
}

function receiptSpan(first: Point, last: Point): number | undefined {
  const [from, to] = [first.reading.receivedAt, last.reading.receivedAt]
  return from === undefined || to === undefined ? undefined : to.epochMilliseconds - from.epochMilliseconds
}

/** Readings stamped before the session, or after its record was made. Those by the clock may bear the start of their interval. */
function strayTimes({ readings, startedAt, createdAt }: UsageInput): UsageInput['readings'] {
  return readings.filter(
    (reading) =>
      (!isAligned(reading) && reading.at.epochMilliseconds < startedAt.epochMilliseconds - SAME_CLOCK_MS) ||
      reading.at.epochMilliseconds > createdAt.epochMilliseconds + SAME_CLOCK_MS,
  )
}

const ends = (points: readonly Point[]): readonly Point[] => [...points.slice(0, 1), ...points.slice(-1)]
const secondsOf = (ms: number): number => Math.round(ms / 1_000)
