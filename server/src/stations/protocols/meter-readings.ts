import { wattHoursFrom, wattsFrom } from '../../../../units/index.ts'
import type { MeterReading, ReadingContext } from '../model.ts'

/** A sampled value of any version, its defaults filled in. `value` is undefined where it was no number. */
export interface Sample {
  readonly value: number | undefined
  readonly measurand: string
  readonly context: ReadingContext
  readonly phase?: string
  readonly location: string
  readonly unit: string
  /** Signed data exactly as received. */
  readonly signed?: string
  /** As it came, for `rest`. */
  readonly original: unknown
}

const contexts = new Map<string, ReadingContext>([
  ['Transaction.Begin', 'transaction-begin'],
  ['Transaction.End', 'transaction-end'],
  ['Sample.Periodic', 'periodic'],
  ['Sample.Clock', 'clock'],
  ['Trigger', 'trigger'],
  ['Interruption.Begin', 'interruption-begin'],
  ['Interruption.End', 'interruption-end'],
])

/** A missing context means Sample.Periodic (OCPP 1.6 7.33; 2.0.1 part 2, SampledValueType). */
export function contextFrom(text: string | undefined): ReadingContext {
  return text === undefined ? 'periodic' : (contexts.get(text) ?? 'other')
}

/** The grid's side of the station: never what a driver took. */
const UPSTREAM = new Set(['Inlet', 'Upstream'])
const nearest = ['Outlet', 'Cable', 'Body', 'EV']
const phaseIndex = new Map([
  ['L1', 0],
  ['L1-N', 0],
  ['L2', 1],
  ['L2-N', 1],
  ['L3', 2],
  ['L3-N', 2],
])

/** What the columns hold; anything beyond is kept aside, never lost and never a crash. */
const INT4 = 2 ** 31 - 1

export interface Moment {
  readonly at: Temporal.Instant
  readonly samples: readonly Sample[]
}

/** All readings of a message. Some stations tell each sample as a moment of its own: those of one time are one. */
export function readingsOfMoments(moments: readonly Moment[]): readonly MeterReading[] {
  if (moments.length < 2) return moments.flatMap(readingsFrom)
  return [...Map.groupBy(moments, ({ at }) => at.epochNanoseconds).values()].flatMap((same) =>
    same.flatMap(({ at }, index) =>
      index > 0 ? [] : readingsFrom({ at, samples: same.flatMap(({ samples }) => samples) }),
    ),
  )
}

/** The readings of one moment, one for each context it names, in the order they came. */
function readingsFrom({ at, samples }: Moment): readonly MeterReading[] {
  return [...Map.groupBy(samples, (sample) => sample.context)].map(([context, group]) => readingOf(at, context, group))
}

function readingOf(at: Temporal.Instant, context: ReadingContext, samples: readonly Sample[]): MeterReading {
  const used = new Set<Sample>()
  const registerWh = totalOf(samples, 'Energy.Active.Import.Register', used, energyOf)
  const powerW = totalOf(samples, 'Power.Active.Import', used, powerOf)
  const currentsMa = perPhase(samples, 'Current.Import', used)
  const voltagesMv = perPhase(samples, 'Voltage', used)
  const socTenths = totalOf(samples, 'SoC', used, ({ value }) => within(value === undefined ? value : value * 10, 1000))
  const signed = samples.flatMap((sample) => sample.signed ?? [])
  const unused = samples.filter((sample) => !used.has(sample))
  const rest = registerWh === undefined ? withInterval(unused) : unused.map((sample) => sample.original)
  return {
    at,
    context,
    ...(registerWh === undefined ? {} : { registerWh }),
    ...(powerW === undefined ? {} : { powerW }),
    ...(currentsMa === undefined ? {} : { currentsMa }),
    ...(voltagesMv === undefined ? {} : { voltagesMv }),
    ...(socTenths === undefined ? {} : { socTenths }),
    ...(rest.length === 0 ? {} : { rest }),
    ...(signed.length === 0 ? {} : { signed }),
  }
}

/**
 * Kept aside as it came. Where there is no register an interval stands beside it as we read it, for who must sum it (OCPP reference,
 * metering); it is never taken for one.
 */
function withInterval(unused: readonly Sample[]): readonly unknown[] {
  const asSent = unused.map((sample) => sample.original)
  const intervalWh = totalOf(unused, 'Energy.Active.Import.Interval', new Set(), energyOf)
  return intervalWh === undefined ? asSent : [...asSent, { intervalWh }]
}

