import type { Severity } from './kinds.ts'

/** Types of events about alerts that programs outside may listen to. */
export const alertEvents = ['alert.raised', 'alert.changed', 'alert.cleared'] as const
export type AlertEvent = (typeof alertEvents)[number]

export interface ToldAlert {
  readonly severity: Severity
  readonly clearedAt: Temporal.Instant | null
  readonly acknowledgedAt: Temporal.Instant | null
  readonly incidentId: string | null
  /** What was told last; null: nothing. */
  readonly toldAs: string | null
}

const CLEARED = 'cleared'

/**
 * What programs are to be told of an alert now, and as what it is told then; undefined: nothing new. That it happened once
 * more, or is calm for a while, is nothing new; nor is a part of an incident, unless it was told before it became one.
 */
export function tellNext(alert: ToldAlert): { readonly type: AlertEvent; readonly as: string } | undefined {
  const { toldAs } = alert
  const wasToldOpen = toldAs !== null && toldAs !== CLEARED
  if (alert.clearedAt !== null) return wasToldOpen ? { type: 'alert.cleared', as: CLEARED } : undefined
  const as = alert.acknowledgedAt === null ? alert.severity : `${alert.severity}, acknowledged`
  if (as === toldAs) return undefined
  if (wasToldOpen) return { type: 'alert.changed', as }
  return alert.incidentId === null ? { type: 'alert.raised', as } : undefined
}
