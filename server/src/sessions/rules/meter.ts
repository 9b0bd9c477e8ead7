import type { WattHours } from '../../../../units/index.ts'
import type { MeterReading } from '../../stations/model.ts'
import type { Meter, RegisterPoint } from './session.ts'

/** Adds readings in whatever order: only the first and the last register decide how much energy it was. */
export function withReadings(meter: Meter, readings: readonly MeterReading[]): Meter {
  let { first, last, power } = meter
  for (const { at, context, registerWh, powerW } of readings) {
    if (registerWh !== undefined) {
      const point = { at, context, registerWh }
      if (first === undefined || isEarlier(point, first)) first = point
      if (last === undefined || isLater(point, last)) last = point
    }
    if (powerW !== undefined && (power === undefined || isAfter(at, power.at))) power = { at, powerW }
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
  const order = Temporal.Instant.compare(left.at, right.at)
  return (order < 0 && left.registerWh > right.registerWh) || (order > 0 && left.registerWh < right.registerWh)
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
