import type { VendorRules } from '../contract.ts'

/**
 * Nordlade (an invented vendor, as an example to copy): 2.0.1 and 2.1. Values and numbers as texts, words of its own for why
 * something was sent, and tenths of a watt under the name of W on its DC stations.
 */
export const nordlade: VendorRules = {
  name: 'nordlade',
  stations: { vendor: /^nordlade$/i, model: /^(?:NL|DC)/i, versions: ['ocpp2.0.1', 'ocpp2.1'] },
  repairs: {
    BootNotification: [
      { kind: 'default', at: '', member: 'reason', value: 'Unknown' },
      {
        kind: 'word',
        at: '',
        member: 'reason',
        words: ['PowerUp', 'RemoteReset', 'Watchdog', 'LocalReset', 'FirmwareUpdate', 'Unknown'],
      },
    ],
    StatusNotification: [
      { kind: 'default', at: '', member: 'connectorId', value: 1 },
      {
        kind: 'translate',
        at: '',
        member: 'connectorStatus',
        words: { Charging: 'Occupied', Free: 'Available', Error: 'Faulted' },
      },
    ],
    TransactionEvent: [
      { kind: 'number', at: '', member: 'seqNo' },
      { kind: 'number', at: 'evse', member: 'id' },
      { kind: 'rename', at: 'transactionInfo', from: 'transactionID', to: 'transactionId' },
      {
        kind: 'translate',
        at: '',
        member: 'triggerReason',
        words: {
          Periodic: 'MeterValuePeriodic',
          Plugged: 'CablePluggedIn',
          Card: 'Authorized',
          Unplugged: 'EVDeparted',
        },
      },
      {
        kind: 'word',
        at: 'transactionInfo',
        member: 'chargingState',
        words: ['Charging', 'EVConnected', 'SuspendedEV', 'SuspendedEVSE', 'Idle'],
      },
      { kind: 'number', at: 'meterValue.*.sampledValue.*', member: 'value' },
    ],
    MeterValues: [{ kind: 'number', at: 'meterValue.*.sampledValue.*', member: 'value' }],
  },
  readings: [{ measurand: 'Power.Active.Import', saidUnit: 'dW', unit: 'W', shift: -1 }],
  registers: {},
  errors: { '0x8001': 'cooling-lost', '0x8010': 'insulation-low' },
}
