import { boot, reset } from '../lifecycle.ts'
import { isQueued } from '../outbox.ts'
import * as remote from '../remote-control.ts'
import type { Payload, Token } from '../state.ts'
import { levelOf, reportStatus, setAvailability } from '../status.ts'
import { countNow, read, update } from '../transactions.ts'
import { change, say, stationTime, type Turn } from '../turn.ts'
import type { CallHandler } from './dialect.ts'
import { getVariables, isSameComponent, named, reportLine, setVariables, variablesOf } from './ocpp2-variables.ts'
import { compact, items, part, text, timestamp, whole } from './payloads.ts'

/** Lines of a report that go into one message. */
const linesPerReport = 20

/** What the central system may ask of a 2.x station. */
export const calls: Readonly<Record<string, CallHandler>> = {
  RequestStartTransaction: requestStart,
  RequestStopTransaction: (turn, payload) => {
    const id = text(payload, 'transactionId')
    const isStopped = remote.stopRemotely(turn, ({ transaction }) => transaction?.id === id)
    return isStopped ? { status: 'Accepted' } : refused('TxNotFound')
  },
  GetTransactionStatus: (turn, payload) => {
    const id = text(payload, 'transactionId')
    const messagesInQueue = isQueued(turn.state, id)
    if (id === undefined) return { messagesInQueue }
    return { ongoingIndicator: turn.state.evses.some(({ transaction }) => transaction?.id === id), messagesInQueue }
  },
  Reset: resetStation,
  UnlockConnector: (turn, payload) => {
    return { status: remote.unlock(turn, whole(payload, 'evseId') ?? 0, whole(payload, 'connectorId') ?? 0, false) }
  },
  ChangeAvailability: (turn, payload) => {
    const evse = part(payload, 'evse')
    const connector = evse === undefined ? undefined : whole(evse, 'connectorId')
    const level = levelOf(turn.state, evse === undefined ? 0 : (whole(evse, 'id') ?? 0), connector)
    if (level === undefined) return refused('UnknownEvse')
    return { status: setAvailability(turn, level, text(payload, 'operationalStatus') === 'Operative') }
  },
  TriggerMessage: trigger,
  GetVariables: getVariables,
  SetVariables: setVariables,
  GetBaseReport: baseReport,
  GetReport: report,
  ClearCache: (turn) => {
    change(turn, { cache: {} })
    return { status: 'Accepted' }
  },
  GetLocalListVersion: (turn) => ({ versionNumber: turn.state.localList.version }),
  SendLocalList: sendLocalList,
  CostUpdated: () => ({}),
  DataTransfer: () => ({ status: 'UnknownVendorId' }),
}

function refused(reasonCode: string): Payload {
  return { status: 'Rejected', statusInfo: { reasonCode } }
}

function tokenOf(payload: Payload | undefined): Token {
  if (payload === undefined) return { uid: '', type: 'Central' }
  return { uid: text(payload, 'idToken') ?? '', type: text(payload, 'type') ?? 'Central' }
}

function requestStart(turn: Turn, payload: Payload): Payload {
  const group = part(payload, 'groupIdToken')
  const result = remote.startRemotely(turn, {
    evse: whole(payload, 'evseId'),
    token: tokenOf(part(payload, 'idToken')),
    groupUid: group === undefined ? undefined : text(group, 'idToken'),
    remoteStartId: whole(payload, 'remoteStartId'),
  })
  if (!result.isAccepted) return refused(result.reason)
  return compact({ status: 'Accepted', transactionId: result.transactionId })
}

function resetStation(turn: Turn, payload: Payload): Payload {
  const type = text(payload, 'type')
  // A single EVSE cannot be reset here, and nothing can be resumed (2.1 ImmediateAndResume).
  if (whole(payload, 'evseId') !== undefined || (type !== 'Immediate' && type !== 'OnIdle'))
    return refused('UnsupportedRequest')
  const isBusy = turn.state.evses.some(({ transaction }) => transaction !== undefined)
  if (type === 'OnIdle' && isBusy) {
    change(turn, { resetWhenIdle: true })
    return { status: 'Scheduled' }
  }
  reset(turn, 'ImmediateReset', 'ResetCommand', 'RemoteReset')
  return { status: 'Accepted' }
}

