import type { Request } from '../../../../../ocpp/index.ts'
import type {
  ConnectorPhase,
  ConnectorStatus,
  EvseStatusReport,
  MeterReading,
  ReportBody,
  StopReason,
  TransactionReport,
} from '../../model.ts'
import type { Incoming, Payload } from '../contract.ts'
import { contextFrom, numberFrom, readingsOfMoments, type Sample, withRegister } from '../meter-readings.ts'
import { securityEvent } from '../security-events.ts'
import { instantOr } from '../times.ts'

/** 1.6 knows connectors only: its connector n is EVSE n, connector 1; 0 is the station as a whole. */
export function placeOf(connectorId: number): { readonly evse: number; readonly connector: number } {
  return { evse: connectorId, connector: connectorId === 0 ? 0 : 1 }
}

type Reader = (payload: Payload, receivedAt: Temporal.Instant) => Incoming

const readers: Readonly<Record<string, Reader>> = {
  Heartbeat: () => ({ kind: 'heartbeat' }),
  Authorize: (payload) => ({
    kind: 'authorize',
    idToken: { uid: (payload as unknown as Request<'ocpp1.6', 'Authorize'>).idTag },
  }),
  BootNotification: (payload) => one(booted(payload as unknown as Request<'ocpp1.6', 'BootNotification'>)),
  StatusNotification: (payload, receivedAt) =>
    one(status(payload as unknown as Request<'ocpp1.6', 'StatusNotification'>, receivedAt)),
  StartTransaction: (payload, receivedAt) =>
    one(started(payload as unknown as Request<'ocpp1.6', 'StartTransaction'>, receivedAt)),
  StopTransaction: (payload, receivedAt) =>
    one(stopped(payload as unknown as Request<'ocpp1.6', 'StopTransaction'>, receivedAt)),
  MeterValues: (payload, receivedAt) =>
    one(metered(payload as unknown as Request<'ocpp1.6', 'MeterValues'>, receivedAt)),
  SecurityEventNotification: (payload, receivedAt) => one(securityEvent(payload, receivedAt)),
}

export function reportFrom16(action: string, payload: Payload, receivedAt: Temporal.Instant): Incoming {
  const reader = Object.hasOwn(readers, action) ? readers[action] : undefined
  return reader === undefined ? one({ kind: 'recorded', what: action, content: payload }) : reader(payload, receivedAt)
}

function one(body: ReportBody): Incoming {
  return { kind: 'reports', bodies: [body] }
}

function booted(boot: Request<'ocpp1.6', 'BootNotification'>): ReportBody {
  const serial = boot.chargePointSerialNumber ?? boot.chargeBoxSerialNumber
  return {
    kind: 'booted',
    vendor: boot.chargePointVendor,
    model: boot.chargePointModel,
    ...(serial === undefined ? {} : { serial }),
    ...(boot.firmwareVersion === undefined ? {} : { firmware: boot.firmwareVersion }),
    ...(boot.iccid === undefined ? {} : { iccid: boot.iccid }),
    ...(boot.imsi === undefined ? {} : { imsi: boot.imsi }),
    ...(boot.meterSerialNumber === undefined ? {} : { meterSerial: boot.meterSerialNumber }),
  }
}

const statuses: Readonly<
  Record<
    Request<'ocpp1.6', 'StatusNotification'>['status'],
    { readonly status: ConnectorStatus; readonly phase?: ConnectorPhase }
  >
> = {
  Available: { status: 'available' },
  Preparing: { status: 'occupied', phase: 'preparing' },
  Charging: { status: 'occupied', phase: 'charging' },
  SuspendedEV: { status: 'occupied', phase: 'suspended-ev' },
  SuspendedEVSE: { status: 'occupied', phase: 'suspended-evse' },
  Finishing: { status: 'occupied', phase: 'finishing' },
  Reserved: { status: 'reserved' },
  Unavailable: { status: 'unavailable' },
  Faulted: { status: 'faulted' },
}

