import { type KeptAlert } from './grouping.ts'
import type { AlertKind, Severity } from './kinds.ts'
import type { WatchedAlert } from './watched.ts'

export interface OpenWatched extends KeptAlert {
  readonly id: string
  readonly kind: string
  readonly subject: string
  readonly evidence: Readonly<Record<string, unknown>>
}

export interface Reconciled {
  readonly raise: readonly WatchedAlert[]
  /** Open, and still so, but worse or better than before, or with other figures. */
  readonly change: readonly {
    readonly open: OpenWatched
    readonly severity: Severity
    readonly evidence: WatchedAlert['evidence']
  }[]
  readonly gone: readonly OpenWatched[]
}

const NAMES = (one: { readonly kind: string; readonly subject: string }): string => `${one.kind} ${one.subject}`

/** Only of these does what is shown follow the figures; of the rest the first look stays. */
const FOLLOWED: ReadonlySet<AlertKind> = new Set(['stations-lost', 'outbox-backlog', 'disk-nearly-full'])

/** What a pass found, against what is open: what begins, what goes on differently, what is over. */
export function reconcile(found: readonly WatchedAlert[], open: readonly OpenWatched[]): Reconciled {
  const known = new Map(open.map((one) => [NAMES(one), one]))
  const wanted = new Map(found.map((one) => [NAMES(one), one]))
  const raise: WatchedAlert[] = []
  const change: Reconciled['change'][number][] = []
  for (const [name, alert] of wanted) {
    const kept = known.get(name)
    if (kept === undefined || kept.calmAt !== null) raise.push(alert)
    else if (differs(kept, alert)) change.push({ open: kept, severity: alert.severity, evidence: alert.evidence })
  }
  return { raise, change, gone: open.filter((one) => !wanted.has(NAMES(one))) }
}

function differs(kept: OpenWatched, { kind, severity, evidence }: WatchedAlert): boolean {
  if (kept.severity !== severity) return true
  return FOLLOWED.has(kind) && !isSame(kept.evidence, evidence)
}

/** Evidence is plain JSON; the database may give its members back in another order. */
function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(sorted(one)) === JSON.stringify(sorted(other))
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, member]) => [name, sorted(member)]),
  )
}
