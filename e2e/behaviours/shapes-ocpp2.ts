import type { Words } from './shapes-ocpp16.ts'
import { card, day, powerAt, readingTimes, registerAt, registerWhAt, type Step } from './true-day.ts'

/** Every way in which a station of 2.x may tell the day; the first of each list is the plain one. */
export const choices2 = {
  asks: [true, false],
  statuses: ['as they come', 'never', 'as events', 'free before the end'],
  begins: ['at once', 'cable first', 'card first', 'card first, idle untold'],
  ends: ['by card', 'as the car goes', 'by card, told as the car goes', 'from afar', 'by timeout'],
  states: ['as they change', 'in every event', 'never'],
  members: ['as they come', 'required only', 'all'],
  sample: [
    'Wh',
    'bare',
    'kWh',
    'multiplier',
    'phases',
    'phases and total',
    'signed beside',
    'everything',
    'power alone',
    'none',
  ],
  grouping: ['one by one', 'three together', 'each value apart', 'a message of their own beside'],
  contexts: ['periodic', 'none', 'aligned among', 'all at the end'],
  numbers: ['from 0', 'on from before'],
  nulls: [false, true],
} as const

export type Shape2 = { readonly [name in keyof typeof choices2]: (typeof choices2)[name][number] }

type Sampled = Readonly<Record<string, unknown>>
const register = 'Energy.Active.Import.Register'

function samplesOf(sample: Shape2['sample'], at: number): readonly Sampled[] {
  const value = registerWhAt(at)
  const total = { value, measurand: register, unitOfMeasure: { unit: 'Wh' } }
  const phases = ['L1', 'L2', 'L3'].map((phase) => ({
    value: registerAt(at) / 3,
    measurand: register,
    phase,
    unitOfMeasure: { unit: 'Wh', multiplier: 0 },
  }))
  const power = { value: powerAt(at) / 1_000, measurand: 'Power.Active.Import', unitOfMeasure: { unit: 'kW' } }
  switch (sample) {
    case 'Wh':
      return [total]
    case 'bare':
      return [{ value }]
    case 'kWh':
      return [{ value: registerAt(at) / 1_000, unitOfMeasure: { unit: 'kWh' } }]
    case 'multiplier':
      return [{ value: value / 1_000, measurand: register, unitOfMeasure: { unit: 'Wh', multiplier: 3 } }]
    case 'phases':
      return phases
    case 'phases and total':
      return [...phases, total]
    case 'signed beside': {
      const signed = { signedMeterData: 'T0NNRnw=', signingMethod: '', encodingMethod: 'OCMF', publicKey: '' }
      return [{ ...total, signedMeterValue: signed }]
    }
    case 'everything':
      return [
        { value: 231.4, measurand: 'Voltage', phase: 'L1-N', unitOfMeasure: { unit: 'V' } },
        { value: 16, measurand: 'Current.Import', phase: 'L1', unitOfMeasure: { unit: 'A' } },
        power,
        { ...total, location: 'Outlet' },
        { value: 999, measurand: 'Energy.Active.Export.Register', unitOfMeasure: { unit: 'Wh' } },
        { value: 41, measurand: 'SoC', unitOfMeasure: { unit: 'Percent' }, location: 'EV' },
      ]
    case 'power alone':
      return [power]
    case 'none':
      return []
  }
}

const hasRegister = ({ sample }: Shape2): boolean => sample !== 'power alone' && sample !== 'none'
/** Those that bill must be told at the begin and at the end all the same. */
const ofEnds = (shape: Shape2): Shape2['sample'] => (hasRegister(shape) ? shape.sample : 'Wh')

/**
 * Who tells nothing at all on the way is told to stop for want of energy; and a meter that is first read long after the card was shown is
 * people's to judge, where no state shows that nothing had flowed.
 */
export const isDoubtful2 = (shape: Shape2): boolean =>
  shape.states === 'never' &&
  (shape.sample === 'none' || shape.contexts === 'all at the end' || shape.begins.startsWith('card first'))

export const isRead2 = (shape: Shape2): boolean => hasRegister(shape)
export const isParkingTold2 = ({ states }: Shape2): boolean => states !== 'never'
export const startsAt2 = ({ begins }: Shape2): number =>
  begins === 'at once' ? day.started : begins === 'cable first' ? day.plugged : day.cardFirst
export const isLongerParked2 = ({ ends }: Shape2): boolean =>
  ends === 'as the car goes' || ends === 'by card, told as the car goes'
export const endsAt2 = (shape: Shape2): number => (isLongerParked2(shape) ? day.gone : day.stopped)

interface Happening {
  readonly at: number
  readonly type: 'Started' | 'Updated' | 'Ended'
  readonly trigger: string
  readonly state?: string
  readonly isCard?: boolean
  readonly isPlace?: boolean
  readonly reason?: string
  /** What is read, and in which context. */
  readonly read?: string
  readonly readAt?: readonly number[]
}