/** The total where the station gives one, else the sum of its phases; the place nearest to the car wins. */
function totalOf(
  samples: readonly Sample[],
  measurand: string,
  used: Set<Sample>,
  convert: (sample: Sample) => number | undefined,
): number | undefined {
  const usable = atOnePlace(samples.filter((sample) => sample.measurand === measurand && convert(sample) !== undefined))
  if (usable.length === 0) return undefined
  const total = usable.find((sample) => sample.phase === undefined)
  if (total !== undefined) {
    used.add(total)
    return convert(total)
  }
  const phases = new Map<number, Sample>()
  for (const sample of usable) {
    const index = phaseIndex.get(sample.phase ?? '')
    if (index !== undefined && !phases.has(index)) phases.set(index, sample)
  }
  const sum = sumOf([...phases.values()], convert)
  const most = measurand.startsWith('Power.') ? INT4 : Number.MAX_SAFE_INTEGER
  if (sum === undefined || sum > most) return undefined
  for (const sample of phases.values()) used.add(sample)
  return sum
}

/** Phases in one unit are added as they were told, so that only their sum is rounded. */
function sumOf(phases: readonly Sample[], convert: (sample: Sample) => number | undefined): number | undefined {
  const [first] = phases
  if (first === undefined) return undefined
  if (phases.some(({ unit }) => unit !== first.unit)) {
    return phases.reduce((so, sample) => so + (convert(sample) ?? 0), 0)
  }
  return convert({ ...first, value: phases.reduce((so, { value = 0 }) => so + value, 0) })
}

function perPhase(samples: readonly Sample[], measurand: string, used: Set<Sample>): (number | null)[] | undefined {
  const usable = atOnePlace(samples.filter((sample) => sample.measurand === measurand && milliOf(sample) !== undefined))
  if (usable.length === 0) return undefined
  const phased = usable.filter((sample) => phaseIndex.has(sample.phase ?? ''))
  // One value without a phase stands for the first: a single-phase or direct-current outlet.
  const chosen = phased.length > 0 ? phased : usable.filter((sample) => sample.phase === undefined).slice(0, 1)
  if (chosen.length === 0) return undefined
  const values: (number | null)[] = []
  for (const sample of chosen) {
    const index = phaseIndex.get(sample.phase ?? 'L1') ?? 0
    while (values.length <= index) values.push(null)
    if (values[index] !== null) continue
    values[index] = milliOf(sample) ?? null
    used.add(sample)
  }
  return values
}

function atOnePlace(samples: readonly Sample[]): readonly Sample[] {
  // Most stations measure at one place only, and most moments lack most measurands.
  if (samples.length === 0) return samples
  const outside = samples.filter((sample) => !UPSTREAM.has(sample.location))
  const place = nearest.find((name) => outside.some((sample) => sample.location === name))
  return place === undefined ? outside : outside.filter((sample) => sample.location === place)
}

/** 2.x: a free text; no two of these differ by case alone. */
const energyUnits = new Map([
  ['wh', 'Wh'],
  ['kwh', 'kWh'],
] as const)
const powerUnits = new Map([
  ['w', 'W'],
  ['kw', 'kW'],
] as const)

function energyOf({ value, unit: said }: Sample): number | undefined {
  const unit = energyUnits.get(said.toLowerCase() as 'wh')
  if (value === undefined || value < 0 || unit === undefined) return undefined
  return Math.abs(value) * 1000 > Number.MAX_SAFE_INTEGER ? undefined : wattHoursFrom(value, unit)
}

function powerOf({ value, unit: said }: Sample): number | undefined {
  const unit = powerUnits.get(said.toLowerCase() as 'w')
  if (value === undefined || value < 0 || unit === undefined) return undefined
  return within(value > INT4 ? undefined : wattsFrom(value, unit), INT4)
}

function milliOf({ value }: Sample): number | undefined {
  return within(value === undefined ? undefined : value * 1000, INT4)
}

function within(value: number | undefined, most: number): number | undefined {
  if (value === undefined || !(value >= 0) || value > most) return undefined
  return Math.round(value)
}

const NUMBER = /^[+-]?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?$/

/** The number a text is; undefined for what is none. */
export function numberFrom(text: string): number | undefined {
  const trimmed = text.trim()
  if (!NUMBER.test(trimmed)) return undefined
  const value = Number(trimmed)
  return Number.isFinite(value) ? value : undefined
}

/** Puts a register beside what was sampled at the same moment and in the same context, or adds it as a reading. */
export function withRegister(
  readings: readonly MeterReading[],
  at: Temporal.Instant,
  context: ReadingContext,
  registerWh: number,
): readonly MeterReading[] {
  // A register below nothing, or beyond all counting (2^64 - 1 of a meter that did not answer), is none; it stays visible.
  const isRegister = registerWh >= 0 && Number.isSafeInteger(registerWh)
  const known: Partial<MeterReading> = isRegister ? { registerWh } : { rest: [{ register: registerWh }] }
  const same = readings.findIndex((reading) => reading.context === context && reading.at.equals(at))
  const found = readings[same]
  if (found === undefined) return [...readings, { at, context, ...known }]
  return readings.with(same, { ...found, ...known })
}
