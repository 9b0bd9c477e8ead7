import { card, day, powerAt, readingTimes, registerAt, registerWhAt, type Stamp, type Step } from './true-day.ts'

/** Every way in which a station of 1.6 may tell the day; the first of each list is the plain one. */
export const choices16 = {
  asks: [true, false],
  statuses: [
    'as they come',
    'never',
    'without a time',
    'again and again',
    'charging before the start',
    'free before the stop',
  ],
  names: ['the transaction', 'the connector alone'],
  sample: [
    'Wh',
    'bare',
    'tenths of Wh',
    'kWh',
    'kWh, two decimals',
    'kWh, one decimal',
    'phases',
    'phases and total',
    'signed beside',
    'everything',
    'power alone',
    'none',
  ],
  grouping: ['one by one', 'three together', 'newest first', 'each value apart'],
  contexts: ['periodic', 'none', 'aligned among', 'aligned, by their start', 'begin and end'],
  stop: ['plain', 'without card', 'with its data', 'card in another case'],
  nulls: [false, true],
} as const

export type Shape16 = { readonly [name in keyof typeof choices16]: (typeof choices16)[name][number] }

type Sampled = Readonly<Record<string, unknown>>

export interface Words {
  /** A true time as the station writes it. */
  readonly write: (seconds: number) => string
  readonly stamp: Stamp
}

const register = 'Energy.Active.Import.Register'
const kWh = (wh: number): string => (wh / 1_000).toFixed(3)

/** What is read at a moment. */
function samplesOf(sample: Shape16['sample'], at: number): readonly Sampled[] {
  const value = String(registerWhAt(at))
  const total = { value, measurand: register, unit: 'Wh' }
  const phases = ['L1', 'L2', 'L3'].map((phase) => ({
    value: (registerAt(at) / 3_000).toFixed(4),
    measurand: register,
    phase,
    unit: 'kWh',
  }))
  const power = { value: (powerAt(at) / 1_000).toFixed(3), measurand: 'Power.Active.Import', unit: 'kW' }
  switch (sample) {
    case 'Wh':
      return [total]
    case 'bare':
      return [{ value }]
    case 'tenths of Wh':
      return [{ value: registerAt(at).toFixed(1) }]
    case 'kWh':
      return [{ value: kWh(registerAt(at)), unit: 'kWh' }]
    case 'kWh, two decimals':
      return [{ value: (registerAt(at) / 1_000).toFixed(2), unit: 'kWh' }]
    case 'kWh, one decimal':
      return [{ value: (registerAt(at) / 1_000).toFixed(1), unit: 'kWh' }]
    case 'phases':
      return phases
    case 'phases and total':
      return [...phases, total]
    case 'signed beside':
      return [{ value: 'T0NNRnw=', format: 'SignedData', measurand: register }, total]
    case 'everything':
      return [
        { value: '231.4', measurand: 'Voltage', phase: 'L1-N', unit: 'V' },
        { value: '16.0', measurand: 'Current.Import', phase: 'L1', unit: 'A' },
        power,
        { ...total, location: 'Outlet' },
        { value: '999', measurand: 'Energy.Active.Export.Register', unit: 'Wh' },
        { value: '41', measurand: 'SoC', unit: 'Percent', location: 'EV' },
      ]
    case 'power alone':
      return [power]
    case 'none':
      return []
  }
}

const hasRegister = (sample: Shape16['sample']): boolean => sample !== 'power alone' && sample !== 'none'

/** The whole register beside the readings: rounded, or what stands before the point. */
const toldAt = ({ sample }: Shape16, at: number): number =>
  sample === 'tenths of Wh' ? Math.floor(registerAt(at)) : registerWhAt(at)
/** Of two registers of one moment, a Wh apart as they were rounded, the lower begins and the higher ends. */
export const energyOf16 = (shape: Shape16): number =>
  (shape.contexts === 'begin and end' ? registerWhAt(day.stopped) : toldAt(shape, day.stopped)) -
  toldAt(shape, day.started)
/** Who tells nothing at all from start to stop is told to stop for want of energy: nobody could know of any. */
export const isSilent16 = ({ statuses, sample }: Shape16): boolean => statuses === 'never' && sample === 'none'

/** Where a reading is told that says when the car was full, as near as others do. */
export const isRead16 = ({ sample }: Shape16): boolean => hasRegister(sample) && sample !== 'kWh, one decimal'
export const isParkingTold16 = ({ statuses }: Shape16): boolean => statuses !== 'never'

interface Reading {
  readonly at: number
  readonly context?: string
  /** Else when it was read. */
  readonly stampedAt?: number
}

/** Quarters of an hour by the clock. */
function alignedTimes(begin: Temporal.Instant): readonly number[] {
  const first = (900_000 - (begin.epochMilliseconds % 900_000)) / 1_000
  return [0, 1, 2, 3].map((n) => first + n * 900).filter((at) => at > day.started && at < day.stopped)
}

