/**
 * What a central system may read and set. One row serves all versions: the name in 1.6 (a configuration key) and in
 * 2.x (`Component.Variable[instance]`); a version that lacks the setting uses its default and does not tell of it.
 */
export interface SettingRow {
  readonly ocpp16?: string
  readonly ocpp2?: string
  readonly value: string
  readonly type: 'integer' | 'boolean' | 'string' | 'list'
  readonly isReadonly?: boolean
  /** Can be set and never read. */
  readonly isSecret?: boolean
  /** The values a list may hold. */
  readonly members?: readonly string[]
}

const measurands = [
  'Energy.Active.Import.Register',
  'Power.Active.Import',
  'Current.Import',
  'Voltage',
  'SoC',
  'Power.Offered',
  'Current.Offered',
]
const energy = 'Energy.Active.Import.Register'
const sampled = 'Energy.Active.Import.Register,Power.Active.Import,Current.Import,SoC'
const startAndStop = ['EVConnected', 'Authorized', 'PowerPathClosed', 'EnergyTransfer']

function setting<const K extends string>(rows: Readonly<Record<K, SettingRow>>): Readonly<Record<K, SettingRow>> {
  return rows
}

export const settingRows = setting({
  heartbeatInterval: row('HeartbeatInterval', 'OCPPCommCtrlr.HeartbeatInterval', '300', 'integer'),
  pingInterval: row('WebSocketPingInterval', 'OCPPCommCtrlr.WebSocketPingInterval', '60', 'integer'),
  cableTimeout: row('ConnectionTimeOut', 'TxCtrlr.EVConnectionTimeOut', '120', 'integer'),
  authorizeRemote: row('AuthorizeRemoteTxRequests', 'AuthCtrlr.AuthorizeRemoteStart', 'false', 'boolean'),
  localPreAuthorize: row('LocalPreAuthorize', 'AuthCtrlr.LocalPreAuthorize', 'false', 'boolean'),
  localAuthorizeOffline: row('LocalAuthorizeOffline', 'AuthCtrlr.LocalAuthorizeOffline', 'true', 'boolean'),
  unknownOffline: row('AllowOfflineTxForUnknownId', 'AuthCtrlr.OfflineTxForUnknownIdEnabled', 'false', 'boolean'),
  cacheEnabled: row('AuthorizationCacheEnabled', 'AuthCacheCtrlr.Enabled', 'true', 'boolean'),
  stopOnInvalidId: row('StopTransactionOnInvalidId', 'TxCtrlr.StopTxOnInvalidId', 'true', 'boolean'),
  stopOnUnplug: readonlyRow('StopTransactionOnEVSideDisconnect', 'TxCtrlr.StopTxOnEVSideDisconnect', 'true', 'boolean'),
  unlockOnUnplug: row('UnlockConnectorOnEVSideDisconnect', 'OCPPCommCtrlr.UnlockOnEVSideDisconnect', 'true', 'boolean'),
  sampleInterval: row('MeterValueSampleInterval', 'SampledDataCtrlr.TxUpdatedInterval', '30', 'integer'),
  sampledMeasurands: list('MeterValuesSampledData', 'SampledDataCtrlr.TxUpdatedMeasurands', sampled, measurands),
  startedMeasurands: list(undefined, 'SampledDataCtrlr.TxStartedMeasurands', energy, measurands),
  endedMeasurands: list('StopTxnSampledData', 'SampledDataCtrlr.TxEndedMeasurands', energy, measurands),
  endedInterval: row(undefined, 'SampledDataCtrlr.TxEndedInterval', '0', 'integer'),
  alignedInterval: row('ClockAlignedDataInterval', 'AlignedDataCtrlr.Interval', '0', 'integer'),
  alignedMeasurands: list('MeterValuesAlignedData', 'AlignedDataCtrlr.Measurands', energy, measurands),
  attempts: row('TransactionMessageAttempts', 'OCPPCommCtrlr.MessageAttempts[TransactionEvent]', '3', 'integer'),
  retryInterval: row(
    'TransactionMessageRetryInterval',
    'OCPPCommCtrlr.MessageAttemptInterval[TransactionEvent]',
    '60',
    'integer',
  ),
  backOffMinimum: row(undefined, 'OCPPCommCtrlr.RetryBackOffWaitMinimum', '10', 'integer'),
  backOffRandom: row(undefined, 'OCPPCommCtrlr.RetryBackOffRandomRange', '5', 'integer'),
  backOffDoublings: row(undefined, 'OCPPCommCtrlr.RetryBackOffRepeatTimes', '3', 'integer'),
  startPoint: list(undefined, 'TxCtrlr.TxStartPoint', 'PowerPathClosed', startAndStop),
  stopPoint: list(undefined, 'TxCtrlr.TxStopPoint', 'EVConnected,Authorized', startAndStop),
  localListEnabled: row('LocalAuthListEnabled', 'LocalAuthListCtrlr.Enabled', 'true', 'boolean'),
  localListMaximum: readonlyRow('LocalAuthListMaxLength', undefined, '1000', 'integer'),
  localListPart: readonlyRow('SendLocalListMaxLength', 'LocalAuthListCtrlr.ItemsPerMessage', '100', 'integer'),
  featureProfiles: readonlyRow(
    'SupportedFeatureProfiles',
    undefined,
    'Core,LocalAuthListManagement,RemoteTrigger',
    'list',
  ),
  maximumKeys: readonlyRow('GetConfigurationMaxKeys', undefined, '50', 'integer'),
  phaseRotation: row('ConnectorPhaseRotation', undefined, 'Unknown', 'string'),
  resetRetries: row('ResetRetries', 'OCPPCommCtrlr.ResetRetries', '1', 'integer'),
  itemsPerGet: readonlyRow(undefined, 'DeviceDataCtrlr.ItemsPerMessage[GetVariables]', '50', 'integer'),
  itemsPerSet: readonlyRow(undefined, 'DeviceDataCtrlr.ItemsPerMessage[SetVariables]', '50', 'integer'),
  organizationName: row(undefined, 'SecurityCtrlr.OrganizationName', 'Lataamo simulator', 'string'),
  securityProfile: readonlyRow('SecurityProfile', 'SecurityCtrlr.SecurityProfile', '1', 'integer'),
  password: {
    ocpp16: 'AuthorizationKey',
    ocpp2: 'SecurityCtrlr.BasicAuthPassword',
    value: '',
    type: 'string',
    isSecret: true,
  },
})

