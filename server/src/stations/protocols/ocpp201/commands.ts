import { never } from '../../../platform/index.ts'
import type { CommandAnswer, StationCommand } from '../../model.ts'
import { outcomeOf } from '../answers.ts'
import type { OutgoingCall, Payload, SettingsRequest } from '../contract.ts'
import { partsOf } from '../message-parts.ts'
import { listFacts2, listTo2, readList2 } from './local-list.ts'
import { tokenTo } from './tokens.ts'
import { targetOf, variablesRead } from './settings.ts'

/** What a version may name as the type of a token; anything else goes as Central, the type for tokens made by servers. */
export const tokenTypes201: ReadonlySet<string> = new Set([
  'Central',
  'eMAID',
  'ISO14443',
  'ISO15693',
  'KeyCode',
  'Local',
  'MacAddress',
  'NoAuthorization',
])

const messages = {
  boot: 'BootNotification',
  status: 'StatusNotification',
  heartbeat: 'Heartbeat',
  meter: 'MeterValues',
  firmware: 'FirmwareStatusNotification',
  log: 'LogStatusNotification',
} as const

export function commanderFor(tokenTypes: ReadonlySet<string>) {
  return (command: StationCommand, request: SettingsRequest): readonly OutgoingCall[] | 'not-supported' => {
    switch (command.kind) {
      case 'start-transaction':
        return one('RequestStartTransaction', {
          idToken: tokenTo(command.idToken, tokenTypes),
          remoteStartId: command.remoteStartId,
          evseId: command.evse,
        })
      case 'stop-transaction':
        return one('RequestStopTransaction', { transactionId: command.transactionNumber })
      case 'fetch-meter':
        // Within a transaction its own event is asked for; the meter itself answers between transactions too.
        return one('TriggerMessage', {
          requestedMessage: command.transactionNumber === undefined ? 'MeterValues' : 'TransactionEvent',
          evse: { id: command.evse },
        })
      case 'transaction-status':
        return one('GetTransactionStatus', { transactionId: command.transactionNumber })
      case 'unlock':
        return one('UnlockConnector', { evseId: command.evse, connectorId: command.connector })
      case 'set-availability':
        return one('ChangeAvailability', {
          operationalStatus: command.operative ? 'Operative' : 'Inoperative',
          ...(command.evse === undefined ? {} : { evse: placeTo(command.evse, command.connector) }),
        })
      case 'reset':
        return one('Reset', {
          type: command.how === 'hard' ? 'Immediate' : 'OnIdle',
          ...(command.evse === undefined ? {} : { evseId: command.evse }),
        })
      case 'trigger':
        return one('TriggerMessage', {
          requestedMessage: messages[command.message],
          ...(command.evse === undefined
            ? {}
            : { evse: triggerPlace(command.message, command.evse, command.connector) }),
        })
      case 'read-settings':
        return readSettings(command.names, request)
      case 'write-settings':
        return writeSettings(command.settings, request)
      case 'clear-cache':
        return one('ClearCache', {})
      case 'read-list':
        return readList2
      case 'send-list':
        return one('SendLocalList', listTo2(command, tokenTypes))
      case 'vendor-data':
        return one('DataTransfer', {
          vendorId: command.vendorId,
          ...(command.messageId === undefined ? {} : { messageId: command.messageId }),
          ...(command.content === undefined ? {} : { data: command.content }),
        })
      case 'raw-call':
        return one(command.action, command.payload as Payload)
      default:
        return never(command)
    }
  }
}

function one(action: string, payload: Payload): readonly OutgoingCall[] {
  return [{ action, payload }]
}

function placeTo(id: number, connectorId: number | undefined): Payload {
  return { id, ...(connectorId === undefined ? {} : { connectorId }) }
}

/** A status is a connector's (OCPP 2.0.1 part 2, F06.FR.12); all else is the EVSE's. */
function triggerPlace(message: keyof typeof messages, evse: number, connector: number | undefined): Payload {
  return message === 'status' ? placeTo(evse, connector ?? 1) : placeTo(evse, undefined)
}

function readSettings(names: readonly string[] | undefined, { requestId, limits }: SettingsRequest) {
  if (names === undefined) return one('GetBaseReport', { requestId, reportBase: 'FullInventory' })
  const targets = names.map(targetOf)
  if (targets.some((target) => target === undefined)) return 'not-supported' as const
  return partsOf(targets, limits).map((getVariableData) => ({ action: 'GetVariables', payload: { getVariableData } }))
}

function writeSettings(
  settings: readonly { readonly name: string; readonly value: string }[],
  { limits }: SettingsRequest,
) {
  const items = settings.map(({ name, value }) => {
    const target = targetOf(name)
    return target === undefined ? undefined : { ...target, attributeValue: value }
  })
  if (items.some((item) => item === undefined)) return 'not-supported' as const
  return partsOf(items, limits).map((setVariableData) => ({ action: 'SetVariables', payload: { setVariableData } }))
}

export function answerFrom2(command: StationCommand, payload: Payload): CommandAnswer {
  switch (command.kind) {
    case 'read-settings':
      return command.names === undefined ? outcomeOf(payload) : variablesRead(payload)
    case 'start-transaction': {
      const number = payload['transactionId']
      return { ...outcomeOf(payload), ...(typeof number === 'string' ? { transactionNumber: number } : {}) }
    }
    case 'transaction-status': {
      const said = payload as { readonly messagesInQueue: boolean; readonly ongoingIndicator?: boolean }
      return {
        outcome: 'accepted',
        raw: payload,
        messagesInQueue: said.messagesInQueue,
        ...(said.ongoingIndicator === undefined ? {} : { ongoing: said.ongoingIndicator }),
      }
    }
    case 'read-list':
      return listFacts2(payload)
    default:
      return outcomeOf(payload)
  }
}
