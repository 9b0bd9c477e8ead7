import type {
  Answer,
  ConnectorStatus,
  Message,
  Payload,
  Reading,
  StationState,
  StoppedReason,
  Token,
  TransactionMessage,
} from '../state.ts'
import { meterValueOf } from './meter-value.ts'
import type { Call } from './dialect.ts'
import { compact, part, someOrNone, text, time, timestamp, whole } from './payloads.ts'

/** What 2.0.1 and 2.1 have in common: the words of all reports, but for those of connector states. */

const reasons: Readonly<Record<StoppedReason, string>> = {
  DeAuthorized: 'DeAuthorized',
  EVDisconnected: 'EVDisconnected',
  GroundFault: 'GroundFault',
  HardReset: 'ImmediateReset',
  ImmediateReset: 'ImmediateReset',
  Local: 'Local',
  Other: 'Other',
  PowerLoss: 'PowerLoss',
  Reboot: 'Reboot',
  Remote: 'Remote',
  SoftReset: 'Reboot',
  Timeout: 'Timeout',
  UnlockCommand: 'Other',
}

/** 2.x knows only whether a cable is in; everything between is the transaction's matter. */
export function connectorStatus(status: ConnectorStatus, isPlugged: boolean): string {
  if (status === 'Unavailable' || status === 'Faulted') return status
  return isPlugged ? 'Occupied' : 'Available'
}

export function render(message: Message, state: StationState): Call {
  switch (message.kind) {
    case 'boot':
      return {
        action: 'BootNotification',
        payload: {
          reason: message.reason,
          chargingStation: {
            vendorName: state.vendor.slice(0, 50),
            model: state.model.slice(0, 20),
            serialNumber: state.serial.slice(0, 25),
            firmwareVersion: state.firmware.slice(0, 50),
          },
        },
      }
    case 'heartbeat':
      return { action: 'Heartbeat', payload: {} }
    case 'status':
      return {
        action: 'StatusNotification',
        payload: {
          timestamp: timestamp(message.at),
          connectorStatus: connectorStatus(message.status, message.isPlugged),
          evseId: message.evse,
          connectorId: message.connector,
        },
      }
    case 'authorize':
      return { action: 'Authorize', payload: { idToken: idToken(message.token) } }
    case 'transaction':
      return { action: 'TransactionEvent', payload: transactionEvent(message) }
    case 'meter':
      return { action: 'MeterValues', payload: { evseId: message.evse, meterValue: [meterValue(message.reading)] } }
    case 'problem':
      return { action: 'NotifyEvent', payload: problemEvent(message) }
    case 'raw':
      return { action: message.action, payload: message.payload }
  }
}

function transactionEvent(message: TransactionMessage): Payload {
  const { evse, connector } = message
  return compact({
    eventType: message.event,
    timestamp: timestamp(message.at),
    triggerReason: message.trigger,
    seqNo: message.seqNo,
    offline: message.isOffline ? true : undefined,
    transactionInfo: compact({
      transactionId: message.transactionId,
      chargingState: message.chargingState,
      stoppedReason: message.stoppedReason === undefined ? undefined : reasons[message.stoppedReason],
      remoteStartId: message.remoteStartId,
    }),
    evse: message.tellsEvse ? compact({ id: evse, connectorId: connector }) : undefined,
    idToken: message.token === undefined ? undefined : idToken(message.token),
    meterValue: someOrNone(message.readings.map(meterValue)),
  })
}

function idToken({ uid, type }: Token): Payload {
  return { idToken: uid, type }
}

const meterValue = (reading: Reading): Payload =>
  meterValueOf(reading, (amount, unit) => ({ value: amount, unitOfMeasure: { unit } }))

function problemEvent(message: Extract<Message, { kind: 'problem' }>): Payload {
  const isLock = message.code === 'ConnectorLockFailure'
  return notifyEvent(message.at, {
    eventId: message.eventId,
    timestamp: timestamp(message.at),
    trigger: 'Alerting',
    actualValue: message.isCleared ? 'false' : 'true',
    cleared: message.isCleared,
    techInfo: message.code,
    eventNotificationType: 'HardWiredNotification',
    component: isLock
      ? { name: 'ConnectorPlugRetentionLock', evse: { id: message.evse, connectorId: 1 } }
      : { name: 'ElectricalFeed', evse: { id: message.evse } },
    variable: { name: 'Problem' },
  })
}

export function notifyEvent(at: number, event: Payload): Payload {
  return { generatedAt: timestamp(at), seqNo: 0, tbc: false, eventData: [event] }
}

export function read(message: Message, payload: Payload): Answer {
  if (message.kind === 'boot') {
    const status = text(payload, 'status')
    return {
      kind: 'boot',
      status: status === 'Accepted' || status === 'Pending' ? status : 'Rejected',
      intervalSeconds: whole(payload, 'interval') ?? 0,
      serverTime: time(payload, 'currentTime'),
    }
  }
  if (message.kind === 'heartbeat') return { kind: 'heartbeat', serverTime: time(payload, 'currentTime') }
  if (message.kind !== 'authorize' && message.kind !== 'transaction') return { kind: 'noted' }
  const info = part(payload, 'idTokenInfo')
  const group = info === undefined ? undefined : part(info, 'groupIdToken')
  const groupUid = group === undefined ? undefined : text(group, 'idToken')
  const token = info === undefined ? undefined : { status: text(info, 'status') ?? 'Invalid', groupUid }
  return { kind: 'token', token, transactionNumber: undefined }
}