export type SettingKey = keyof typeof settingRows

export const settingKeys = Object.keys(settingRows) as readonly SettingKey[]

/** Whether a value may be set: its type, and for lists its members (a list with one unknown member is refused whole). */
export function isValidSetting(row: SettingRow, value: string): boolean {
  switch (row.type) {
    case 'integer':
      return /^\d{1,9}$/.test(value)
    case 'boolean':
      return value === 'true' || value === 'false'
    case 'list':
      return value === '' || value.split(',').every((member) => row.members?.includes(member.trim()) ?? true)
    case 'string':
      return value.length <= 500
  }
}

type Name = string | undefined

function row(ocpp16: Name, ocpp2: Name, value: string, type: SettingRow['type']): SettingRow {
  return { ...(ocpp16 === undefined ? {} : { ocpp16 }), ...(ocpp2 === undefined ? {} : { ocpp2 }), value, type }
}

function readonlyRow(ocpp16: Name, ocpp2: Name, value: string, type: SettingRow['type']): SettingRow {
  return { ...row(ocpp16, ocpp2, value, type), isReadonly: true }
}

function list(ocpp16: Name, ocpp2: Name, value: string, members: readonly string[]): SettingRow {
  return { ...row(ocpp16, ocpp2, value, 'list'), members }
}
