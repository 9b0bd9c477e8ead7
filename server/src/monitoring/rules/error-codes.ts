import type { Severity } from './kinds.ts'

/**
 * How bad what a station reports is (SES-TRANSIENT): the error codes of OCPP 1.6 (ChargePointErrorCode) and components and
 * variables of 2.x (part 2, appendix 3). Each has a text for staff that says what to do, `monitoring.fault.<code>`; what is
 * not listed is major and gets the general text.
 */
export const stationErrors: Readonly<Record<string, Severity>> = {
  ConnectorLockFailure: 'major',
  EVCommunicationError: 'minor',
  GroundFailure: 'critical',
  HighTemperature: 'major',
  InternalError: 'major',
  LocalListConflict: 'minor',
  OtherError: 'major',
  OverCurrentFailure: 'major',
  OverVoltage: 'major',
  PowerMeterFailure: 'major',
  PowerSwitchFailure: 'critical',
  ReaderFailure: 'major',
  ResetFailure: 'major',
  UnderVoltage: 'minor',
  WeakSignal: 'minor',
  // 2.x, `Component.Variable`: what stations commonly report as problems.
  'AccessBarrier.Problem': 'minor',
  'AuxiliaryPower.Problem': 'major',
  'BayOccupancySensor.Problem': 'minor',
  'CableBreakawaySensor.Tripped': 'critical',
  'ChargingStation.Problem': 'major',
  'Connector.Problem': 'major',
  'ConnectorPlugRetentionLock.Problem': 'major',
  'ConnectorPlugRetentionLock.Tripped': 'major',
  'ConnectorProtectionRelease.Problem': 'major',
  'Controller.Problem': 'major',
  'CoolingSystem.Problem': 'major',
  'DataLink.Problem': 'minor',
  'Display.Problem': 'minor',
  'DistributionPanel.Problem': 'major',
  'EVSE.Problem': 'major',
  'ElectricalFeed.Problem': 'major',
  'ElectricalFeed.SupplyFailure': 'major',
  'EmergencyStopSensor.Tripped': 'critical',
  'EnvironmentalSensor.Problem': 'minor',
  'FiscalMetering.Problem': 'major',
  'FloodSensor.Tripped': 'critical',
  'GroundIsolationProtection.Problem': 'critical',
  'GroundIsolationProtection.Tripped': 'critical',
  'OverCurrentProtection.Tripped': 'major',
  'OverCurrentProtectionRecloser.Problem': 'major',
  'PowerContactor.Problem': 'critical',
  'PowerContactor.Tripped': 'critical',
  'RCD.Problem': 'critical',
  'RCD.Tripped': 'critical',
  'ShockSensor.Tripped': 'critical',
  'SurgeProtectionDevice.Tripped': 'major',
  'TemperatureSensor.Overheat': 'major',
  'TiltSensor.Tripped': 'critical',
  'TokenReader.Problem': 'major',
  'VehicleIdSensor.Problem': 'minor',
}

export function severityOfError(code: string | undefined): Severity {
  return code !== undefined && Object.hasOwn(stationErrors, code) ? (stationErrors[code] ?? 'major') : 'major'
}

/** The name of the code's text; a dot would lead into another branch of the texts. */
export function faultTextOf(code: string): string {
  return code.replaceAll('.', '-')
}
