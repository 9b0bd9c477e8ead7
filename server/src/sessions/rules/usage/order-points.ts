import type { Point, UsageReading } from './usage-input.ts'

/** Registers in the order in which the meter must have shown them: the begin leads, the end closes, times order the rest. */

const pointOf = (reading: UsageReading, ms: number): Point => ({ reading, ms, wh: reading.registerWh ?? 0 })

export function pointsByStation(readings: readonly UsageReading[]): readonly Point[] {
  return inOrder(withRegister(readings).map((reading) => pointOf(reading, reading.at.epochMilliseconds)))
}

/** By our clock. Undefined when it tells nothing: unknown, or all came at once as a queue does. */
export function pointsByReceipt(readings: readonly UsageReading[]): readonly Point[] | undefined {
  const registers = withRegister(readings)
  const points = registers.flatMap((reading) =>
    reading.receivedAt === undefined ? [] : [pointOf(reading, reading.receivedAt.epochMilliseconds)],
  )
  const times = new Set(points.map(({ ms }) => ms))
  return points.length === registers.length && times.size > 1 ? inOrder(points) : undefined
}

function withRegister(readings: readonly UsageReading[]): readonly UsageReading[] {
  return readings.filter(({ registerWh }) => registerWh !== null)
}

function inOrder(points: readonly Point[]): readonly Point[] {
  const byTime = points.toSorted(
    (left, right) => left.ms - right.ms || rankOf(left) - rankOf(right) || left.wh - right.wh,
  )
  const begin = byTime.find(({ reading }) => reading.context === 'transaction-begin')
  const end = byTime.findLast(({ reading }) => reading.context === 'transaction-end')
  const between = byTime.filter((point) => point !== begin && point !== end && !isOutside(point, begin, end))
  return [...(begin === undefined ? [] : [begin]), ...between, ...(end === undefined ? [] : [end])]
}

/** Read before the begin and no higher, or after the end and no lower: true, and nothing that is billed. */
function isOutside(point: Point, begin: Point | undefined, end: Point | undefined): boolean {
  const isBefore = begin !== undefined && point.ms < begin.ms && point.wh <= begin.wh
  const isAfter = end !== undefined && point.ms > end.ms && point.wh >= end.wh
  return isBefore || isAfter
}

function rankOf({ reading }: Point): number {
  if (reading.context === 'transaction-begin') return 0
  return reading.context === 'transaction-end' ? 2 : 1
}
