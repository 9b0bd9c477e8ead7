import { decide, decideOffline, isSameUid, judgeStarted, presentCard, remember, tickCable } from './authorisation.ts'
import { dialects } from './dialects/index.ts'
import { boot, bootAnswered, bootFailed, goDown, losePower, planHeartbeat, powerOn, reset } from './lifecycle.ts'
import { setClock, socketClosed, socketOpen } from './lifecycle.ts'
import { nextSendAt, postpone, remove } from './outbox.ts'
import type { Answer, Car, Faults, Input, Message, Ms, Output, OutboxEntry, Payload, StationState } from './state.ts'
import { applyScheduled, releaseCable, reportStatuses } from './status.ts'
import { advance, end, nextIn, read, tickTransaction, update } from './transactions.ts'
import { between, change, changeEvse, evseOf, findEvse, numberSetting, say, stationTime, type Turn } from './turn.ts'

export interface StepResult {
  readonly state: StationState
  readonly outputs: readonly Output[]
}

/** A charging car or a filling battery is looked at so often, in ms; readings have their own interval. */
const lookEveryMs = 10_000

/**
 * The whole station: what it was and what happens to it give what it is and what it does. Pure; `at` is the true time,
 * of which the station's own clock may think otherwise.
 */
export function step(state: StationState, input: Input, at: Ms): StepResult {
  const turn: Turn = { state, at, dialect: dialects[state.protocol], outputs: [] }
  handle(turn, input)
  applyScheduled(turn)
  resetWhenIdle(turn)
  reportStatuses(turn)
  return { state: turn.state, outputs: turn.outputs }
}

function handle(turn: Turn, input: Input): void {
  switch (input.kind) {
    case 'tick':
      return tick(turn)
    case 'power-on':
      return powerOn(turn)
    case 'socket-open':
      return socketOpen(turn)
    case 'socket-closed':
      return socketClosed(turn)
    case 'plug':
      return plug(turn, input.evse, input.connector ?? 1, input.car ?? {})
    case 'unplug':
      return unplug(turn, input.evse)
    case 'card':
      if (findEvse(turn.state, input.evse) === undefined) return
      return presentCard(turn, input.evse, { uid: input.uid, type: input.type ?? 'ISO14443' })
    case 'call':
      return call(turn, input.action, input.payload)
    case 'answered':
      return answered(turn, input.entry, input.payload)
    case 'failed':
      return failed(turn, input.entry, input.why)
    case 'faults':
      return setFaults(turn, input.faults)
    case 'reboot':
      return losePower(turn)
  }
}

function tick(turn: Turn): void {
  const { state, at } = turn
  if (state.upAt !== undefined && state.upAt <= at) return powerOn(turn)
  if (state.downAt !== undefined && state.downAt <= at) return goDown(turn)
  if (state.power === 'off') return
  if (state.isConnected && state.nextBootAt !== undefined && state.nextBootAt <= at) boot(turn, state.bootReason)
  if (state.nextHeartbeatAt !== undefined && state.nextHeartbeatAt <= at) {
    planHeartbeat(turn)
    if (state.isConnected) say(turn, { kind: 'heartbeat' }, 'now')
  }
  for (const { spec } of state.evses) {
    tickCable(turn, spec.id)
    tickTransaction(turn, spec.id)
  }
  tickAligned(turn)
}

/** Readings at fixed times of day: within a transaction as its own, else as plain meter values. */
function tickAligned(turn: Turn): void {
  const { nextAlignedAt } = turn.state
  if (nextAlignedAt === undefined || nextAlignedAt > turn.at) return
  const stepMs = numberSetting(turn.state, 'alignedInterval') * 1000
  change(turn, { nextAlignedAt: stepMs > 0 ? nextIn(nextAlignedAt, stepMs, turn.at) : undefined })
  for (const { spec, transaction } of turn.state.evses) {
    const readings = read(turn, spec.id, 'Sample.Clock', 'alignedMeasurands')
    const [reading] = readings
    if (reading === undefined) continue
    if (transaction !== undefined) update(turn, spec.id, 'MeterValueClock', { readings })
    else say(turn, { kind: 'meter', evse: spec.id, transactionId: undefined, reading }, 'transaction')
  }
}

function plug(turn: Turn, evseId: number, connector: number, wishes: Partial<Car>): void {
  const evse = findEvse(turn.state, evseId)
  if (evse === undefined || evse.connector !== undefined || connector < 1 || connector > evse.spec.connectors) return
  const car: Car = { ...someCar(turn), ...wishes }
  changeEvse(turn, evseId, { connector, car, cableDeadline: undefined, countedAt: turn.at })
  if (turn.state.power === 'on') advance(turn, evseId, 'CablePluggedIn', evse.authorised?.remoteStartId)
}

function someCar(turn: Turn): Car {
  return {
    batteryWh: Math.round(between(turn, 40, 90)) * 1000,
    socPercent: Math.round(between(turn, 15, 60)),
    maxAcPowerW: between(turn, 0, 1) < 0.8 ? 11_000 : 7400,
    maxDcPowerW: Math.round(between(turn, 60, 170)) * 1000,
    phases: 3,
    wantsPercent: 100,
  }
}

function unplug(turn: Turn, evseId: number): void {
  if (findEvse(turn.state, evseId)?.connector === undefined) return
  if (turn.state.power === 'on') end(turn, evseId, 'EVCommunicationLost', 'EVDisconnected')
  releaseCable(turn, evseId)
}