function begin({ begins }: Shape2): readonly Happening[] {
  const first = { type: 'Started', isPlace: true, read: 'Transaction.Begin' } as const
  const flows = { at: day.flows, type: 'Updated', trigger: 'ChargingStateChanged', state: 'Charging' } as const
  switch (begins) {
    case 'at once':
      return [{ ...first, at: day.started, trigger: 'Authorized', state: 'EVConnected', isCard: true }, flows]
    case 'cable first':
      return [
        { ...first, at: day.plugged, trigger: 'CablePluggedIn', state: 'EVConnected' },
        { at: day.started, type: 'Updated', trigger: 'Authorized', isCard: true },
        flows,
      ]
    case 'card first':
    case 'card first, idle untold': {
      const idle = begins === 'card first' ? { state: 'Idle' } : {}
      return [
        { at: day.cardFirst, type: 'Started', trigger: 'Authorized', isCard: true, ...idle },
        {
          at: day.plugged,
          type: 'Updated',
          trigger: 'CablePluggedIn',
          state: 'EVConnected',
          isPlace: true,
          read: 'Sample.Periodic',
        },
        flows,
      ]
    }
  }
}

function end({ ends }: Shape2): readonly Happening[] {
  const last = { type: 'Ended', read: 'Transaction.End' } as const
  const departed = { ...last, at: day.gone, trigger: 'EVDeparted', state: 'Idle' } as const
  switch (ends) {
    case 'by card':
      return [
        { ...last, at: day.stopped, trigger: 'StopAuthorized', state: 'EVConnected', isCard: true, reason: 'Local' },
      ]
    case 'as the car goes':
      return [{ ...departed, reason: 'EVDisconnected' }]
    case 'by card, told as the car goes':
      return [
        { at: day.stopped, type: 'Updated', trigger: 'StopAuthorized', state: 'EVConnected', isCard: true },
        { ...departed, reason: 'Local' },
      ]
    case 'from afar':
      return [{ ...last, at: day.stopped, trigger: 'RemoteStop', state: 'EVConnected', reason: 'Remote' }]
    case 'by timeout':
      return [{ ...last, at: day.stopped, trigger: 'TimeLimitReached', state: 'EVConnected', reason: 'Timeout' }]
  }
}

function between({ contexts, grouping, sample }: Shape2, from: Temporal.Instant): readonly Happening[] {
  if (sample === 'none' || contexts === 'all at the end') return []
  const first = (900_000 - (from.epochMilliseconds % 900_000)) / 1_000
  const quarters = [0, 1, 2, 3].map((n) => first + n * 900).filter((at) => at > day.flows && at < day.stopped)
  const periodic = contexts === 'none' ? '' : 'Sample.Periodic'
  const read = (at: number): Happening => ({ at, type: 'Updated', trigger: 'MeterValuePeriodic', read: periodic })
  const aligned = contexts === 'aligned among' ? quarters : []
  const clock = aligned.map(
    (at): Happening => ({ at, type: 'Updated', trigger: 'MeterValueClock', read: 'Sample.Clock' }),
  )
  if (grouping !== 'three together') return [...readingTimes.map(read), ...clock]
  const groups = [0, 3, 6, 9].map((index) => readingTimes.slice(index, index + 3))
  return [...groups.map((times) => ({ ...read(times.at(-1) ?? 0), readAt: times })), ...clock]
}

/** The whole day as 2.x has it, in order of time. */
export function steps2(
  shape: Shape2,
  from: Temporal.Instant,
  words: Words & { readonly offline?: boolean },
): readonly Step[] {
  const { write } = words
  const all = [
    ...begin(shape),
    { at: day.full, type: 'Updated', trigger: 'ChargingStateChanged', state: 'SuspendedEV' } as const,
    ...between(shape, from),
    ...end(shape),
  ]
  const firstNumber = shape.numbers === 'from 0' ? 0 : 41
  const transactionId = crypto.randomUUID()
  let state: string | undefined
  const events = all
    .toSorted((left, right) => left.at - right.at)
    .map((one, index): Step => {
      state = one.state ?? state
      const info = infoOf(shape, one, state)
      const payload = {
        ...eventOf(shape, one, words),
        timestamp: write(one.at),
        seqNo: firstNumber + index,
        transactionInfo: { transactionId, ...info },
        ...(words.offline === undefined ? {} : { offline: words.offline }),
      }
      return { at: one.at, action: 'TransactionEvent', payload: () => payload }
    })
  const asked: Step = {
    at: Math.min(day.card, startsAt2(shape)),
    action: 'Authorize',
    payload: () => ({ idToken: { idToken: card.as, type: 'ISO14443' } }),
  }
  const others = [...(shape.asks ? [asked] : []), ...statusSteps(shape, write), ...besides(shape, write)]
  return [...others, ...events].toSorted((left, right) => left.at - right.at)
}

