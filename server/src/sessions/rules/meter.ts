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
  // What is read by the clock may bear the start of its interval (OCPP 1.6, ClockAlignedDataInterval): its time orders it among its like alone.
  if ((left.context === 'clock') !== (right.context === 'clock')) return false
  const order = Temporal.Instant.compare(left.at, right.at) || placeOf(left) - placeOf(right)
  return (order < 0 && falls(left, right)) || (order > 0 && falls(right, left))
}

type Told = Pick<RegisterPoint, 'registerWh'> & { readonly context: string }

/**
 * Whether a register is lower than one before it by more than they were rounded: up, down or off, where they came in or at the station. Some
 * tell on the way in tenths or hundredths of a kWh what they tell in Wh at begin and end.
 */
export function falls(from: Told, to: Told): boolean {
  const apart = from.registerWh - to.registerWh
  if (apart <= 0) return false
  const isRounded = apart <= 1 && from.context !== 'transaction-begin'
  return !isRounded && apart >= Math.max(stepOf(from), stepOf(to))
}

/** The step in which it was told, by its last digits. */
function stepOf({ registerWh, context }: Told): WattHours {
  if (context === 'transaction-begin' || context === 'transaction-end' || registerWh % 10 !== 0) return 1
  return registerWh % 100 === 0 ? 100 : 10
}

/** Of readings stamped with one moment, as clocks of whole seconds do: begin, then all others, then end. */
function placeOf({ context }: RegisterPoint): number {
  if (context === 'transaction-begin') return -1
  return context === 'transaction-end' ? 1 : 0
}

/** The reading at the transaction's begin leads, then the earliest; of two at one moment the finer, else the lower. */
function isEarlier(point: RegisterPoint, than: RegisterPoint): boolean {
  const rank = Number(than.context === 'transaction-begin') - Number(point.context === 'transaction-begin')
  const order = rank || Temporal.Instant.compare(point.at, than.at) || coarser(point, than)
  return (order || point.registerWh - than.registerWh) < 0
}

/** The reading at the transaction's end leads, then the latest; of two at one moment the finer, else the higher. */
function isLater(point: RegisterPoint, than: RegisterPoint): boolean {
  const rank = Number(point.context === 'transaction-end') - Number(than.context === 'transaction-end')
  const order = rank || Temporal.Instant.compare(point.at, than.at) || coarser(than, point)
  return (order || point.registerWh - than.registerWh) > 0
}

/** Of one register, told twice: above 0 where `left` was told in the coarser unit. */
function coarser(left: RegisterPoint, right: RegisterPoint): number {
  const step = left.registerWh - right.registerWh
  if (!isSameRounded(step, left.registerWh, right.registerWh)) return 0
  return stepOf({ ...left, context: 'other' }) - stepOf({ ...right, context: 'other' })
}

function isAfter(left: Temporal.Instant, right: Temporal.Instant): boolean {
  return Temporal.Instant.compare(left, right) > 0
}

/** In whatever step either was told. */
function isSameRounded(step: WattHours, ...registers: readonly WattHours[]): boolean {
  const steps = registers.map((registerWh) => stepOf({ registerWh, context: 'other' }))
  return Math.abs(step) <= 1 || Math.abs(step) < Math.max(...steps)
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
  return (
    !isSameRounded(step, kept.registerWh ?? 0, said.registerWh ?? 0) ||
    (said.powerW !== undefined && kept.powerW !== null && said.powerW !== kept.powerW)
  )
}
