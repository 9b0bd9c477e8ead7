import { isBefore, laterOf, type WattHours } from '../../../../../units/index.ts'
import type { Finding } from './checks.ts'
import { judgeClock, type Times } from './judge-clock.ts'
import { pointsByReceipt, pointsByStation } from './order-points.ts'
import { believedStepWh, believedWh } from './plausible.ts'
import { energyUnderPower } from './power-evidence.ts'
import { withoutEarlyStamps } from '../early-stamps.ts'
import { SAME_CLOCK_MS } from '../instant-of-report.ts'
import type { SessionFlag } from '../session.ts'
import { sumOfIntervals } from './sum-intervals.ts'
import type { Point, SeriesPoint, UsageInput } from './usage-input.ts'
import { finding, type Walk, walkRegisters } from './walk-registers.ts'

/** What a correction would make of a record. */
export interface Proposal {
  readonly energyWh: WattHours
  readonly startedAt: Temporal.Instant
  readonly endedAt: Temporal.Instant
  /** Registers as they would have run; how the energy spreads over the time. */
  readonly series: readonly SeriesPoint[]
}

export interface Judgement {
  readonly findings: readonly Finding[]
  /** Absent: nobody can say from the data what it should have been. */
  readonly proposal?: Proposal
}

/** END-VALIDATE: judges a record before it is handed on. Without findings it is as it should be. */
export function judgeUsage(input: UsageInput): Judgement {
  const { walk, points, isClockAlone } = walkOf(input)
  const evidence = energyUnderPower(input.readings, input.startedAt.epochMilliseconds, input.endedAt.epochMilliseconds)
  const clock = judgeClock(input, points, isClockAlone)
  const findings = withoutEchoes([
    ...missing(input, points),
    ...walk.findings,
    ...negative(points),
    ...wholePower(input, points, walk),
    ...againstPower(input, points, evidence),
    ...powerReadings(input),
    ...clock.findings,
    ...overlaps(input),
    ...fromFlags(input),
  ])
  if (findings.length === 0) return { findings }
  const proposal = proposalOf(input, { walk, points, evidence, findings, times: clock.times })
  return { findings, ...(proposal === undefined ? {} : { proposal }) }
}

/** What follows from another finding alone is not told beside it. */
function withoutEchoes(findings: readonly Finding[]): readonly Finding[] {
  const has = (check: Finding['check']): boolean => findings.some((one) => one.check === check)
  const isEcho = has('units-disagree') || has('time-disorder') || has('clock-behind')
  return isEcho ? findings.filter(({ check }) => check !== 'power-too-high') : findings
}

/** Where the station's clock turns the order round and ours explains it, ours is taken. */
function walkOf(input: UsageInput): { walk: Walk; points: readonly Point[]; isClockAlone: boolean } {
  const readings = withoutEarlyStamps(input.readings)
  const points = pointsByStation(readings)
  const believed = (durationMs: number): number => believedStepWh(input.maxPowerW, durationMs)
  const walk = walkRegisters(points, believed)
  if (walk.findings.length === 0) return { walk, points, isClockAlone: false }
  const received = pointsByReceipt(readings)
  if (received === undefined) return { walk, points, isClockAlone: false }
  const ours = walkRegisters(received, believed)
  const isClockAlone = ours.findings.length === 0
  return isClockAlone ? { walk: ours, points: received, isClockAlone } : { walk, points, isClockAlone }
}

/** Else the machine knows that nothing flowed before the first register, however late it is (2.x: card first, cable later). */
const leavesBeginOpen: ReadonlySet<SessionFlag> = new Set([
  'begin-reading-missing',
  'clock-corrected',
  'end-lost',
  'estimated',
])

