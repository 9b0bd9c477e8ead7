import type { EvseStatusReport, ProblemReport, ReportBody } from '../../stations/model.ts'
import { severityOfError } from './error-codes.ts'
import { type AlertKind, type Severity, worseOf } from './kinds.ts'

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

/** What a station's report means for the list of alerts. */
export function alertsOfReport(stationId: string, body: ReportBody): Wanted {
  switch (body.kind) {
    case 'evse-status':
      return ofStatus(stationId, body)
    case 'problem':
      return ofProblem(stationId, body)
    case 'booted':
    case 'recorded':
    case 'meter-read':
    case 'transaction-started':
    case 'transaction-updated':
    case 'transaction-ended':
      return nothing
  }
}

/**
 * Faulted is a fault until another status of the same EVSE comes. An error code beside any other status is a warning:
 * service continues (OCPP 1.6, StatusNotification), until a status comes without one.
 */
function ofStatus(stationId: string, body: EvseStatusReport): Wanted {
  const { evse, status, errorCode, info, vendorErrorCode } = body
  const subject = `${stationId}/${evse}`
  const evidence = { evse, status, errorCode, info, vendorErrorCode }
  const severity = severityOfError(errorCode)
  const fault = { kind: 'station-faulted', subject } as const
  const warning = { kind: 'station-warning', subject } as const
  if (status === 'faulted') {
    return { raise: [{ ...fault, severity: worseOf(severity, 'major'), evidence }], clear: [warning] }
  }
  if (errorCode === undefined) return { raise: [], clear: [fault, warning] }
  return { raise: [{ ...warning, severity: severity === 'critical' ? 'major' : 'minor', evidence }], clear: [fault] }
}

function ofProblem(stationId: string, body: ProblemReport): Wanted {
  const isSecurity = body.code.startsWith('security.')
  const kind = isSecurity ? 'security-event' : 'station-problem'
  const subject = `${stationId}/${body.evse ?? ''}/${body.code}`
  if (body.cleared === true) return { raise: [], clear: [{ kind, subject }] }
  const code = body.code.replace(/^security\./, '')
  const severity = isSecurity ? body.severity : worseOf(body.severity, severityOfProblem(body))
  return { raise: [{ kind, subject, severity, evidence: { code, text: body.text, evse: body.evse } }], clear: [] }
}

/** What the list calls critical is critical, whatever the station says of it; for the rest the station's word counts. */
function severityOfProblem({ code, severity }: ProblemReport): Severity {
  return severityOfError(code) === 'critical' ? 'critical' : severity
}