function readingsOf({ contexts, sample }: Shape16, begin: Temporal.Instant): readonly Reading[] {
  const periodic = readingTimes.map((at) => ({ at, ...(contexts === 'none' ? {} : { context: 'Sample.Periodic' }) }))
  const byStart = contexts === 'aligned, by their start'
  const aligned =
    contexts === 'aligned among' || byStart
      ? alignedTimes(begin).map((at) => ({ at, context: 'Sample.Clock', ...(byStart ? { stampedAt: at - 900 } : {}) }))
      : []
  const ends =
    contexts === 'begin and end' && hasRegister(sample)
      ? [
          { at: day.started, context: 'Transaction.Begin' },
          { at: day.stopped, context: 'Transaction.End' },
        ]
      : []
  return [...periodic, ...aligned, ...ends].sort((left, right) => left.at - right.at)
}

function meterValues(shape: Shape16, readings: readonly Reading[], { write }: Words): readonly object[] {
  const told = readings.map(({ at, context, stampedAt = at }) => ({
    timestamp: write(stampedAt),
    sampledValue: samplesOf(shape.sample, at).map((one) => ({
      ...one,
      ...(context === undefined ? {} : { context }),
      ...(shape.nulls ? { location: null } : {}),
    })),
  }))
  if (shape.grouping !== 'each value apart') return told
  return told.flatMap(({ timestamp, sampledValue }) => sampledValue.map((one) => ({ timestamp, sampledValue: [one] })))
}

function meterSteps(shape: Shape16, begin: Temporal.Instant, words: Words): readonly Step[] {
  if (shape.sample === 'none') return []
  const readings = readingsOf(shape, begin)
  const isBuffered = shape.grouping === 'three together' || shape.grouping === 'newest first'
  const groups = isBuffered ? chunks(readings, 3) : readings.map((one) => [one])
  return groups.map((group): Step => {
    const values = meterValues(shape, shape.grouping === 'newest first' ? group.toReversed() : group, words)
    return {
      at: group.at(-1)?.at ?? 0,
      action: 'MeterValues',
      payload: ({ transactionId }) => ({
        connectorId: 1,
        ...(shape.names === 'the transaction' ? { transactionId } : shape.nulls ? { transactionId: null } : {}),
        meterValue: values,
      }),
    }
  })
}

function chunks<T>(all: readonly T[], size: number): readonly T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, index) => all.slice(index * size, (index + 1) * size))
}

function statusSteps({ statuses, nulls }: Shape16, { write }: Words): readonly Step[] {
  if (statuses === 'never') return []
  const status = (at: number, word: string, said = at): Step => ({
    at: said,
    action: 'StatusNotification',
    payload: () => ({
      connectorId: 1,
      status: word,
      errorCode: 'NoError',
      ...(statuses === 'without a time' ? {} : { timestamp: write(at) }),
      ...(nulls ? { info: null, vendorId: null, vendorErrorCode: null } : {}),
    }),
  })
  const charging = statuses === 'charging before the start' ? day.card : day.flows
  const gone = statuses === 'free before the stop' ? day.stopped - 0.4 : day.gone
  const again =
    statuses === 'again and again'
      ? readingTimes.map((at) => status(at + 1, at > day.full ? 'SuspendedEV' : 'Charging'))
      : []
  return [
    status(day.plugged, 'Preparing'),
    status(charging, 'Charging'),
    ...again,
    status(day.full, 'SuspendedEV'),
    ...(statuses === 'free before the stop' ? [] : [status(day.stopped + 0.1, 'Finishing')]),
    status(gone, 'Available'),
  ]
}

/** The whole day as 1.6 has it, in order of time. */
export function steps16(shape: Shape16, begin: Temporal.Instant, words: Words): readonly Step[] {
  const { write } = words
  const start: Step = {
    at: day.started,
    action: 'StartTransaction',
    payload: () => ({
      connectorId: 1,
      idTag: card.as,
      meterStart: toldAt(shape, day.started),
      timestamp: write(day.started),
      ...(shape.nulls ? { reservationId: null } : {}),
    }),
  }
  const data = meterValues(
    { ...shape, sample: hasRegister(shape.sample) ? shape.sample : 'Wh' },
    [
      { at: day.started, context: 'Transaction.Begin' },
      ...readingTimes.slice(0, 2).map((at) => ({ at, context: 'Sample.Periodic' })),
      { at: day.stopped, context: 'Transaction.End' },
    ],
    words,
  )
  const stop: Step = {
    at: day.stopped,
    action: 'StopTransaction',
    payload: ({ transactionId }) => ({
      transactionId,
      meterStop: toldAt(shape, day.stopped),
      timestamp: write(day.stopped),
      ...(shape.stop === 'without card' ? {} : { idTag: shape.stop === 'plain' ? card.as : card.otherCase }),
      ...(shape.stop === 'with its data' ? { transactionData: data } : {}),
      ...(shape.nulls ? { reason: null } : { reason: 'Local' }),
    }),
  }
  const asked: Step = { at: day.card, action: 'Authorize', payload: () => ({ idTag: card.as }) }
  const all = [
    ...(shape.asks ? [asked] : []),
    start,
    ...statusSteps(shape, words),
    ...meterSteps(shape, begin, words),
    stop,
  ]
  return all.toSorted((left, right) => left.at - right.at)
}