/** Begin and end, or all of it. */
function missing(input: UsageInput, points: readonly Point[]): Finding[] {
  const { flags, readings, startedAt, energyWh, previousWh } = input
  const [first] = points
  const sum = sumOfIntervals(input)
  if (first === undefined && sum !== undefined) return [finding('intervals-summed', [], { ...sum })]
  if (first === undefined) return [finding('values-missing', [], { readings: readings.length })]
  const found: Finding[] = []
  const lateSeconds = Math.round((first.ms - startedAt.epochMilliseconds) / 1_000)
  const isLate = first.reading.context !== 'transaction-begin' && lateSeconds > 60
  if (flags.includes('orphan') || (isLate && flags.some((flag) => leavesBeginOpen.has(flag)))) {
    const before = previousWh === undefined ? {} : { previousWh }
    found.push(finding('begin-missing', [first], { seconds: Math.max(0, lateSeconds), firstWh: first.wh, ...before }))
  }
  if (flags.includes('estimated') || flags.includes('end-lost')) {
    found.push(finding('end-missing', points.slice(-1), { energyWh }))
  }
  return found
}

function negative(points: readonly Point[]): Finding[] {
  const below = points.filter(({ wh }) => wh < 0)
  return below.length === 0
    ? []
    : [finding('negative-value', below, { lowestWh: below.reduce((least, { wh }) => Math.min(least, wh), 0) })]
}

/** The whole record against what the connector can give, where no single step has shown it. */
function wholePower({ energyWh, maxPowerW, ...input }: UsageInput, points: readonly Point[], walk: Walk): Finding[] {
  const ms = input.endedAt.epochMilliseconds - input.startedAt.epochMilliseconds
  const mostWh = believedWh(maxPowerW, ms)
  const isShown = walk.findings.some(({ check }) => check !== 'stray-reading')
  if (isShown || energyWh <= mostWh) return []
  const values = { energyWh, mostWh, seconds: Math.round(ms / 1_000), maxPowerW }
  return [finding('power-too-high', [...points.slice(0, 1), ...points.slice(-1)], values)]
}

/** Below this nobody is harmed, and power readings are too coarse. */
const LEAST_WH = 500

/** Register and power readings of one session must tell of the same energy. */
function againstPower({ energyWh }: UsageInput, points: readonly Point[], evidence: number | undefined): Finding[] {
  if (evidence === undefined || points.length < 2) return []
  const ends = [...points.slice(0, 1), ...points.slice(-1)]
  const values = { energyWh, powerWh: evidence }
  const factor = [10, 100, 1_000].find((one) => isNear(energyWh, evidence * one) || isNear(energyWh * one, evidence))
  if (factor !== undefined && Math.max(energyWh, evidence) >= LEAST_WH && Math.min(energyWh, evidence) > 0) {
    return [finding('units-disagree', ends, { ...values, factor })]
  }
  if (evidence >= LEAST_WH && energyWh < evidence / 2) return [finding('power-too-low', ends, values)]
  return []
}

const isNear = (left: number, right: number): boolean => right > 0 && Math.abs(left / right - 1) < 0.05

/** A power that no connector has, while the register is sound: the reading is wrong, the bill is not. */
function powerReadings({ readings, maxPowerW }: UsageInput): Finding[] {
  const wild = readings.filter(({ powerW }) => powerW !== null && Math.abs(powerW) > maxPowerW * 1.1 + 1_000)
  if (wild.length === 0) return []
  const most = wild.reduce((so, { powerW }) => Math.max(so, Math.abs(powerW ?? 0)), 0)
  const marks = wild.map(({ at, context }) => ({ at, context }))
  return [{ check: 'power-reading', values: { powerW: most, maxPowerW, count: wild.length }, marks }]
}

const OVERLAP_MS = 60_000

function overlaps({ neighbours, startedAt, endedAt }: UsageInput): Finding[] {
  return neighbours.flatMap((other) => {
    const from = Math.max(startedAt.epochMilliseconds, other.startedAt.epochMilliseconds)
    const to = Math.min(endedAt.epochMilliseconds, other.endedAt.epochMilliseconds)
    if (to - from <= OVERLAP_MS) return []
    return [finding('session-overlap', [], { number: other.number, seconds: Math.round((to - from) / 1_000) })]
  })
}

