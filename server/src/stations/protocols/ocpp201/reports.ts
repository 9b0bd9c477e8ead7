import type { Request } from '../../../../../ocpp/index.ts'
import type {
  ChargingState,
  EvseStatusReport,
  MeterReading,
  ReportBody,
  StopReason,
  TransactionReport,
  TransactionTrigger,
} from '../../model.ts'
import type { Incoming, Payload } from '../contract.ts'
import { contextFrom, readingsOfMoments, type Sample } from '../meter-readings.ts'
import { securityEvent } from '../security-events.ts'
import { instantOr } from '../times.ts'
import { bodiesOfEvents, statusFrom } from './events.ts'
import { settingsPart } from './settings.ts'

type Reader = (payload: Payload, receivedAt: Temporal.Instant) => Incoming

const readers: Readonly<Record<string, Reader>> = {
  Heartbeat: () => ({ kind: 'heartbeat' }),
  Authorize: (payload) => ({
    kind: 'authorize',
    idToken: tokenFrom((payload as unknown as Request<'ocpp2.0.1', 'Authorize'>).idToken),
  }),
  BootNotification: (payload) => one(booted(payload as unknown as Request<'ocpp2.0.1', 'BootNotification'>)),
  StatusNotification: (payload, receivedAt) =>
    one(status(payload as unknown as Request<'ocpp2.0.1', 'StatusNotification'>, receivedAt)),
  TransactionEvent: (payload, receivedAt) =>
    one(transaction(payload as unknown as Request<'ocpp2.0.1', 'TransactionEvent'>, receivedAt)),
  MeterValues: (payload, receivedAt) =>
    one(metered(payload as unknown as Request<'ocpp2.0.1', 'MeterValues'>, receivedAt)),
  NotifyEvent: (payload, receivedAt) => ({ kind: 'reports', bodies: bodiesOfEvents(payload, receivedAt) }),
  NotifyReport: settingsPart,
  SecurityEventNotification: (payload, receivedAt) => one(securityEvent(payload, receivedAt)),
}

export function reportFrom2(action: string, payload: Payload, receivedAt: Temporal.Instant): Incoming {
  const reader = Object.hasOwn(readers, action) ? readers[action] : undefined
  return reader === undefined ? one({ kind: 'recorded', what: action, content: payload }) : reader(payload, receivedAt)
}

function one(body: ReportBody): Incoming {
  return { kind: 'reports', bodies: [body] }
}

function tokenFrom(said: { readonly idToken: string; readonly type: string }): { uid: string; type: string } {
  return { uid: said.idToken, type: said.type }
}

function booted(boot: Request<'ocpp2.0.1', 'BootNotification'>): ReportBody {
  const station = boot.chargingStation
  return {
    kind: 'booted',
    vendor: station.vendorName,
    model: station.model,
    reason: boot.reason,
    ...(station.serialNumber === undefined ? {} : { serial: station.serialNumber }),
    ...(station.firmwareVersion === undefined ? {} : { firmware: station.firmwareVersion }),
    ...(station.modem?.iccid === undefined ? {} : { iccid: station.modem.iccid }),
    ...(station.modem?.imsi === undefined ? {} : { imsi: station.modem.imsi }),
  }
}

function status(said: Request<'ocpp2.0.1', 'StatusNotification'>, receivedAt: Temporal.Instant): EvseStatusReport {
  return {
    kind: 'evse-status',
    evse: said.evseId,
    connector: said.connectorId,
    status: statusFrom(said.connectorStatus) ?? 'unavailable',
    reportedAt: instantOr(said.timestamp, receivedAt),
  }
}

const kinds = {
  Started: 'transaction-started',
  Updated: 'transaction-updated',
  Ended: 'transaction-ended',
} as const

const triggers: Readonly<Record<string, TransactionTrigger>> = {
  Authorized: 'authorized',
  Deauthorized: 'deauthorized',
  StopAuthorized: 'stop-authorized',
  CablePluggedIn: 'cable-plugged-in',
  EVConnectTimeout: 'ev-connect-timeout',
  ChargingStateChanged: 'charging-state-changed',
  MeterValuePeriodic: 'meter-value',
  MeterValueClock: 'meter-value',
  RemoteStart: 'remote-start',
  RemoteStop: 'remote-stop',
  Trigger: 'trigger',
  TxResumed: 'resumed',
}