function status(said: Request<'ocpp1.6', 'StatusNotification'>, receivedAt: Temporal.Instant): EvseStatusReport {
  return {
    kind: 'evse-status',
    ...placeOf(said.connectorId),
    ...statuses[said.status],
    ...(said.timestamp === undefined ? {} : { reportedAt: instantOr(said.timestamp, receivedAt) }),
    ...(said.errorCode === 'NoError' ? {} : { errorCode: said.errorCode }),
    ...(said.info === undefined || said.info === '' ? {} : { info: said.info }),
    ...(said.vendorErrorCode === undefined || said.vendorErrorCode === ''
      ? {}
      : { vendorErrorCode: said.vendorErrorCode }),
  }
}

function started(said: Request<'ocpp1.6', 'StartTransaction'>, receivedAt: Temporal.Instant): TransactionReport {
  const at = instantOr(said.timestamp, receivedAt)
  return {
    kind: 'transaction-started',
    // The natural key of a start: a retry under a new message id says the very same.
    transaction: {
      startKey: `${said.connectorId}|${said.idTag.toLowerCase()}|${said.timestamp}|${said.meterStart}`,
    },
    ...placeOf(said.connectorId),
    reportedAt: at,
    offline: false,
    trigger: 'authorized',
    idToken: { uid: said.idTag },
    ...(said.reservationId === undefined ? {} : { reservationId: said.reservationId }),
    readings: withRegister([], at, 'transaction-begin', said.meterStart),
  }
}

const reasons: Readonly<Record<string, StopReason>> = {
  DeAuthorized: 'deauthorized',
  EmergencyStop: 'emergency-stop',
  EVDisconnected: 'ev-disconnected',
  HardReset: 'reset',
  Local: 'local',
  Other: 'other',
  PowerLoss: 'power-loss',
  Reboot: 'reboot',
  Remote: 'remote',
  SoftReset: 'reset',
  UnlockCommand: 'unlock-command',
}

/** The card that a stop shows; an empty one is none. */
export function stoppedBy({ idTag }: Request<'ocpp1.6', 'StopTransaction'>): string | undefined {
  return idTag === '' ? undefined : idTag
}

function stopped(said: Request<'ocpp1.6', 'StopTransaction'>, receivedAt: Temporal.Instant): TransactionReport {
  const at = instantOr(said.timestamp, receivedAt)
  const readings = readingsOf(said.transactionData ?? [], receivedAt)
  // OCPP 1.6, 6.49: no reason means Local.
  const stopReason = reasons[said.reason ?? 'Local'] ?? 'other'
  const uid = stoppedBy(said)
  return {
    kind: 'transaction-ended',
    transaction: { number: String(said.transactionId) },
    reportedAt: at,
    offline: false,
    trigger: stopReason === 'remote' ? 'remote-stop' : uid === undefined ? 'other' : 'stop-authorized',
    ...(uid === undefined ? {} : { idToken: { uid } }),
    stopReason,
    readings: withRegister(readings, at, 'transaction-end', said.meterStop),
  }
}

function metered(said: Request<'ocpp1.6', 'MeterValues'>, receivedAt: Temporal.Instant): ReportBody {
  return {
    kind: 'meter-read',
    ...placeOf(said.connectorId),
    ...(said.transactionId === undefined ? {} : { transactionNumber: String(said.transactionId) }),
    readings: readingsOf(said.meterValue, receivedAt),
  }
}

type MeterValue = Request<'ocpp1.6', 'MeterValues'>['meterValue'][number]
type SampledValue = MeterValue['sampledValue'][number]

function readingsOf(values: readonly MeterValue[], receivedAt: Temporal.Instant): readonly MeterReading[] {
  return readingsOfMoments(
    values.map(({ timestamp, sampledValue }) => {
      return { at: instantOr(timestamp, receivedAt), samples: sampledValue.map(sampleOf) }
    }),
  )
}

function sampleOf(sampled: SampledValue): Sample {
  const measurand = sampled.measurand ?? 'Energy.Active.Import.Register'
  const signed = sampled.format === 'SignedData'
  return {
    value: signed ? undefined : numberFrom(sampled.value),
    measurand,
    context: contextFrom(sampled.context),
    ...(sampled.phase === undefined ? {} : { phase: sampled.phase }),
    location: sampled.location ?? 'Outlet',
    unit: sampled.unit ?? defaultUnit(measurand),
    ...(signed ? { signed: sampled.value } : {}),
    original: sampled,
  }
}

function defaultUnit(measurand: string): string {
  return measurand.startsWith('Power.') ? 'W' : 'Wh'
}