function fromFlags({ flags, wasCorrected, energyWh }: UsageInput): Finding[] {
  return [
    ...(flags.includes('gap') ? [finding('report-gap', [], {})] : []),
    ...(flags.includes('reading-differs') ? [finding('reading-differs', [], {})] : []),
    ...(flags.includes('stop-without-number') ? [finding('stop-without-number', [], {})] : []),
    ...(wasCorrected ? [finding('changed-after-decision', [], { energyWh })] : []),
  ]
}

interface Known {
  readonly walk: Walk
  readonly points: readonly Point[]
  readonly evidence: number | undefined
  readonly findings: readonly Finding[]
  /** Other than the record's, where the clock says so. */
  readonly times: Times | undefined
}

function proposalOf(input: UsageInput, known: Known): Proposal | undefined {
  const { walk } = known
  const times = apart(known.times ?? input, input.neighbours)
  const energyWh = energyFor(input, known)
  if (times === undefined || energyWh === undefined) return undefined
  const most = believedWh(input.maxPowerW, times.endedAt.epochMilliseconds - times.startedAt.epochMilliseconds)
  if (energyWh < 0 || energyWh > most) return undefined
  const rose = (walk.series.at(-1)?.registerWh ?? 0) - (walk.series[0]?.registerWh ?? 0)
  const line = (): readonly SeriesPoint[] => straight(walk, times, energyWh)
  if (energyWh !== rose) return { energyWh, ...times, series: line() }
  return { energyWh, ...times, series: known.times === undefined ? walk.series : (moved(walk, times) ?? line()) }
}

/** The registers as they ran, by a clock that was wrong all along; undefined where they do not take as long. */
function moved({ series }: Walk, { startedAt, endedAt }: Times): readonly SeriesPoint[] | undefined {
  const [first, last] = [series[0], series.at(-1)]
  if (first === undefined || last === undefined) return undefined
  const milliseconds = startedAt.epochMilliseconds - first.at.epochMilliseconds
  const endsAt = last.at.epochMilliseconds + milliseconds
  if (Math.abs(endsAt - endedAt.epochMilliseconds) > SAME_CLOCK_MS) return undefined
  return series.map((point) => ({ ...point, at: point.at.add({ milliseconds }) }))
}

function energyFor(input: UsageInput, { walk, points, evidence, findings }: Known): WattHours | undefined {
  const { energyWh, previousWh, readings, maxPowerW, startedAt } = input
  const has = (check: Finding['check']): boolean => findings.some((one) => one.check === check)
  if (has('intervals-summed')) return sumOfIntervals(input)?.energyWh
  if (has('values-missing')) return readings.length === 0 ? undefined : evidence
  if (has('units-disagree') || has('power-too-low')) return evidence
  const [first] = points
  const last = walk.series.at(-1)
  if (first === undefined || last === undefined) return undefined
  const rose = last.registerWh - first.wh
  if (has('begin-missing')) {
    const before = previousWh === undefined ? -1 : first.wh - previousWh
    const fits = before >= 0 && before <= believedStepWh(maxPowerW, first.ms - startedAt.epochMilliseconds)
    return fits ? rose + before : undefined
  }
  if (!walk.isExplained) return evidence
  if (has('register-backwards') && rose === 0) return evidence
  if (walk.findings.length > 0) return rose
  return has('power-too-high') ? evidence : energyWh
}

/** Where a neighbour's time was taken as well, ours begins at its end, or ends at its begin. */
function apart({ startedAt, endedAt }: Times, neighbours: UsageInput['neighbours']): Times | undefined {
  let times: Times = { startedAt, endedAt }
  for (const other of neighbours) {
    if (!isBefore(times.startedAt, other.endedAt) || !isBefore(other.startedAt, times.endedAt)) continue
    times = isBefore(times.startedAt, other.startedAt)
      ? { ...times, endedAt: other.startedAt }
      : { ...times, startedAt: laterOf(times.startedAt, other.endedAt) }
  }
  return isBefore(times.endedAt, times.startedAt) ? undefined : times
}

function straight(walk: Walk, { startedAt, endedAt }: Times, energyWh: number) {
  const firstWh = walk.series[0]?.registerWh ?? 0
  return [
    { at: startedAt, registerWh: firstWh },
    { at: endedAt, registerWh: firstWh + energyWh },
  ]
}
