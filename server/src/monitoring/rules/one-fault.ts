import { type AlertKind, type Severity, worseOf } from './kinds.ts'

/** An alert that a station's report asks for. */
export interface SaidAlert {
  readonly tenantId: string
  readonly kind: AlertKind
  readonly severity: Severity
  readonly subject: string
  readonly stationId: string
  readonly evidence: Readonly<Record<string, unknown>>
  readonly at: Temporal.Instant
  /** It says more of what is open already, and is not counted as having come again. */
  readonly explains?: true
}

/** A fault or problem of a station that is open. */
export type OpenFault = Omit<SaidAlert, 'explains'>

/** Status and event of one fault come this close together. */
const TOGETHER_MS = 120_000

/**
 * One fault is one alert. Stations of 2.x tell it twice: by the status of the EVSE, which has no error code, and by an event
 * that says what it is. Whichever comes first, it becomes the fault of that EVSE with the event's code; an event alone (service
 * goes on) stays a problem of its own. `clear`: problems that a fault has taken in.
 */
export function oneFaultEach(
  said: readonly SaidAlert[],
  open: readonly OpenFault[],
): { readonly raise: readonly SaidAlert[]; readonly clear: readonly OpenFault[] } {
  const known: OpenFault[] = [...open]
  const clear: OpenFault[] = []
  let raise: SaidAlert[] = []
  for (const alert of said) {
    if (alert.kind === 'station-problem') {
      const fault = known.findLast((one) => isFaultOf(alert, one))
      raise.push(fault === undefined ? alert : explained(fault, alert))
    } else if (isBare(alert)) {
      const fault = known.findLast((one) => isSame(one, alert) && !isBare(one) && areTogether(one, alert))
      const problem = known.findLast((one) => isProblemOf(alert, one))
      if (problem !== undefined && open.includes(problem)) clear.push({ ...problem, at: alert.at })
      raise = raise.filter((one) => one !== problem)
      if (fault !== undefined)
        raise.push({ ...alert, severity: fault.severity, evidence: fault.evidence, explains: true })
      else raise.push(problem === undefined ? alert : { ...alert, ...withCode(alert, problem) })
    } else raise.push(alert)
    known.push(...raise.slice(-1))
  }
  return { raise, clear }
}

function isBare({ kind, evidence }: OpenFault): boolean {
  return kind === 'station-faulted' && evidence['errorCode'] === undefined
}

/** The fault that this problem is: of its EVSE, told at the same time or known by its code. */
function isFaultOf(problem: OpenFault, one: OpenFault): boolean {
  if (one.kind !== 'station-faulted' || !isAt(problem, one)) return false
  return isBare(one) ? areTogether(one, problem) : one.evidence['errorCode'] === problem.evidence['code']
}

/** The problem that says what this fault is. */
function isProblemOf(fault: OpenFault, one: OpenFault): boolean {
  return one.kind === 'station-problem' && isAt(one, fault) && areTogether(one, fault)
}

/** The problem is of the EVSE that has the fault, or of its station as a whole. */
function isAt(problem: OpenFault, fault: OpenFault): boolean {
  const evse = problem.evidence['evse']
  return problem.stationId === fault.stationId && (evse === undefined || evse === fault.evidence['evse'])
}

function areTogether(one: OpenFault, other: OpenFault): boolean {
  return Math.abs(one.at.epochMilliseconds - other.at.epochMilliseconds) <= TOGETHER_MS
}

function isSame(one: OpenFault, other: OpenFault): boolean {
  return one.kind === other.kind && one.subject === other.subject
}

function explained(fault: OpenFault, problem: SaidAlert): SaidAlert {
  return { ...problem, kind: fault.kind, subject: fault.subject, ...withCode(fault, problem), explains: true }
}

function withCode(fault: OpenFault, { evidence: { code, text }, severity }: OpenFault) {
  const said = text === undefined ? {} : { text }
  return {
    severity: worseOf(fault.severity, severity),
    evidence: { ...fault.evidence, errorCode: code, ...said },
  }
}