function infoOf({ states, nulls }: Shape2, { type, state, reason }: Happening, known: string | undefined): object {
  const told = states === 'never' ? undefined : states === 'in every event' ? known : state
  return {
    ...(told === undefined ? {} : { chargingState: told }),
    ...(reason === undefined ? {} : { stoppedReason: reason }),
    ...(nulls ? { remoteStartId: null, timeSpentCharging: null } : {}),
    ...(type === 'Ended' && nulls ? { customData: null } : {}),
  }
}

function eventOf(shape: Shape2, one: Happening, words: Words): object {
  const { members, nulls } = shape
  const isPlace = members === 'required only' ? one.isPlace === true : members === 'all' || one.isPlace === true
  const isCard = members === 'all' ? one.at >= startsAt2(shape) && isAllowed(shape, one) : one.isCard === true
  const meterValue = readingsOf(shape, one, words)
  const uid = one.type === 'Ended' ? card.otherCase : card.as
  return {
    eventType: one.type,
    triggerReason: one.trigger,
    ...(isPlace ? { evse: members === 'required only' ? { id: 1 } : { id: 1, connectorId: 1 } } : {}),
    ...(isCard ? { idToken: { idToken: uid, type: 'ISO14443' } } : nulls ? { idToken: null } : {}),
    ...(meterValue.length === 0 ? (nulls ? { meterValue: null } : {}) : { meterValue }),
    ...(members === 'all' ? { numberOfPhasesUsed: 3, cableMaxCurrent: 32 } : {}),
  }
}

/** In the event that the card was shown in, and in those after it. */
function isAllowed({ begins }: Shape2, { at }: Happening): boolean {
  return begins !== 'cable first' || at >= day.started
}

function readingsOf(shape: Shape2, { at, read, readAt = [at], type }: Happening, { write }: Words): readonly object[] {
  if (read === undefined) return []
  const isEnd = type !== 'Updated' || (read === 'Sample.Periodic' && at === day.plugged)
  const sample = isEnd ? ofEnds(shape) : shape.sample
  const earlier = shape.contexts === 'all at the end' && type === 'Ended' && hasRegister(shape) ? readingTimes : []
  const told = [
    ...earlier.map((time) => [time, 'Sample.Periodic'] as const),
    ...readAt.map((time) => [time, read] as const),
  ]
  const values = told.map(([time, context]) => ({
    timestamp: write(time),
    sampledValue: samplesOf(sample, time).map((value) => ({
      ...value,
      ...(context === '' || (shape.members === 'required only' && context === 'Sample.Periodic') ? {} : { context }),
      ...(shape.nulls ? { location: null, customData: null } : {}),
    })),
  }))
  if (shape.grouping !== 'each value apart') return values
  return values.flatMap(({ timestamp, sampledValue }) =>
    sampledValue.map((value) => ({ timestamp, sampledValue: [value] })),
  )
}

/** The meter of the EVSE, told by the clock as it is when idle too. */
function besides({ grouping, sample }: Shape2, write: Words['write']): readonly Step[] {
  if (grouping !== 'a message of their own beside') return []
  return readingTimes.map((at) => ({
    at: at + 0.01,
    action: 'MeterValues',
    payload: () => ({
      evseId: 1,
      meterValue: [
        {
          timestamp: write(at),
          sampledValue: samplesOf(sample === 'none' ? 'Wh' : sample, at).map((one) => ({
            ...one,
            context: 'Sample.Clock',
          })),
        },
      ],
    }),
  }))
}

function statusSteps({ statuses }: Shape2, write: Words['write']): readonly Step[] {
  if (statuses === 'never') return []
  const status = (at: number, connectorStatus: string): Step =>
    statuses === 'as events'
      ? { at, action: 'NotifyEvent', payload: () => availability(write(at), connectorStatus) }
      : {
          at,
          action: 'StatusNotification',
          payload: () => ({ timestamp: write(at), connectorStatus, evseId: 1, connectorId: 1 }),
        }
  const gone = statuses === 'free before the end' ? day.stopped - 0.4 : day.gone + 0.1
  return [status(day.plugged, 'Occupied'), status(gone, 'Available')]
}

function availability(timestamp: string, actualValue: string): object {
  const eventData = {
    eventId: 1,
    timestamp,
    trigger: 'Delta',
    actualValue,
    eventNotificationType: 'HardWiredNotification',
    component: { name: 'Connector', evse: { id: 1, connectorId: 1 } },
    variable: { name: 'AvailabilityState' },
  }
  return { generatedAt: timestamp, seqNo: 0, tbc: false, eventData: [eventData] }
}
