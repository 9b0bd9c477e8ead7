import type { OcppVersion } from './versions.ts'

/** A message of a version: who may send it, and whether it is answered (CALL) or not (SEND, 2.1 only). */
export interface Action {
  readonly name: string
  readonly from: 'station' | 'csms' | 'both'
  readonly kind: 'call' | 'send'
}

const words = (text: string): readonly string[] => text.trim().split(/\s+/)

interface Table {
  readonly station: readonly string[]
  readonly csms: readonly string[]
  readonly both: readonly string[]
  readonly send: readonly string[]
}

const table16: Table = {
  station: words(`Authorize BootNotification DiagnosticsStatusNotification FirmwareStatusNotification Heartbeat
    LogStatusNotification MeterValues SecurityEventNotification SignCertificate SignedFirmwareStatusNotification
    StartTransaction StatusNotification StopTransaction`),
  csms: words(`CancelReservation CertificateSigned ChangeAvailability ChangeConfiguration ClearCache
    ClearChargingProfile DeleteCertificate ExtendedTriggerMessage GetCompositeSchedule GetConfiguration GetDiagnostics
    GetInstalledCertificateIds GetLocalListVersion GetLog InstallCertificate RemoteStartTransaction
    RemoteStopTransaction ReserveNow Reset SendLocalList SetChargingProfile SignedUpdateFirmware TriggerMessage
    UnlockConnector UpdateFirmware`),
  both: ['DataTransfer'],
  send: [],
}

const table201: Table = {
  station: words(`Authorize BootNotification ClearedChargingLimit FirmwareStatusNotification Get15118EVCertificate
    GetCertificateStatus Heartbeat LogStatusNotification MeterValues NotifyChargingLimit NotifyCustomerInformation
    NotifyDisplayMessages NotifyEVChargingNeeds NotifyEVChargingSchedule NotifyEvent NotifyMonitoringReport
    NotifyReport PublishFirmwareStatusNotification ReportChargingProfiles ReservationStatusUpdate
    SecurityEventNotification SignCertificate StatusNotification TransactionEvent`),
  csms: words(`CancelReservation CertificateSigned ChangeAvailability ClearCache ClearChargingProfile
    ClearDisplayMessage ClearVariableMonitoring CostUpdated CustomerInformation DeleteCertificate GetBaseReport
    GetChargingProfiles GetCompositeSchedule GetDisplayMessages GetInstalledCertificateIds GetLocalListVersion GetLog
    GetMonitoringReport GetReport GetTransactionStatus GetVariables InstallCertificate PublishFirmware
    RequestStartTransaction RequestStopTransaction ReserveNow Reset SendLocalList SetChargingProfile SetDisplayMessage
    SetMonitoringBase SetMonitoringLevel SetNetworkProfile SetVariableMonitoring SetVariables TriggerMessage
    UnlockConnector UnpublishFirmware UpdateFirmware`),
  both: ['DataTransfer'],
  send: [],
}

const table21: Table = {
  station: [
    ...table201.station,
    ...words(`BatterySwap ClosePeriodicEventStream GetCertificateChainStatus NotifyDERAlarm NotifyDERStartStop
      NotifyPriorityCharging NotifySettlement OpenPeriodicEventStream PullDynamicScheduleUpdate ReportDERControl
      VatNumberValidation`),
  ],
  csms: [
    ...table201.csms,
    ...words(`AFRRSignal AdjustPeriodicEventStream ChangeTransactionTariff ClearDERControl ClearTariffs GetDERControl
      GetPeriodicEventStream GetTariffs NotifyAllowedEnergyTransfer NotifyWebPaymentStarted RequestBatterySwap
      SetDERControl SetDefaultTariff UpdateDynamicSchedule UsePriorityCharging`),
  ],
  both: ['DataTransfer'],
  send: ['NotifyPeriodicEventStream'],
}

function actionsFrom(table: Table): ReadonlyMap<string, Action> {
  const rows: Action[] = [
    ...table.station.map((name) => ({ name, from: 'station', kind: 'call' }) as const),
    ...table.csms.map((name) => ({ name, from: 'csms', kind: 'call' }) as const),
    ...table.both.map((name) => ({ name, from: 'both', kind: 'call' }) as const),
    ...table.send.map((name) => ({ name, from: 'station', kind: 'send' }) as const),
  ]
  return new Map(rows.toSorted((a, b) => (a.name < b.name ? -1 : 1)).map((row) => [row.name, row]))
}

const actions: Readonly<Record<OcppVersion, ReadonlyMap<string, Action>>> = {
  'ocpp1.6': actionsFrom(table16),
  'ocpp2.0.1': actionsFrom(table201),
  'ocpp2.1': actionsFrom(table21),
}

/** Every message of the version, by name, sorted. */
export function actionsOf(version: OcppVersion): readonly Action[] {
  return [...actions[version].values()]
}

/** One message of the version; undefined: not a word of it. */
export function actionOf(version: OcppVersion, name: string): Action | undefined {
  return actions[version].get(name)
}
