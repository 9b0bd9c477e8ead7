import { askFor, authorise } from './authorisation.ts'
import { planAligned, planHeartbeat } from './lifecycle.ts'
import { isValidSetting, type SettingKey, settingRows } from './settings.ts'
import type { EvseState, Token, TokenInfo } from './state.ts'
import { isUsable } from './status.ts'
import { changeTransaction, end, read, withdraw } from './transactions.ts'
import { change, findEvse, isSet, numberSetting, say, type Turn } from './turn.ts'

/** What the central system may ask for in every version; the dialects put it into their words. */

export interface RemoteStart {
  readonly evse: number | undefined
  readonly token: Token
  readonly groupUid: string | undefined
  readonly remoteStartId: number | undefined
}

export type RemoteStartResult =
  /** `transactionId`: one that the cable began already. */
  | { readonly isAccepted: true; readonly transactionId: string | undefined }
  /** A reason code as OCPP 2.x has them. */
  | { readonly isAccepted: false; readonly reason: string }

export function startRemotely(turn: Turn, wish: RemoteStart): RemoteStartResult {
  if (turn.state.registration !== 'Accepted') return { isAccepted: false, reason: 'CSNotAccepted' }
  const evse = wish.evse === undefined ? freeEvse(turn) : findEvse(turn.state, wish.evse)
  if (evse === undefined) return { isAccepted: false, reason: wish.evse === undefined ? 'NotFound' : 'UnknownEvse' }
  if (!isUsable(turn.state, evse)) return { isAccepted: false, reason: 'NotEnabledEvse' }
  if (!isFree(evse)) return { isAccepted: false, reason: 'TxInProgress' }
  const { id } = evse.spec
  const { token, groupUid, remoteStartId } = wish
  // Tokens of type Central are never authorised back (OCPP 2.0.1, C12).
  if (isSet(turn.state, 'authorizeRemote') && token.type !== 'Central')
    askFor(turn, id, token, 'remote-start', remoteStartId)
  else authorise(turn, id, { token, groupUid, remoteStartId })
  return { isAccepted: true, transactionId: evse.transaction?.id }
}

function isFree({ authorised, asking, transaction }: EvseState): boolean {
  return authorised === undefined && asking === undefined && transaction?.stopped === undefined
}

/** A remote start that names no EVSE: one with a car waiting, else any. */
function freeEvse(turn: Turn): EvseState | undefined {
  const free = turn.state.evses.filter((evse) => isFree(evse) && isUsable(turn.state, evse))
  return free.find(({ connector }) => connector !== undefined) ?? free[0]
}

/** Whether the transaction runs; then it is stopped. */
export function stopRemotely(turn: Turn, isMeant: (evse: EvseState) => boolean): boolean {
  const evse = turn.state.evses.find((candidate) => candidate.transaction !== undefined && isMeant(candidate))
  if (evse === undefined) return false
  withdraw(turn, evse.spec.id, 'RemoteStop', 'Remote')
  return true
}

export type UnlockResult = 'Unlocked' | 'UnlockFailed' | 'UnknownConnector' | 'OngoingAuthorizedTransaction'

/** `endsTransaction`: 1.6 ends what runs, 2.x refuses. The cable stays until somebody takes it out. */
export function unlock(turn: Turn, evseId: number, connector: number, endsTransaction: boolean): UnlockResult {
  const evse = findEvse(turn.state, evseId)
  if (evse === undefined || connector < 1 || connector > evse.spec.connectors) return 'UnknownConnector'
  if (evse.transaction !== undefined) {
    if (!endsTransaction) return 'OngoingAuthorizedTransaction'
    end(turn, evseId, 'UnlockCommand', 'UnlockCommand')
  }
  return turn.state.faults.connectorLock.includes(evseId) ? 'UnlockFailed' : 'Unlocked'
}

/** Sets one setting and does what follows from it at once. */
export function writeSetting(turn: Turn, key: SettingKey, value: string): 'Accepted' | 'Rejected' {
  const row = settingRows[key]
  if (row.isReadonly === true || !isValidSetting(row, value)) return 'Rejected'
  if (key === 'password') {
    if (value === '') return 'Rejected'
    turn.outputs.push({ kind: 'password', password: value })
    return 'Accepted'
  }
  change(turn, { settings: { ...turn.state.settings, [key]: value } })
  if (key === 'heartbeatInterval') planHeartbeat(turn)
  if (key === 'alignedInterval') planAligned(turn)
  if (key === 'sampleInterval') planSamples(turn)
  return 'Accepted'
}

function planSamples(turn: Turn): void {
  const seconds = numberSetting(turn.state, 'sampleInterval')
  for (const { spec } of turn.state.evses) {
    changeTransaction(turn, spec.id, { nextSampleAt: seconds > 0 ? turn.at + seconds * 1000 : undefined })
  }
}

/** Readings that were asked for, of one EVSE or of all. */
export function sayMeter(turn: Turn, evseId: number | undefined, key: 'sampledMeasurands' | 'alignedMeasurands'): void {
  for (const { spec, transaction } of turn.state.evses) {
    if (evseId !== undefined && evseId !== 0 && evseId !== spec.id) continue
    for (const reading of read(turn, spec.id, 'Trigger', key)) {
      say(turn, { kind: 'meter', evse: spec.id, transactionId: transaction?.id, reading }, 'now', true)
    }
  }
}

export interface ListUpdate {
  readonly version: number
  readonly isFull: boolean
  /** Without info: the entry is removed. */
  readonly entries: readonly { readonly uid: string; readonly info: TokenInfo | undefined }[]
  /** 2.x: a version that is not newer does not fit a differential update. */
  readonly isVersionChecked: boolean
}

export function updateLocalList(turn: Turn, update: ListUpdate): 'Accepted' | 'Failed' | 'VersionMismatch' {
  const { localList } = turn.state
  if (update.version <= 0) return 'Failed'
  if (update.isVersionChecked && !update.isFull && update.version <= localList.version) return 'VersionMismatch'
  const uids = update.entries.map(({ uid }) => uid.toLowerCase())
  if (new Set(uids).size !== uids.length) return 'Failed'
  const entries: Record<string, TokenInfo> = update.isFull ? {} : { ...localList.entries }
  for (const { uid, info } of update.entries) {
    if (info === undefined) delete entries[uid.toLowerCase()]
    else entries[uid.toLowerCase()] = info
  }
  change(turn, { localList: { version: update.version, entries } })
  return 'Accepted'
}
