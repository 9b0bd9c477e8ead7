import type { WattHours } from '../../../../units/index.ts'
import type { MeterReading } from '../../stations/model.ts'
import type { Meter, RegisterPoint } from './session.ts'

/** Readings are kept to the millisecond, which is all that OCPP promises: their time is their key. The same list where they are so. */
export function toMilliseconds(readings: readonly MeterReading[]): readonly MeterReading[] {
  if (readings.every(({ at }) => at.epochNanoseconds % 1_000_000n === 0n)) return readings
  return readings.map((reading) => {
    return { ...reading, at: Temporal.Instant.fromEpochMilliseconds(reading.at.epochMilliseconds) }
  })
}

/** Adds readings in whatever order: only the first and the last register decide how much energy it was. */
export function withReadings(meter: Meter, readings: readonly MeterReading[]): Meter {
  let { first, last, power } = meter
  for (const { at, context, registerWh, powerW } of readings) {
    if (registerWh !== undefined) {
      const point = { at, context, registerWh }
      if (first === undefined || isEarlier(point, first)) first = point
      if (last === undefined || isLater(point, last)) last = point
    }
    if (powerW !== undefined) {
      const mostW = Math.max(power?.mostW ?? powerW, powerW)
      power = power === undefined || isAfter(at, power.at) ? { at, powerW, mostW } : { ...power, mostW }
    }
  }
  return {
    ...(first === undefined ? {} : { first }),
    ...(last === undefined ? {} : { last }),
    ...(power === undefined ? {} : { power }),
  }
}

/** The last register less the first, never negative: a register that went backwards is for people to judge. */
export function energyOf(meter: Meter): WattHours {
  if (meter.first === undefined || meter.last === undefined) return 0
  return Math.max(0, meter.last.registerWh - meter.first.registerWh)
}

/** True when a reading contradicts the ones known: later and lower, or earlier and higher. */
export function goesBackwards(meter: Meter, readings: readonly MeterReading[]): boolean {
  const known = [meter.first, meter.last].filter((point) => point !== undefined)
  const points = readings.filter((reading) => reading.registerWh !== undefined) as readonly RegisterPoint[]
  return points.some((point) => [...known, ...points].some((other) => contradict(point, other)))
}

function contradict(left: RegisterPoint, right: RegisterPoint): boolean {
  const order = Temporal.Instant.compare(left.at, right.at) || placeOf(left) - placeOf(right)
  return (order < 0 && left.registerWh > right.registerWh) || (order > 0 && left.registerWh < right.registerWh)
}

/** Of readings stamped with one moment, as clocks of whole seconds do: begin, then all others, then end. */
function placeOf({ context }: RegisterPoint): number {
  if (context === 'transaction-begin') return -1
  return context === 'transaction-end' ? 1 : 0
}

/** The reading at the transaction's begin leads, then the earliest; of two at one moment the lower. */
function isEarlier(point: RegisterPoint, than: RegisterPoint): boolean {
  const rank = Number(than.context === 'transaction-begin') - Number(point.context === 'transaction-begin')
  const order = rank || Temporal.Instant.compare(point.at, than.at) || point.registerWh - than.registerWh
  return order < 0
}

/** The reading at the transaction's end leads, then the latest; of two at one moment the higher. */
function isLater(point: RegisterPoint, than: RegisterPoint): boolean {
  const rank = Number(point.context === 'transaction-end') - Number(than.context === 'transaction-end')
  const order = rank || Temporal.Instant.compare(point.at, than.at) || point.registerWh - than.registerWh
  return order > 0
}

function isAfter(left: Temporal.Instant, right: Temporal.Instant): boolean {
  return Temporal.Instant.compare(left, right) > 0
}

/** More than any connector brings within a second. */
const MOST_IN_A_SECOND_WH = 300

/**
 * Whether a reading contradicts the one that is kept under its time and context. A clock of whole seconds may stamp two true
 * ones alike: the later is a little higher.
 */
export function saysOtherwise(
  kept: { readonly at: Temporal.Instant; readonly registerWh: number | null; readonly powerW: number | null },
  said: { readonly registerWh?: number; readonly powerW?: number },
): boolean {
  const step = said.registerWh === undefined || kept.registerWh === null ? 0 : said.registerWh - kept.registerWh
  const isSameSecond = kept.at.epochMilliseconds % 1_000 === 0 && step > 0 && step <= MOST_IN_A_SECOND_WH
  if (isSameSecond) return false
  return step !== 0 || (said.powerW !== undefined && kept.powerW !== null && said.powerW !== kept.powerW)
}
