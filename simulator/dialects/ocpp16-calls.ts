import { boot, reset } from '../lifecycle.ts'
import * as remote from '../remote-control.ts'
import { type SettingKey, settingKeys, settingRows } from '../settings.ts'
import type { Payload } from '../state.ts'
import { levelOf, reportStatus, setAvailability } from '../status.ts'
import { change, say, textSetting, type Turn } from '../turn.ts'
import type { CallHandler } from './dialect.ts'
import { compact, items, part, someOrNone, text, texts, whole } from './payloads.ts'

/** What the central system may ask of a 1.6 station. */
export const calls: Readonly<Record<string, CallHandler>> = {
  RemoteStartTransaction: (turn, payload) => {
    // 1.6 names no kind of token, so that one made by the server is asked about like any other.
    const token = { uid: text(payload, 'idTag') ?? '', type: 'ISO14443' }
    const wish = { evse: whole(payload, 'connectorId'), token, groupUid: undefined, remoteStartId: undefined }
    return { status: remote.startRemotely(turn, wish).isAccepted ? 'Accepted' : 'Rejected' }
  },
  RemoteStopTransaction: (turn, payload) => {
    const number = whole(payload, 'transactionId')
    const isStopped = remote.stopRemotely(turn, ({ transaction }) => {
      return transaction !== undefined && turn.state.numbers[transaction.id] === number
    })
    return { status: isStopped ? 'Accepted' : 'Rejected' }
  },
  Reset: (turn, payload) => {
    const reason = text(payload, 'type') === 'Hard' ? 'HardReset' : 'SoftReset'
    reset(turn, reason, 'ResetCommand', 'RemoteReset')
    return { status: 'Accepted' }
  },
  UnlockConnector: (turn, payload) => {
    const result = remote.unlock(turn, whole(payload, 'connectorId') ?? 0, 1, true)
    return { status: result === 'Unlocked' || result === 'UnlockFailed' ? result : 'NotSupported' }
  },
  ChangeAvailability: (turn, payload) => {
    const connector = whole(payload, 'connectorId') ?? 0
    const level = levelOf(turn.state, connector, undefined)
    if (level === undefined) return { status: 'Rejected' }
    return { status: setAvailability(turn, level, text(payload, 'type') === 'Operative') }
  },
  TriggerMessage: trigger,
  GetConfiguration: getConfiguration,
  ChangeConfiguration: (turn, payload) => {
    const key = settingKeys.find((candidate) => settingRows[candidate].ocpp16 === text(payload, 'key'))
    if (key === undefined) return { status: 'NotSupported' }
    return { status: remote.writeSetting(turn, key, text(payload, 'value') ?? '') }
  },
  ClearCache: (turn) => {
    change(turn, { cache: {} })
    return { status: 'Accepted' }
  },
  GetLocalListVersion: (turn) => ({ listVersion: turn.state.localList.version }),
  SendLocalList: (turn, payload) => {
    const entries = items(payload, 'localAuthorizationList').map((entry) => {
      const info = part(entry, 'idTagInfo')
      const status = info === undefined ? undefined : (text(info, 'status') ?? 'Invalid')
      const groupUid = info === undefined ? undefined : text(info, 'parentIdTag')
      return { uid: text(entry, 'idTag') ?? '', info: status === undefined ? undefined : { status, groupUid } }
    })
    const isFull = text(payload, 'updateType') === 'Full'
    const version = whole(payload, 'listVersion') ?? 0
    return { status: remote.updateLocalList(turn, { version, isFull, entries, isVersionChecked: false }) }
  },
  DataTransfer: () => ({ status: 'UnknownVendorId' }),
}

function trigger(turn: Turn, payload: Payload): Payload {
  const connector = whole(payload, 'connectorId')
  if (connector !== undefined && levelOf(turn.state, connector, undefined) === undefined) return { status: 'Rejected' }
  switch (text(payload, 'requestedMessage')) {
    case 'BootNotification':
      boot(turn, 'Triggered')
      break
    case 'Heartbeat':
      say(turn, { kind: 'heartbeat' }, 'now', true)
      break
    case 'StatusNotification':
      triggerStatus(turn, connector)
      break
    case 'MeterValues':
      remote.sayMeter(turn, connector, 'sampledMeasurands')
      break
    case 'DiagnosticsStatusNotification':
      say(turn, { kind: 'raw', action: 'DiagnosticsStatusNotification', payload: { status: 'Idle' } }, 'now', true)
      break
    case 'FirmwareStatusNotification':
      say(turn, { kind: 'raw', action: 'FirmwareStatusNotification', payload: { status: 'Idle' } }, 'now', true)
      break
    case undefined:
    default:
      return { status: 'NotImplemented' }
  }
  return { status: 'Accepted' }
}

function triggerStatus(turn: Turn, connector: number | undefined): void {
  const places = connector === undefined ? [0, ...turn.state.evses.map(({ spec }) => spec.id)] : [connector]
  for (const place of places) reportStatus(turn, place, place === 0 ? 0 : 1, true)
}

function getConfiguration(turn: Turn, payload: Payload): Payload {
  const asked = texts(payload, 'key')
  const known: readonly Payload[] = [
    { key: 'NumberOfConnectors', readonly: true, value: `${turn.state.evses.length}` },
    ...settingKeys.flatMap((key) => configurationKey(turn, key)),
  ]
  if (asked.length === 0) return { configurationKey: known }
  return compact({
    configurationKey: someOrNone(known.filter(({ key }) => asked.includes(String(key)))),
    unknownKey: someOrNone(asked.filter((name) => !known.some(({ key }) => key === name))),
  })
}

function configurationKey(turn: Turn, key: SettingKey): readonly Payload[] {
  const row = settingRows[key]
  if (row.ocpp16 === undefined || row.isSecret === true) return []
  return [{ key: row.ocpp16, readonly: row.isReadonly === true, value: textSetting(turn.state, key) }]
}
