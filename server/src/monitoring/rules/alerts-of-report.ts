import type { ReportBody } from '../../stations/model.ts'

/** Every kind of alert there is. */
export const alertKinds = [
  'station-faulted',
  'station-problem',
  'security-event',
  'unknown-transaction',
  'no-tariff',
  'session-estimated',
  'session-not-authorised',
  'session-over-limit',
  'session-no-energy',
  'stop-not-obeyed',
  'effect-set-aside',
] as const
export type AlertKind = (typeof alertKinds)[number]

export const severities = ['critical', 'major', 'minor'] as const
export type Severity = (typeof severities)[number]

export interface Wanted {
  readonly raise: readonly {
    readonly kind: AlertKind
    readonly subject: string
    readonly severity: Severity
    readonly evidence: Readonly<Record<string, unknown>>
  }[]
  readonly clear: readonly { readonly kind: AlertKind; readonly subject: string }[]
}

const nothing: Wanted = { raise: [], clear: [] }

/** What a station's report means for the list of alerts. A status other than faulted ends the fault of its EVSE. */
export function alertsOfReport(stationId: string, body: ReportBody): Wanted {
  switch (body.kind) {
    case 'evse-status': {
      const subject = `${stationId}/${body.evse}`
      if (body.status !== 'faulted') return { raise: [], clear: [{ kind: 'station-faulted', subject }] }
      const { evse, errorCode, info, vendorErrorCode } = body
      return {
        raise: [
          { kind: 'station-faulted', subject, severity: 'major', evidence: { evse, errorCode, info, vendorErrorCode } },
        ],
        clear: [],
      }
    }
    case 'problem': {
      const isSecurity = body.code.startsWith('security.')
      const kind = isSecurity ? 'security-event' : 'station-problem'
      const subject = `${stationId}/${body.evse ?? ''}/${body.code}`
      if (body.cleared === true) return { raise: [], clear: [{ kind, subject }] }
      const evidence = { code: body.code.replace(/^security\./, ''), text: body.text, evse: body.evse }
      return { raise: [{ kind, subject, severity: body.severity, evidence }], clear: [] }
    }
    case 'booted':
    case 'recorded':
    case 'meter-read':
    case 'transaction-started':
    case 'transaction-updated':
    case 'transaction-ended':
      return nothing
  }
}
