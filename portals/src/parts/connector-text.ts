import type { TFunction } from 'i18next'
import type { Connector, PublicEvse } from '../api-types.ts'
import { powerText } from './quantities.ts'

/** `CCS, up to 150 kW`. */
export function connectorText(t: TFunction, connector: Connector | PublicEvse['connectors'][number]): string {
  const type = t(`portal.connector.${connector.type ?? 'unknown'}`, { defaultValue: connector.type ?? '' })
  return connector.maxPowerW === undefined
    ? type
    : t('portal.stations.up-to', { type, power: powerText(connector.maxPowerW).replace(/[.,]0(?=\D)/, '') })
}
