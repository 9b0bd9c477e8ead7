import type { Texts } from '../platform/index.ts'
import { faultTextOf } from './rules/error-codes.ts'
import { mayBeClosed } from './rules/kinds.ts'
import type { AlertRow } from './store-lists.ts'

/** What a vendor's own error code means; undefined: nobody knows. */
export type VendorText = (
  language: string,
  said: {
    readonly vendor: string
    readonly errorCode?: string
    readonly vendorErrorCode?: string
    readonly info?: string
  },
) => string | undefined

export interface ViewDeps {
  readonly texts: Texts
  readonly vendorText?: VendorText
}

/** An alert as people and programs read it, its text in their language. */
export function alertView(row: AlertRow, deps: ViewDeps, language: string) {
  const evidence = Object.fromEntries(Object.entries(row.evidence).filter(([, value]) => value !== null))
  const fault = faultText(row, deps, language)
  return {
    id: row.id,
    kind: row.kind,
    severity: row.severity,
    text: deps.texts.ofCode(language, 'alert', row.kind, inWords(evidence, deps.texts, language)),
    ...(fault === undefined ? {} : { fault }),
    since: row.since.toString(),
    lastAt: row.lastAt.toString(),
    count: row.count,
    flapping: row.flapping,
    ...(row.calmAt === null ? {} : { calmAt: row.calmAt.toString() }),
    ...placeOf(row),
    evidence,
    state: stateOf(row),
    closable: row.clearedAt === null && mayBeClosed(row.kind),
    history: [...row.history],
    ...(row.acknowledgedBy === null ? {} : { acknowledgedBy: row.acknowledgedBy }),
    ...(row.acknowledgedAt === null ? {} : { acknowledgedAt: row.acknowledgedAt.toString() }),
    ...(row.note === null ? {} : { note: row.note }),
    ...(row.clearedAt === null ? {} : { clearedAt: row.clearedAt.toString() }),
  }
}

/** Why a target did not take something is kept as a code; in a sentence it has the words of its page. */
function inWords(evidence: Readonly<Record<string, unknown>>, texts: Texts, language: string) {
  const { cause } = evidence
  if (typeof cause !== 'string') return evidence
  const status = /^status-(\d+)$/.exec(cause)?.[1]
  const key = status === undefined ? cause : status.startsWith('3') ? 'redirect' : 'status'
  return { ...evidence, cause: texts.find(language, `events.cause.${key}`, { status }) ?? cause.replaceAll('-', ' ') }
}

/** Where: the site, the station and its EVSE, the session. */
function placeOf(row: AlertRow) {
  const evse = row.evidence['evse']
  return {
    ...(row.stationId === null ? {} : { stationId: row.stationId }),
    ...(row.stationNumber === null ? {} : { stationNumber: row.stationNumber }),
    ...(row.stationName === null ? {} : { stationName: row.stationName }),
    ...(typeof evse === 'number' && evse > 0 ? { evseId: evse } : {}),
    ...(row.siteId === null ? {} : { siteId: row.siteId }),
    ...(row.siteName === null ? {} : { siteName: row.siteName }),
    ...(row.siteCity === null ? {} : { siteCity: row.siteCity }),
    ...(row.sessionId === null ? {} : { sessionId: row.sessionId }),
    ...(row.sessionNumber === null ? {} : { sessionNumber: Number(row.sessionNumber) }),
    ...(row.incidentId === null ? {} : { incidentId: row.incidentId }),
  }
}

/** What the station's error code means and what to do (SES-TRANSIENT): the vendor's words first, then OCPP's. */
function faultText(row: AlertRow, { texts, vendorText }: ViewDeps, language: string): string | undefined {
  const text = (name: string): string | undefined => {
    const value = row.evidence[name]
    return typeof value === 'string' && value !== '' ? value : undefined
  }
  if (!row.kind.startsWith('station-')) return undefined
  const errorCode = text('errorCode') ?? text('code')
  const [vendorErrorCode, info] = [text('vendorErrorCode'), text('info')]
  const own =
    row.vendor === null
      ? undefined
      : vendorText?.(language, {
          vendor: row.vendor,
          ...(errorCode === undefined ? {} : { errorCode }),
          ...(vendorErrorCode === undefined ? {} : { vendorErrorCode }),
          ...(info === undefined ? {} : { info }),
        })
  return (
    own ?? (errorCode === undefined ? undefined : texts.find(language, `monitoring.fault.${faultTextOf(errorCode)}`))
  )
}

function stateOf(row: AlertRow): 'open' | 'acknowledged' | 'cleared' {
  if (row.clearedAt !== null) return 'cleared'
  return row.acknowledgedAt === null ? 'open' : 'acknowledged'
}
