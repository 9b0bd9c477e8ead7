export const severities = ['critical', 'major', 'minor'] as const
export type Severity = (typeof severities)[number]

/**
 * Every kind of alert there is, and how it ends. `itself`: cleared when its cause is gone. `person`: tells of something
 * that has happened; somebody closes it.
 */
const alertKindTable = {
  'stations-lost': { ends: 'itself' },
  'station-offline': { ends: 'itself' },
  'station-silent': { ends: 'itself' },
  'station-unsteady': { ends: 'itself' },
  'boot-loop': { ends: 'itself' },
  'clock-wrong': { ends: 'itself' },
  'station-faulted': { ends: 'itself' },
  'station-warning': { ends: 'itself' },
  'station-problem': { ends: 'itself' },
  'security-event': { ends: 'person' },
  'unknown-transaction': { ends: 'person' },
  'transaction-number-reused': { ends: 'person' },
  'no-tariff': { ends: 'person' },
  'session-estimated': { ends: 'person' },
  'usage-held': { ends: 'itself' },
  'session-not-authorised': { ends: 'itself' },
  'session-over-limit': { ends: 'itself' },
  'session-no-energy': { ends: 'itself' },
  'stop-not-obeyed': { ends: 'itself' },
  'session-no-meter': { ends: 'itself' },
  'session-no-flow': { ends: 'itself' },
  'session-stuck': { ends: 'itself' },
  'effect-set-aside': { ends: 'itself' },
  'local-list-failed': { ends: 'itself' },
  'webhook-failing': { ends: 'itself' },
  'webhook-disabled': { ends: 'itself' },
  'webhook-dead-letter': { ends: 'itself' },
  'message-refused': { ends: 'person' },
  'asked-too-often': { ends: 'person' },
  'outbox-backlog': { ends: 'itself' },
  'disk-nearly-full': { ends: 'itself' },
} as const satisfies Record<string, { readonly ends: 'itself' | 'person' }>

export type AlertKind = keyof typeof alertKindTable
export const alertKinds = Object.keys(alertKindTable) as readonly AlertKind[]

/** A problem or event that a station tells without saying when it is over may be closed too. */
const CLOSABLE: ReadonlySet<string> = new Set(['station-problem', 'station-warning', 'effect-set-aside'])

export function mayBeClosed(kind: string): boolean {
  if (CLOSABLE.has(kind)) return true
  return !Object.hasOwn(alertKindTable, kind) || alertKindTable[kind as AlertKind].ends === 'person'
}

/** What is over when its session is. */
export const endsWithSession: readonly AlertKind[] = [
  'session-not-authorised',
  'session-over-limit',
  'session-no-energy',
  'stop-not-obeyed',
]

/** Found by the watchers, pass by pass: what a pass does not find any more is over. */
export const watchedKinds: readonly AlertKind[] = [
  'stations-lost',
  'station-offline',
  'station-silent',
  'station-unsteady',
  'boot-loop',
  'clock-wrong',
  'session-no-meter',
  'session-no-flow',
  'session-stuck',
  'outbox-backlog',
  'disk-nearly-full',
]

const RANK: Readonly<Record<Severity, number>> = { critical: 1, major: 2, minor: 3 }

export function isWorse(one: Severity, other: Severity): boolean {
  return RANK[one] < RANK[other]
}

export function worseOf(one: Severity, other: Severity): Severity {
  return isWorse(other, one) ? other : one
}
