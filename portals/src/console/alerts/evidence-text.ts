import type { TFunction } from 'i18next'
import type { Alert } from '../../api-types.ts'
import {
  bytesText,
  durationText,
  energyText,
  numberText,
  powerText,
  spokenNumber,
  timeText,
} from '../../parts/quantities.ts'

export interface EvidenceRow {
  readonly name: string
  readonly label: string
  readonly text: string
}

/** These are drawn apart. */
const drawn = ['places', 'lost', 'silent', 'back']
/** Ids, and what another row says already. */
const unsaid = ['deliveryId', 'direction']

/** What was seen, as people read it: a label, and the value in the reader's language with its unit. */
export function evidenceRows(t: TFunction, evidence: Alert['evidence']): readonly EvidenceRow[] {
  const left = new Set([...drawn, ...unsaid, ...agesIn(evidence)])
  return Object.entries(evidence)
    .filter(([name, value]) => !left.has(name) && value !== null && value !== '')
    .map(([name, value]) => ({
      name,
      label: t(`portal.alerts.seen.${name}`, { defaultValue: name }),
      text: textOf(t, name, value),
    }))
}

/** How long it had been when it was first seen: since when it is, counting on, stands with the alert. */
function agesIn(evidence: Alert['evidence']): readonly string[] {
  const isOfStation = 'how' in evidence || 'offsetSeconds' in evidence
  return [...(isOfStation ? ['seconds'] : []), ...('waiting' in evidence ? [] : ['minutes'])]
}

function textOf(t: TFunction, name: string, value: unknown): string {
  if (Array.isArray(value)) return value.map((one) => textOf(t, name, one)).join('; ')
  if (typeof value === 'number') return numberOf(name, value)
  if (typeof value === 'string') return wordOf(t, name, value)
  return typeof value === 'boolean' ? String(value) : JSON.stringify(value)
}

function numberOf(name: string, value: number): string {
  switch (name) {
    case 'seconds':
      return durationText(value)
    case 'minutes':
    case 'heartbeatMinutes':
      return durationText(value * 60)
    case 'offsetSeconds':
      return `${value < 0 ? '−' : '+'}${durationText(Math.abs(value))}`
    case 'energyWh':
      return energyText(value)
    case 'powerW':
    case 'lastPowerW':
      return powerText(value)
    case 'freeBytes':
      return bytesText(value)
    case 'evse':
    case 'transactionNumber':
      return String(value)
    case 'sessionNumber':
      return spokenNumber(value)
    default:
      return numberText(value)
  }
}

/** Where our own words for a code are; the station's and the wire's words stay as they are. */
const places: Readonly<Record<string, (code: string) => readonly string[]>> = {
  state: (code) => [`portal.sessions.state.${code}`],
  status: (code) => [`portal.stations.status.${code}`],
  checks: (code) => [`sessions.usage-check.${code}`],
  failure: (code) => [`subscribers.local-list.failure.${code}`, `stations.failure.${code}`],
  cause: (code) => [`events.cause.${code}`],
  command: (code) => [`portal.stations.command.${code}`],
  how: (code) => [`portal.alerts.said.${code}`],
  session: (code) => [`portal.alerts.said.${code}`],
}

function wordOf(t: TFunction, name: string, value: string): string {
  if (/^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value)) return timeText(value)
  if (name === 'checks')
    return value
      .split(', ')
      .map((one) => said(t, name, one))
      .join('; ')
  const status = name === 'cause' ? /^status-(\d+)$/.exec(value)?.[1] : undefined
  if (status !== undefined) return t(`events.cause.${status.startsWith('3') ? 'redirect' : 'status'}`, { status })
  return said(t, name, value)
}

function said(t: TFunction, name: string, value: string): string {
  const keys = places[name]?.(value)
  return keys === undefined ? value : t([...keys], { defaultValue: value })
}
