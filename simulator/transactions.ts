import { draw } from './chance.ts'
import { chargingStateOf, count, negotiationMs, readMeter } from './energy.ts'
import type {
  EvseState,
  Ms,
  Reading,
  ReadingContext,
  StoppedReason,
  Token,
  Transaction,
  TransactionMessage,
  TriggerReason,
} from './state.ts'
import {
  changeEvse,
  change,
  evseOf,
  isOnline,
  listSetting,
  numberSetting,
  say,
  stationTime,
  tell,
  type Turn,
} from './turn.ts'

type Measurands = 'sampledMeasurands' | 'startedMeasurands' | 'endedMeasurands' | 'alignedMeasurands'

/** The places (TxStartPoint, TxStopPoint) that need both a cable and an authorisation. */
const pathPoints = ['PowerPathClosed', 'EnergyTransfer']

/** A cable came in or somebody was authorised: a transaction begins, or the running one learns of it. */
export function advance(turn: Turn, evseId: number, trigger: TriggerReason, remoteStartId?: number): void {
  const evse = evseOf(turn, evseId)
  const isPlugged = evse.connector !== undefined
  const isAuthorised = evse.authorised !== undefined
  if (evse.transaction === undefined) {
    const points = listSetting(turn.state, 'startPoint')
    const isDue =
      (isPlugged && points.includes('EVConnected')) ||
      (isAuthorised && points.includes('Authorized')) ||
      (isPlugged && isAuthorised && pathPoints.some((point) => points.includes(point)))
    if (isDue) start(turn, evseId, trigger, remoteStartId)
    return
  }
  if (isPlugged && isAuthorised) closePath(turn, evseId)
  const isAuthorisation = trigger !== 'CablePluggedIn'
  const { authorised, connector } = evseOf(turn, evseId)
  if (isAuthorisation) changeTransaction(turn, evseId, { token: authorised?.token, groupUid: authorised?.groupUid })
  update(turn, evseId, trigger, {
    token: isAuthorisation ? authorised?.token : undefined,
    remoteStartId,
    tellsEvse: !isAuthorisation && connector !== undefined,
  })
}

function start(turn: Turn, evseId: number, trigger: TriggerReason, remoteStartId: number | undefined): void {
  const at = stationTime(turn.state, turn.at)
  const { authorised } = evseOf(turn, evseId)
  const id = newTransactionId(turn)
  const sampleSeconds = numberSetting(turn.state, 'sampleInterval')
  const endedSeconds = numberSetting(turn.state, 'endedInterval')
  changeEvse(turn, evseId, { ...count(evseOf(turn, evseId), turn.at), isFinishing: false })
  const begin = read(turn, evseId, 'Transaction.Begin', 'endedMeasurands')
  changeEvse(turn, evseId, {
    transaction: {
      id,
      startedAt: at,
      meterStartWh: Math.floor(evseOf(turn, evseId).registerWh),
      token: authorised?.token,
      groupUid: authorised?.groupUid,
      nextSeqNo: 0,
      chargingState: 'Idle',
      energyFrom: undefined,
      nextSampleAt: sampleSeconds > 0 ? turn.at + sampleSeconds * 1000 : undefined,
      nextEndedSampleAt: endedSeconds > 0 ? turn.at + endedSeconds * 1000 : undefined,
      kept: begin,
      isWithheld: false,
      stopped: undefined,
    },
  })
  closePath(turn, evseId)
  const evse = evseOf(turn, evseId)
  const chargingState = chargingStateOf(evse, turn.state.faults, turn.at)
  changeTransaction(turn, evseId, { chargingState })
  sayTransaction(turn, evseId, 'Started', trigger, {
    tellsEvse: true,
    token: authorised?.token,
    remoteStartId: remoteStartId ?? authorised?.remoteStartId,
    chargingState,
    readings: read(turn, evseId, 'Transaction.Begin', 'startedMeasurands'),
  })
  tell(turn, { kind: 'transaction-started', evse: evseId, transactionId: id })
}

/** Cable and authorisation are there: the car will draw energy after a moment. */
function closePath(turn: Turn, evseId: number): void {
  const { connector, authorised, transaction } = evseOf(turn, evseId)
  if (connector === undefined || authorised === undefined || transaction?.energyFrom !== undefined) return
  changeTransaction(turn, evseId, { energyFrom: turn.at + negotiationMs })
}

