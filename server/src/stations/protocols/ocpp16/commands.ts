import { never } from '../../../platform/index.ts'
import type { CommandAnswer, StationCommand } from '../../model.ts'
import { outcomeOf, textOf } from '../answers.ts'
import { listFacts16, listTo16, readList16 } from './local-list.ts'
import type { OutgoingCall, Payload, SettingsRequest } from '../contract.ts'
import { partsOf } from '../message-parts.ts'

const ID_TAG_LENGTH = 20
const INT32 = 2 ** 31

const triggers = {
  boot: 'BootNotification',
  status: 'StatusNotification',
  heartbeat: 'Heartbeat',
  meter: 'MeterValues',
  firmware: 'FirmwareStatusNotification',
  log: 'DiagnosticsStatusNotification',
} as const

export function commandTo16(
  command: StationCommand,
  { limits }: SettingsRequest,
): readonly OutgoingCall[] | 'not-supported' {
  switch (command.kind) {
    case 'start-transaction':
      if (command.idToken.uid.length > ID_TAG_LENGTH) return 'not-supported'
      return one('RemoteStartTransaction', { idTag: command.idToken.uid, connectorId: command.evse })
    case 'stop-transaction': {
      const transactionId = Number(command.transactionNumber)
      if (!Number.isInteger(transactionId) || Math.abs(transactionId) >= INT32) return 'not-supported'
      return one('RemoteStopTransaction', { transactionId })
    }
    case 'fetch-meter':
      return one('TriggerMessage', { requestedMessage: 'MeterValues', connectorId: command.evse })
    case 'transaction-status':
      return 'not-supported'
    case 'unlock':
      return one('UnlockConnector', { connectorId: command.evse })
    case 'set-availability':
      return one('ChangeAvailability', {
        connectorId: command.evse ?? 0,
        type: command.operative ? 'Operative' : 'Inoperative',
      })
    case 'reset':
      if (command.evse !== undefined) return 'not-supported'
      return one('Reset', { type: command.how === 'hard' ? 'Hard' : 'Soft' })
    case 'trigger':
      return one('TriggerMessage', {
        requestedMessage: triggers[command.message],
        ...(command.evse === undefined ? {} : { connectorId: command.evse }),
      })
    case 'read-settings':
      if (command.names === undefined) return one('GetConfiguration', {})
      return partsOf(command.names, limits).map((key) => ({ action: 'GetConfiguration', payload: { key } }))
    case 'write-settings':
      return command.settings.map(({ name, value }) => ({
        action: 'ChangeConfiguration',
        payload: { key: name, value },
      }))
    case 'clear-cache':
      return one('ClearCache', {})
    case 'read-list':
      return readList16
    case 'send-list':
      return one('SendLocalList', listTo16(command))
    case 'vendor-data':
      return one('DataTransfer', {
        vendorId: command.vendorId,
        ...(command.messageId === undefined ? {} : { messageId: command.messageId }),
        // 1.6 carries a text here; anything else travels as its JSON.
        ...(command.content === undefined ? {} : { data: textOf(command.content) }),
      })
    case 'raw-call':
      return one(command.action, command.payload as Payload)
    default:
      return never(command)
  }
}

function one(action: string, payload: Payload): readonly OutgoingCall[] {
  return [{ action, payload }]
}

export function answerFrom16(command: StationCommand, payload: Payload): CommandAnswer {
  if (command.kind === 'read-settings') return settingsFrom(payload)
  if (command.kind === 'read-list') return listFacts16(payload)
  return outcomeOf(payload)
}

function settingsFrom(payload: Payload): CommandAnswer {
  const said = payload as {
    readonly configurationKey?: readonly { readonly key: string; readonly readonly: boolean; readonly value?: string }[]
  }
  const settings = (said.configurationKey ?? []).map(({ key, value, readonly }) => ({
    name: key,
    ...(value === undefined ? {} : { value }),
    readonly,
  }))
  return { outcome: 'accepted', raw: payload, settings }
}
