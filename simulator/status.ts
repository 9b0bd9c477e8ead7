import type { ConnectorStatus, EvseState, StationState } from './state.ts'
import { change, changeEvse, evseOf, findEvse, isOnline, say, stationTime, type Turn } from './turn.ts'

/** What a connector is, in the words of 1.6. */
export function statusOf(state: StationState, evse: EvseState, connector: number): ConnectorStatus {
  const { id } = evse.spec
  if (state.faults.groundFailure.includes(id)) return 'Faulted'
  const levels = ['station', `${id}`, `${id}.${connector}`]
  const inUse = evse.connector ?? 1
  if (evse.transaction === undefined && levels.some((level) => state.inoperative.includes(level))) return 'Unavailable'
  if (connector !== inUse) return 'Available'
  const { transaction } = evse
  if (transaction !== undefined) return transaction.stopped === undefined ? flow(evse) : 'Finishing'
  if (evse.isFinishing && evse.authorised === undefined && evse.asking === undefined) return 'Finishing'
  return evse.connector !== undefined || evse.authorised !== undefined ? 'Preparing' : 'Available'
}

function flow({ transaction }: EvseState): ConnectorStatus {
  const chargingState = transaction?.chargingState ?? 'Idle'
  return chargingState === 'Idle' || chargingState === 'EVConnected' ? 'Preparing' : chargingState
}

/** Tells every state that reads differently from what was told last. While offline nothing is told, and nothing kept. */
export function reportStatuses(turn: Turn): void {
  if (!isOnline(turn.state)) return
  if (turn.dialect.tellsStationStatus) reportStatus(turn, 0, 0, false)
  for (const { spec } of turn.state.evses) {
    for (let connector = 1; connector <= spec.connectors; connector += 1) reportStatus(turn, spec.id, connector, false)
  }
}

/** `isAskedFor`: told even if nothing changed, and before the station is accepted. */
export function reportStatus(turn: Turn, evseId: number, connector: number, isAskedFor: boolean): void {
  const { state } = turn
  const evse = findEvse(state, evseId)
  const status = evse === undefined ? stationStatus(state) : statusOf(state, evse, connector)
  const isPlugged = evse?.connector === connector
  const errorCode = errorCodeOf(state, evseId)
  const told = `${turn.dialect.status(status, isPlugged)} ${errorCode ?? ''}`
  const place = `${evseId}.${connector}`
  if (!isAskedFor && state.reported[place] === told) return
  change(turn, { reported: { ...state.reported, [place]: told } })
  const at = stationTime(state, turn.at)
  say(
    turn,
    { kind: 'status', evse: evseId, connector, status, isPlugged, errorCode, at, isAskedFor },
    'now',
    isAskedFor,
  )
}

function stationStatus(state: StationState): ConnectorStatus {
  return state.inoperative.includes('station') ? 'Unavailable' : 'Available'
}

function errorCodeOf({ faults }: StationState, evse: number): string | undefined {
  if (faults.groundFailure.includes(evse)) return 'GroundFailure'
  return faults.connectorLock.includes(evse) ? 'ConnectorLockFailure' : undefined
}

/** The level of an availability order: the station, an EVSE or a connector. Undefined: there is no such thing. */
export function levelOf(state: StationState, evseId: number, connector: number | undefined): string | undefined {
  if (evseId === 0) return 'station'
  const evse = findEvse(state, evseId)
  if (evse === undefined) return undefined
  if (connector === undefined) return `${evseId}`
  return connector >= 1 && connector <= evse.spec.connectors ? `${evseId}.${connector}` : undefined
}

/** Sets a level in or out of service: at once, or when the transactions it touches have ended. */
export function setAvailability(turn: Turn, level: string, isOperative: boolean): 'Accepted' | 'Scheduled' {
  const scheduled = turn.state.scheduled.filter((wish) => wish.level !== level)
  if (!isOperative && isBusy(turn.state, level)) {
    change(turn, { scheduled: [...scheduled, { level, isOperative }] })
    return 'Scheduled'
  }
  const others = turn.state.inoperative.filter((entry) => entry !== level)
  change(turn, { scheduled, inoperative: isOperative ? others : [...others, level] })
  return 'Accepted'
}

/** Carries out what was scheduled and is no longer hindered. */
export function applyScheduled(turn: Turn): void {
  for (const { level, isOperative } of turn.state.scheduled) {
    if (!isBusy(turn.state, level)) setAvailability(turn, level, isOperative)
  }
}

function isBusy(state: StationState, level: string): boolean {
  return state.evses.some(
    ({ spec, transaction }) =>
      transaction !== undefined && (level === 'station' || level.split('.')[0] === `${spec.id}`),
  )
}

/** Whether a session may begin on this EVSE at all. */
export function isUsable(state: StationState, evse: EvseState): boolean {
  const levels = ['station', `${evse.spec.id}`, `${evse.spec.id}.${evse.connector ?? 1}`]
  return (
    state.power === 'on' &&
    state.downAt === undefined &&
    !state.faults.groundFailure.includes(evse.spec.id) &&
    !state.faults.connectorLock.includes(evse.spec.id) &&
    !levels.some((level) => state.inoperative.includes(level))
  )
}

/** The cable has been taken out, or the lock let it go. */
export function releaseCable(turn: Turn, evseId: number): void {
  if (evseOf(turn, evseId).connector === undefined) return
  changeEvse(turn, evseId, { connector: undefined, car: undefined, isFinishing: false, powerW: 0 })
}