export interface UpdateParts {
  readonly token?: Token | undefined
  readonly remoteStartId?: number | undefined
  readonly tellsEvse?: boolean
  readonly readings?: readonly Reading[]
}

/** One event Updated. The charging state goes with it when it has changed. */
export function update(turn: Turn, evseId: number, trigger: TriggerReason, parts: UpdateParts = {}): void {
  const evse = evseOf(turn, evseId)
  if (evse.transaction === undefined) return
  const chargingState = chargingStateOf(evse, turn.state.faults, turn.at)
  const hasChanged = chargingState !== evse.transaction.chargingState
  if (hasChanged) changeTransaction(turn, evseId, { chargingState })
  sayTransaction(turn, evseId, 'Updated', trigger, {
    ...parts,
    chargingState: hasChanged ? chargingState : undefined,
  })
}

/**
 * The authorisation was taken back (card, remote stop, refusal). The transaction ends, unless TxStopPoint says that it
 * lasts until the cable is out.
 */
export function withdraw(
  turn: Turn,
  evseId: number,
  trigger: TriggerReason,
  reason: StoppedReason,
  token?: Token,
): void {
  countNow(turn, evseId)
  const points = listSetting(turn.state, 'stopPoint')
  const isEnd = points.includes('Authorized') || pathPoints.some((point) => points.includes(point))
  if (isEnd || evseOf(turn, evseId).connector === undefined) {
    end(turn, evseId, trigger, reason, token)
    return
  }
  changeEvse(turn, evseId, { authorised: undefined })
  changeTransaction(turn, evseId, { stopped: reason, energyFrom: undefined })
  update(turn, evseId, trigger, { token })
}

/** The transaction ends now, whatever the settings say. Harmless when none runs. */
export function end(turn: Turn, evseId: number, trigger: TriggerReason, reason: StoppedReason, token?: Token): void {
  countNow(turn, evseId)
  const { transaction } = evseOf(turn, evseId)
  if (transaction === undefined) return
  const isPlugged = evseOf(turn, evseId).connector !== undefined
  const stoppedReason = transaction.stopped ?? reason
  const readings = [...transaction.kept, ...read(turn, evseId, 'Transaction.End', 'endedMeasurands')]
  changeTransaction(turn, evseId, { stopped: stoppedReason })
  const chargingState = isPlugged ? 'EVConnected' : 'Idle'
  if (!turn.state.faults.neverStops) {
    sayTransaction(turn, evseId, 'Ended', trigger, { token, chargingState, stoppedReason, readings })
  }
  const energyWh = Math.floor(evseOf(turn, evseId).registerWh) - transaction.meterStartWh
  changeEvse(turn, evseId, {
    transaction: undefined,
    authorised: undefined,
    cableDeadline: undefined,
    isFinishing: isPlugged,
    powerW: 0,
  })
  tell(turn, {
    kind: 'transaction-ended',
    evse: evseId,
    transactionId: transaction.id,
    reason: stoppedReason,
    energyWh,
  })
}

/** What time does to a transaction: the car begins, pauses, is full; readings fall due. */
export function tickTransaction(turn: Turn, evseId: number): void {
  const before = evseOf(turn, evseId)
  if (before.transaction === undefined) return
  if (chargingStateOf(before, turn.state.faults, turn.at) !== before.transaction.chargingState) {
    changeState(turn, evseId)
  }
  countNow(turn, evseId)
  // Counting may have filled the car.
  const after = evseOf(turn, evseId)
  if (
    after.transaction !== undefined &&
    chargingStateOf(after, turn.state.faults, turn.at) !== after.transaction.chargingState
  ) {
    changeState(turn, evseId)
  }
  sample(turn, evseId)
}

/** Counts what flowed in the old state up to the moment of the new one, then tells of it. */
function changeState(turn: Turn, evseId: number): void {
  const { transaction } = evseOf(turn, evseId)
  const from = transaction?.energyFrom
  const isBeginning = transaction?.chargingState === 'EVConnected' && from !== undefined && from <= turn.at
  const moment = isBeginning ? Math.max(from, evseOf(turn, evseId).countedAt) : turn.at
  changeEvse(turn, evseId, count(evseOf(turn, evseId), moment))
  update(turn, evseId, 'ChargingStateChanged')
}

