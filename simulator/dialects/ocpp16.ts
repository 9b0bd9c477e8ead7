import type { Answer, Message, Payload, Reading, StationState, StoppedReason, TransactionMessage } from '../state.ts'
import { meterValueOf } from './meter-value.ts'
import type { Call, Dialect } from './dialect.ts'
import { calls } from './ocpp16-calls.ts'
import { compact, part, someOrNone, text, time, timestamp, whole } from './payloads.ts'

/** OCPP 1.6 J. Connector n is EVSE n. */
export const ocpp16: Dialect = {
  protocol: 'ocpp1.6',
  status: (status) => status,
  tellsStationStatus: true,
  tellsProblems: false,
  says,
  render,
  read,
  calls,
}

/** What a station says of a transaction whose start was never answered (OCPP 1.6 errata). */
const unknownTransaction = -1

const reasons: Readonly<Record<StoppedReason, string>> = {
  DeAuthorized: 'DeAuthorized',
  EVDisconnected: 'EVDisconnected',
  GroundFault: 'Other',
  HardReset: 'HardReset',
  ImmediateReset: 'HardReset',
  Local: 'Local',
  Other: 'Other',
  PowerLoss: 'PowerLoss',
  Reboot: 'SoftReset',
  Remote: 'Remote',
  SoftReset: 'SoftReset',
  Timeout: 'Other',
  UnlockCommand: 'UnlockCommand',
}

/** 1.6 has no event for a change of state: the connector's status says it. */
function says(message: Message): boolean {
  if (message.kind === 'problem') return false
  return message.kind !== 'transaction' || message.event !== 'Updated' || message.readings.length > 0
}

function render(message: Message, state: StationState): Call {
  switch (message.kind) {
    case 'boot':
      return {
        action: 'BootNotification',
        payload: {
          chargePointVendor: state.vendor.slice(0, 20),
          chargePointModel: state.model.slice(0, 20),
          chargePointSerialNumber: state.serial.slice(0, 25),
          firmwareVersion: state.firmware.slice(0, 50),
        },
      }
    case 'heartbeat':
      return { action: 'Heartbeat', payload: {} }
    case 'status':
      return {
        action: 'StatusNotification',
        payload: {
          connectorId: message.evse,
          status: message.status,
          errorCode: message.errorCode ?? 'NoError',
          timestamp: timestamp(message.at),
        },
      }
    case 'authorize':
      return { action: 'Authorize', payload: { idTag: message.token.uid } }
    case 'transaction':
      return renderTransaction(message, state)
    case 'meter':
      return meterValues(message.evse, state, message.transactionId, [message.reading])
    case 'raw':
      return { action: message.action, payload: message.payload }
    case 'problem':
      throw new Error('OCPP 1.6 has no message for a problem')
  }
}

function renderTransaction(message: TransactionMessage, state: StationState): Call {
  switch (message.event) {
    case 'Started':
      return {
        action: 'StartTransaction',
        payload: {
          connectorId: message.evse,
          idTag: message.token?.uid ?? '',
          meterStart: message.registerWh,
          timestamp: timestamp(message.at),
        },
      }
    case 'Updated':
      return meterValues(message.evse, state, message.transactionId, message.readings)
    case 'Ended':
      return {
        action: 'StopTransaction',
        payload: compact({
          transactionId: state.numbers[message.transactionId] ?? unknownTransaction,
          meterStop: message.registerWh,
          timestamp: timestamp(message.at),
          idTag: message.token?.uid,
          reason: message.stoppedReason === undefined ? undefined : reasons[message.stoppedReason],
          transactionData: someOrNone(message.readings.map(meterValue)),
        }),
      }
  }
}

function meterValues(
  connectorId: number,
  state: StationState,
  transactionId: string | undefined,
  readings: readonly Reading[],
): Call {
  const number = transactionId === undefined ? undefined : (state.numbers[transactionId] ?? unknownTransaction)
  const payload = compact({ connectorId, transactionId: number, meterValue: readings.map(meterValue) })
  return { action: 'MeterValues', payload }
}

const meterValue = (reading: Reading): Payload =>
  meterValueOf(reading, (amount, unit) => ({ value: `${amount}`, unit }))

function read(message: Message, payload: Payload): Answer {
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
  const info = part(payload, 'idTagInfo')
  const token =
    info === undefined ? undefined : { status: text(info, 'status') ?? 'Invalid', groupUid: text(info, 'parentIdTag') }
  return { kind: 'token', token, transactionNumber: whole(payload, 'transactionId') }
}
