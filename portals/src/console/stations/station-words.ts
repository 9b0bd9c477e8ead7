import type { TFunction } from 'i18next'
import { numberText } from '../../parts/quantities.ts'

/** `OCPP 2.0.1`. A text key holds no dots. */
export function protocolText(t: TFunction, protocol: string | undefined): string {
  return protocol === undefined
    ? '–'
    : t(`portal.protocol.${protocol.replaceAll('.', '_')}`, { defaultValue: protocol })
}

/** The server's own words for why a command failed and why a station was turned away. */
export function failureKeys(code: string): string[] {
  return [`stations.stations.failure.${code}`, `stations.failure.${code}`]
}

export function refusedKeys(reason: string): string[] {
  return [`stations.stations.refused.${reason}`, `stations.refused.${reason}`]
}

/** How far a station's clock is off: `+1.2 s`, `−0.4 s`; what rounds to nothing has no sign. */
export function offsetText(ms: number): string {
  const tenths = Math.round(ms / 100)
  const sign = tenths === 0 ? '' : tenths < 0 ? '−' : '+'
  return `${sign}${numberText(Math.abs(tenths) / 10, 1)} s`
}