function call(turn: Turn, action: string, payload: Payload): void {
  const handler = Object.hasOwn(turn.dialect.calls, action) ? turn.dialect.calls[action] : undefined
  if (handler === undefined) turn.outputs.push({ kind: 'not-supported' })
  else turn.outputs.push({ kind: 'answer', payload: handler(turn, payload) })
}

function answered(turn: Turn, entryId: number, payload: Payload): void {
  const entry = remove(turn, entryId)
  if (entry === undefined) return
  const answer = turn.dialect.read(entry.message, payload)
  if (answer.kind === 'boot') bootAnswered(turn, answer)
  if (answer.kind === 'heartbeat') setClock(turn, answer.serverTime)
  if (answer.kind === 'token') tokenAnswered(turn, entry.message, answer)
}

function tokenAnswered(turn: Turn, message: Message, answer: Extract<Answer, { kind: 'token' }>): void {
  if (message.kind === 'authorize') {
    const info = answer.token ?? { status: 'Invalid', groupUid: undefined }
    remember(turn, message.token, info)
    if (isStillAsked(turn, message.evse, message.token.uid)) decide(turn, message, info)
    return
  }
  if (message.kind !== 'transaction') return
  const { transactionId, event, token } = message
  if (event === 'Started' && answer.transactionNumber !== undefined) {
    change(turn, { numbers: { ...turn.state.numbers, [transactionId]: answer.transactionNumber } })
  }
  if (event === 'Ended') forgetNumber(turn, transactionId)
  else if (answer.token !== undefined && token !== undefined) judgeStarted(turn, transactionId, token, answer.token)
}

function isStillAsked(turn: Turn, evseId: number, uid: string): boolean {
  const { asking } = evseOf(turn, evseId)
  return asking !== undefined && isSameUid(asking.uid, uid)
}

function forgetNumber(turn: Turn, transactionId: string): void {
  const { [transactionId]: _, ...numbers } = turn.state.numbers
  change(turn, { numbers })
}

function failed(turn: Turn, entryId: number, why: 'no-reply' | 'refused' | 'unsent'): void {
  const entry = turn.state.outbox.find((candidate) => candidate.id === entryId)
  if (entry === undefined || why === 'unsent') return
  if (entry.lane === 'transaction') return failedTransaction(turn, entry)
  remove(turn, entryId)
  if (entry.message.kind === 'boot') bootFailed(turn)
  if (entry.message.kind === 'authorize') {
    if (why === 'no-reply') decideOffline(turn, entry.message)
    else decide(turn, entry.message, { status: 'Invalid', groupUid: undefined })
  }
}

function failedTransaction(turn: Turn, entry: OutboxEntry): void {
  const { message } = entry
  const isGone = postpone(turn, entry)
  if (isGone && message.kind === 'transaction' && message.event === 'Ended') forgetNumber(turn, message.transactionId)
}

function setFaults(turn: Turn, patch: Partial<Faults>): void {
  const before = turn.state.faults
  for (const { spec } of turn.state.evses) tickTransaction(turn, spec.id)
  change(turn, { faults: { ...before, ...patch }, clockSetAt: turn.at })
  const { faults } = turn.state
  for (const { spec } of turn.state.evses) {
    const { id } = spec
    tellProblem(turn, id, 'GroundFailure', before.groundFailure.includes(id), faults.groundFailure.includes(id))
    tellProblem(turn, id, 'ConnectorLockFailure', before.connectorLock.includes(id), faults.connectorLock.includes(id))
    if (faults.groundFailure.includes(id)) end(turn, id, 'AbnormalCondition', 'GroundFault')
    tickTransaction(turn, id)
  }
}

function tellProblem(turn: Turn, evse: number, code: string, was: boolean, is: boolean): void {
  if (was === is || !turn.dialect.tellsProblems || !turn.state.isConnected) return
  const eventId = turn.state.nextEventId
  change(turn, { nextEventId: eventId + 1 })
  const at = stationTime(turn.state, turn.at)
  say(turn, { kind: 'problem', evse, code, isCleared: !is, at, eventId }, 'now')
}

function resetWhenIdle(turn: Turn): void {
  const { state } = turn
  if (!state.resetWhenIdle || state.evses.some(({ transaction }) => transaction !== undefined)) return
  reset(turn, 'Reboot', 'ResetCommand', 'ScheduledReset')
}

/** When time alone will next change something; undefined: never. */
export function nextDue(state: StationState): Ms | undefined {
  const times = [state.upAt, state.downAt]
  if (state.power === 'on') {
    times.push(state.nextHeartbeatAt, state.nextAlignedAt, nextSendAt(state))
    if (state.isConnected) times.push(state.nextBootAt)
    for (const { cableDeadline, transaction, countedAt } of state.evses) {
      times.push(cableDeadline, transaction?.nextSampleAt, transaction?.nextEndedSampleAt)
      if (transaction?.chargingState === 'Charging') times.push(countedAt + lookEveryMs)
      if (transaction?.chargingState === 'EVConnected') times.push(transaction.energyFrom)
    }
  }
  return times.reduce(
    (least, time) => (time !== undefined && (least === undefined || time < least) ? time : least),
    undefined,
  )
}
