import type { ConnectorStatus, ReportBody } from '../../model.ts'
import type { Payload } from '../contract.ts'
import { instantOr } from '../times.ts'

const statuses: Readonly<Record<string, ConnectorStatus>> = {
  Available: 'available',
  Occupied: 'occupied',
  Reserved: 'reserved',
  Unavailable: 'unavailable',
  Faulted: 'faulted',
}

export function statusFrom(text: string): ConnectorStatus | undefined {
  return Object.hasOwn(statuses, text) ? statuses[text] : undefined
}

/** What both versions have in common; `severity` is 2.1's. */
interface EventData {
  readonly timestamp: string
  readonly trigger: string
  readonly actualValue: string
  readonly cleared?: boolean
  readonly techCode?: string
  readonly techInfo?: string
  readonly severity?: number
  readonly component: { readonly name: string; readonly evse?: { readonly id: number; readonly connectorId?: number } }
  readonly variable: { readonly name: string }
}

/** Components and variables are spelled in any case (OCPP 2.0.1 part 2, ComponentType, VariableType). */
const places = new Set(['connector', 'evse', 'chargingstation'])

/** NotifyEvent: an AvailabilityState is a status as StatusNotification gives it, an alert a problem, the rest is kept. */
export function bodiesOfEvents(payload: Payload, receivedAt: Temporal.Instant): [ReportBody, ...ReportBody[]] {
  const events = (payload as unknown as { readonly eventData: readonly EventData[] }).eventData
  const known = events.flatMap((event) => bodyOfEvent(event, receivedAt) ?? [])
  const rest: ReportBody = { kind: 'recorded', what: 'NotifyEvent', content: payload }
  const [first, ...more] = known.length < events.length ? [...known, rest] : known
  return [first ?? rest, ...more]
}

function bodyOfEvent(event: EventData, receivedAt: Temporal.Instant): ReportBody | undefined {
  const { component, variable } = event
  const evse = component.evse
  const name = variable.name.toLowerCase()
  const status = statusFrom(event.actualValue)
  if (name === 'availabilitystate' && places.has(component.name.toLowerCase()) && status !== undefined) {
    return {
      kind: 'evse-status',
      evse: evse?.id ?? 0,
      // Connector 0: the EVSE as a whole.
      connector: evse === undefined ? 0 : (evse.connectorId ?? 0),
      status,
      reportedAt: instantOr(event.timestamp, receivedAt),
      ...(event.techCode === undefined ? {} : { vendorErrorCode: event.techCode }),
      ...(event.techInfo === undefined ? {} : { info: event.techInfo }),
    }
  }
  if (event.trigger !== 'Alerting' && name !== 'problem') return undefined
  return {
    kind: 'problem',
    ...(evse === undefined ? {} : { evse: evse.id }),
    ...(evse?.connectorId === undefined ? {} : { connector: evse.connectorId }),
    code: `${component.name}.${variable.name}`,
    text: event.techInfo ?? event.actualValue,
    severity: severityOf(event.severity),
    reportedAt: instantOr(event.timestamp, receivedAt),
    cleared: event.cleared === true || isUntrue(event),
  }
}

/** Variables whose truth is the fault: told as `false` there is none (any more), said so by `cleared` or not. */
const faults = new Set(['overheat', 'problem', 'supplyfailure', 'tripped'])

function isUntrue({ variable, actualValue }: EventData): boolean {
  return faults.has(variable.name.toLowerCase()) && actualValue.trim().toLowerCase() === 'false'
}

/** 0 danger … 2 system failure, 3 critical … 5 alert, 6 warning … 9 debug (OCPP 2.x part 2, EventSeverity). */
function severityOf(level: number | undefined): 'critical' | 'major' | 'minor' {
  if (level === undefined) return 'major'
  if (level <= 2) return 'critical'
  return level <= 5 ? 'major' : 'minor'
}