function trigger(turn: Turn, payload: Payload): Payload {
  const place = part(payload, 'evse')
  const evse = place === undefined ? undefined : whole(place, 'id')
  const connector = place === undefined ? undefined : whole(place, 'connectorId')
  if (evse !== undefined && evse !== 0 && levelOf(turn.state, evse, connector) === undefined)
    return refused('UnknownEvse')
  const accepted = { status: 'Accepted' }
  switch (text(payload, 'requestedMessage')) {
    case 'BootNotification':
      // Once accepted there is nothing to boot for (OCPP 2.0.1, F06.FR.17).
      if (turn.state.registration === 'Accepted') return refused('NotEnabled')
      boot(turn, 'Triggered')
      return accepted
    case 'Heartbeat':
      say(turn, { kind: 'heartbeat' }, 'now', true)
      return accepted
    case 'StatusNotification':
      if (evse === undefined || connector === undefined) return refused('MissingParam')
      reportStatus(turn, evse, connector, true)
      return accepted
    case 'MeterValues':
      remote.sayMeter(turn, evse, 'alignedMeasurands')
      return accepted
    case 'TransactionEvent':
      return triggerTransaction(turn, evse) ? accepted : refused('TxNotFound')
    case 'LogStatusNotification':
      say(turn, { kind: 'raw', action: 'LogStatusNotification', payload: { status: 'Idle' } }, 'now', true)
      return accepted
    case 'FirmwareStatusNotification':
      say(turn, { kind: 'raw', action: 'FirmwareStatusNotification', payload: { status: 'Idle' } }, 'now', true)
      return accepted
    case undefined:
    default:
      return { status: 'NotImplemented' }
  }
}

function triggerTransaction(turn: Turn, evseId: number | undefined): boolean {
  const running = turn.state.evses.filter(({ spec, transaction }) => {
    return transaction !== undefined && (evseId === undefined || evseId === 0 || evseId === spec.id)
  })
  for (const { spec } of running) {
    countNow(turn, spec.id)
    update(turn, spec.id, 'Trigger', { readings: read(turn, spec.id, 'Trigger', 'sampledMeasurands') })
  }
  return running.length > 0
}

function baseReport(turn: Turn, payload: Payload): Payload {
  const base = text(payload, 'reportBase')
  if (base === 'SummaryInventory') return { status: 'NotSupported' }
  const isFull = base === 'FullInventory'
  const lines = variablesOf(turn.state, turn.at).filter((variable) => isFull || variable.mutability !== 'ReadOnly')
  sayReport(turn, whole(payload, 'requestId') ?? 0, lines.map(reportLine))
  return { status: 'Accepted' }
}

/** A report on named components and variables; criteria (problems, enabled parts) are not kept by this station. */
function report(turn: Turn, payload: Payload): Payload {
  if (items(payload, 'componentCriteria').length > 0) return { status: 'NotSupported' }
  const asked = items(payload, 'componentVariable').map(named)
  const lines = variablesOf(turn.state, turn.at).filter((variable) => {
    return (
      asked.length === 0 ||
      asked.some((place) => {
        const isVariable = place.variable === '' || place.variable.toLowerCase() === variable.variable.toLowerCase()
        const isComponent =
          place.evse === undefined ? place.component === variable.component : isSameComponent(place, variable)
        return isVariable && isComponent
      })
    )
  })
  if (lines.length === 0) return { status: 'EmptyResultSet' }
  sayReport(turn, whole(payload, 'requestId') ?? 0, lines.map(reportLine))
  return { status: 'Accepted' }
}

function sayReport(turn: Turn, requestId: number, lines: readonly Payload[]): void {
  for (let seqNo = 0; seqNo * linesPerReport < lines.length; seqNo += 1) {
    const reportData = lines.slice(seqNo * linesPerReport, (seqNo + 1) * linesPerReport)
    const tbc = (seqNo + 1) * linesPerReport < lines.length
    const generatedAt = timestamp(stationTime(turn.state, turn.at))
    const payload = { requestId, generatedAt, seqNo, tbc, reportData }
    say(turn, { kind: 'raw', action: 'NotifyReport', payload }, 'now', true)
  }
}

function sendLocalList(turn: Turn, payload: Payload): Payload {
  const entries = items(payload, 'localAuthorizationList').map((entry) => {
    const info = part(entry, 'idTokenInfo')
    const group = info === undefined ? undefined : part(info, 'groupIdToken')
    const groupUid = group === undefined ? undefined : text(group, 'idToken')
    return {
      uid: tokenOf(part(entry, 'idToken')).uid,
      info: info === undefined ? undefined : { status: text(info, 'status') ?? 'Invalid', groupUid },
    }
  })
  const isFull = text(payload, 'updateType') === 'Full'
  const version = whole(payload, 'versionNumber') ?? 0
  return { status: remote.updateLocalList(turn, { version, isFull, entries, isVersionChecked: true }) }
}
