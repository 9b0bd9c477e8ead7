import type { VendorRules } from '../contract.ts'

/**
 * Exempla (an invented vendor, as an example to copy): 1.6, firmware 1 and 2. Words in capitals, numbers as texts, the
 * error code left out where there is none; its readings are kWh and say Wh, its registers at start and stop count 10 Wh.
 */
export const exempla: VendorRules = {
  name: 'exempla',
  stations: { vendor: /^exempla\b/i, firmware: /^v?[12]\./, versions: ['ocpp1.6'] },
  repairs: {
    BootNotification: [
      { kind: 'rename', at: '', from: 'chargePointmodel', to: 'chargePointModel' },
      { kind: 'cut', at: '', member: 'chargePointSerialNumber', length: 25 },
    ],
    StatusNotification: [
      { kind: 'number', at: '', member: 'connectorId' },
      {
        kind: 'word',
        at: '',
        member: 'status',
        words: [
          'Available',
          'Preparing',
          'Charging',
          'SuspendedEV',
          'SuspendedEVSE',
          'Finishing',
          'Reserved',
          'Unavailable',
          'Faulted',
        ],
      },
      { kind: 'default', at: '', member: 'errorCode', value: 'NoError' },
      { kind: 'translate', at: '', member: 'errorCode', words: { NONE: 'NoError', GROUND_FAULT: 'GroundFailure' } },
      { kind: 'text', at: '', member: 'vendorErrorCode' },
    ],
    StartTransaction: [
      { kind: 'number', at: '', member: 'connectorId' },
      { kind: 'number', at: '', member: 'meterStart' },
    ],
    StopTransaction: [
      { kind: 'number', at: '', member: 'transactionId' },
      { kind: 'number', at: '', member: 'meterStop' },
      {
        kind: 'word',
        at: '',
        member: 'reason',
        words: ['Local', 'Remote', 'EVDisconnected', 'EmergencyStop', 'PowerLoss', 'Reboot', 'Other'],
      },
    ],
    MeterValues: [
      { kind: 'number', at: '', member: 'connectorId' },
      { kind: 'number', at: '', member: 'transactionId' },
      { kind: 'rename', at: '', from: 'values', to: 'meterValue' },
      { kind: 'text', at: 'meterValue.*.sampledValue.*', member: 'value' },
      {
        kind: 'word',
        at: 'meterValue.*.sampledValue.*',
        member: 'measurand',
        words: ['Energy.Active.Import.Register', 'Power.Active.Import', 'Current.Import', 'Voltage', 'SoC'],
      },
    ],
  },
  readings: [{ measurand: 'Energy.Active.Import.Register', saidUnit: 'Wh', unit: 'kWh' }],
  registers: {
    StartTransaction: [{ member: 'meterStart', shift: 1 }],
    StopTransaction: [{ member: 'meterStop', shift: 1 }],
  },
  errors: { '17': 'contactor-stuck', '23': 'fan-blocked', 'E-40': 'door-open' },
}