const chargingStates: Readonly<Record<string, ChargingState>> = {
  Idle: 'idle',
  EVConnected: 'ev-connected',
  Charging: 'charging',
  SuspendedEV: 'suspended-ev',
  SuspendedEVSE: 'suspended-evse',
}

const stopReasons: Readonly<Record<string, StopReason>> = {
  DeAuthorized: 'deauthorized',
  EmergencyStop: 'emergency-stop',
  EnergyLimitReached: 'energy-limit-reached',
  CostLimitReached: 'cost-limit-reached',
  EVDisconnected: 'ev-disconnected',
  GroundFault: 'fault',
  ImmediateReset: 'reset',
  Local: 'local',
  LocalOutOfCredit: 'cost-limit-reached',
  MasterPass: 'master-pass',
  OvercurrentFault: 'fault',
  PowerLoss: 'power-loss',
  PowerQuality: 'fault',
  Reboot: 'reboot',
  Remote: 'remote',
  SOCLimitReached: 'soc-limit-reached',
  StoppedByEV: 'stopped-by-ev',
  TimeLimitReached: 'time-limit-reached',
  Timeout: 'cable-timeout',
}

function transaction(said: Request<'ocpp2.0.1', 'TransactionEvent'>, receivedAt: Temporal.Instant): TransactionReport {
  const { transactionInfo: info, evse } = said
  const chargingState = chargingStates[info.chargingState ?? '']
  return {
    kind: kinds[said.eventType],
    transaction: { number: info.transactionId },
    seqNo: said.seqNo,
    ...(evse === undefined ? {} : { evse: evse.id }),
    ...(evse?.connectorId === undefined ? {} : { connector: evse.connectorId }),
    reportedAt: instantOr(said.timestamp, receivedAt),
    offline: said.offline ?? false,
    trigger: triggers[said.triggerReason] ?? 'other',
    ...(said.idToken === undefined ? {} : { idToken: tokenFrom(said.idToken) }),
    ...(chargingState === undefined ? {} : { chargingState }),
    ...(info.remoteStartId === undefined ? {} : { remoteStartId: info.remoteStartId }),
    ...(said.reservationId === undefined ? {} : { reservationId: said.reservationId }),
    // OCPP 2.0.1 part 2, TransactionType: an absent stoppedReason means Local.
    ...(said.eventType === 'Ended' ? { stopReason: stopReasons[info.stoppedReason ?? 'Local'] ?? 'other' } : {}),
    readings: readingsOf(said.meterValue ?? [], receivedAt),
  }
}

function metered(said: Request<'ocpp2.0.1', 'MeterValues'>, receivedAt: Temporal.Instant): ReportBody {
  return {
    kind: 'meter-read',
    evse: said.evseId,
    readings: readingsOf(said.meterValue, receivedAt),
  }
}

type MeterValue = Request<'ocpp2.0.1', 'MeterValues'>['meterValue'][number]

function readingsOf(values: readonly MeterValue[], receivedAt: Temporal.Instant): readonly MeterReading[] {
  return readingsOfMoments(
    values.map(({ timestamp, sampledValue }) => {
      return { at: instantOr(timestamp, receivedAt), samples: sampledValue.map(sampleOf) }
    }),
  )
}

function sampleOf(sampled: MeterValue['sampledValue'][number]): Sample {
  const measurand = sampled.measurand ?? 'Energy.Active.Import.Register'
  const value = sampled.value * 10 ** (sampled.unitOfMeasure?.multiplier ?? 0)
  return {
    value: Number.isFinite(value) ? value : undefined,
    measurand,
    context: contextFrom(sampled.context),
    ...(sampled.phase === undefined ? {} : { phase: sampled.phase }),
    location: sampled.location ?? 'Outlet',
    // An empty one is none.
    unit: sampled.unitOfMeasure?.unit || (measurand.startsWith('Power.') ? 'W' : 'Wh'),
    // All its members are texts, so that writing it again changes no signed byte.
    ...(sampled.signedMeterValue === undefined ? {} : { signed: JSON.stringify(sampled.signedMeterValue) }),
    original: sampled,
  }
}