function sample(turn: Turn, evseId: number): void {
  const { transaction } = evseOf(turn, evseId)
  if (transaction === undefined) return
  if (transaction.nextEndedSampleAt !== undefined && transaction.nextEndedSampleAt <= turn.at) {
    const kept = [...transaction.kept, ...read(turn, evseId, 'Sample.Periodic', 'endedMeasurands')]
    const step = numberSetting(turn.state, 'endedInterval') * 1000
    const nextEndedSampleAt = step > 0 ? nextIn(transaction.nextEndedSampleAt, step, turn.at) : undefined
    changeTransaction(turn, evseId, { kept, nextEndedSampleAt })
  }
  if (transaction.nextSampleAt !== undefined && transaction.nextSampleAt <= turn.at) {
    const step = numberSetting(turn.state, 'sampleInterval') * 1000
    const nextSampleAt = step > 0 ? nextIn(transaction.nextSampleAt, step, turn.at) : undefined
    changeTransaction(turn, evseId, { nextSampleAt })
    const readings = read(turn, evseId, 'Sample.Periodic', 'sampledMeasurands')
    if (readings.length > 0) update(turn, evseId, 'MeterValuePeriodic', { readings })
  }
}

/** The next point of a raster that lies after now; what was slept through is not made up for. */
export function nextIn(due: Ms, step: Ms, now: Ms): Ms {
  return due + step * (Math.floor((now - due) / step) + 1)
}

/** No reading when the meter is silent or nothing is to be measured. */
export function read(turn: Turn, evseId: number, context: ReadingContext, key: Measurands): readonly Reading[] {
  const measurands = listSetting(turn.state, key)
  if (turn.state.faults.meterSilent || measurands.length === 0) return []
  return [readMeter(evseOf(turn, evseId), { at: stationTime(turn.state, turn.at), context, measurands })]
}

/** Counts the register up to now, so that a reading is true. */
export function countNow(turn: Turn, evseId: number): void {
  changeEvse(turn, evseId, count(evseOf(turn, evseId), turn.at))
}

export function changeTransaction(turn: Turn, evseId: number, patch: Partial<Transaction>): void {
  const { transaction } = evseOf(turn, evseId)
  if (transaction !== undefined) changeEvse(turn, evseId, { transaction: { ...transaction, ...patch } })
}

interface EventParts extends UpdateParts {
  readonly chargingState?: TransactionMessage['chargingState']
  readonly stoppedReason?: StoppedReason
}

function sayTransaction(
  turn: Turn,
  evseId: number,
  event: TransactionMessage['event'],
  trigger: TriggerReason,
  parts: EventParts,
): void {
  const evse: EvseState = evseOf(turn, evseId)
  if (evse.transaction === undefined) return
  const { id, nextSeqNo, meterStartWh } = evse.transaction
  const register = Math.floor(evse.registerWh)
  const message: TransactionMessage = {
    kind: 'transaction',
    event,
    transactionId: id,
    seqNo: nextSeqNo,
    at: stationTime(turn.state, turn.at),
    trigger,
    isOffline: !isOnline(turn.state),
    evse: evseId,
    connector: evse.connector,
    tellsEvse: parts.tellsEvse ?? false,
    token: parts.token,
    remoteStartId: parts.remoteStartId,
    chargingState: parts.chargingState,
    stoppedReason: parts.stoppedReason,
    // A silent meter leaves 1.6 nothing else to say at the end, where a figure must stand.
    registerWh: turn.state.faults.meterSilent ? meterStartWh : register,
    readings: parts.readings ?? [],
  }
  changeTransaction(turn, evseId, { nextSeqNo: nextSeqNo + 1 })
  say(turn, message, 'transaction')
}

/** A UUID of version 8 from the time and the station's own chance: unique for ever, and the same in a run replayed. */
function newTransactionId(turn: Turn): string {
  let digits = Math.floor(turn.at).toString(16).padStart(12, '0').slice(-12)
  let random = turn.state.random
  while (digits.length < 32) {
    const drawn = draw(random)
    random = drawn.next
    digits += Math.floor(drawn.value * 2 ** 32)
      .toString(16)
      .padStart(8, '0')
  }
  change(turn, { random })
  const parts = [
    digits.slice(0, 8),
    digits.slice(8, 12),
    `8${digits.slice(13, 16)}`,
    `a${digits.slice(17, 20)}`,
    digits.slice(20, 32),
  ]
  return parts.join('-')
}
