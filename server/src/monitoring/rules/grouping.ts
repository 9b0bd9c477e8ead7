import { isWorse, type Severity } from './kinds.ts'

/** What happened to an alert. */
export interface HistoryLine {
  readonly at: string
  readonly what: 'began' | 'returned' | 'calm' | 'cleared' | 'severity' | 'acknowledged' | 'closed'
  readonly severity?: Severity
  readonly by?: string
  readonly note?: string
}

/** An alert as it is kept, as far as grouping cares. */
export interface KeptAlert {
  readonly severity: Severity
  readonly since: Temporal.Instant
  readonly lastAt: Temporal.Instant
  readonly count: number
  readonly flapping: boolean
  /** The cause of one that comes and goes is gone since then. */
  readonly calmAt: Temporal.Instant | null
  readonly clearedAt: Temporal.Instant | null
  readonly acknowledgedAt: Temporal.Instant | null
  readonly acknowledgedBy: string | null
  readonly history: readonly HistoryLine[]
}

/** What comes back within this time of having gone is the same alert again, not another. */
export const RETURNS_WITHIN = Temporal.Duration.from({ minutes: 30 })
/** So many beginnings within an hour: it comes and goes. */
const FLAPS = 3
const FLAP_WINDOW = Temporal.Duration.from({ hours: 1 })
/** What comes and goes is over after this long without it. */
const CALM_FOR = Temporal.Duration.from({ minutes: 15 })
const MOST_LINES = 50

/** Raised for the first time. */
export function begun(severity: Severity, at: Temporal.Instant): KeptAlert {
  return {
    severity,
    since: at,
    lastAt: at,
    count: 1,
    flapping: false,
    calmAt: null,
    clearedAt: null,
    acknowledgedAt: null,
    acknowledgedBy: null,
    history: [{ at: at.toString(), what: 'began', severity }],
  }
}

/** Whether a new cause under the same kind and subject continues this alert. */
export function continues({ clearedAt }: Pick<KeptAlert, 'clearedAt'>, at: Temporal.Instant): boolean {
  return clearedAt === null || Temporal.Instant.compare(clearedAt.add(RETURNS_WITHIN), at) >= 0
}

/** The same cause again: counted, not another alert. One that had gone is there again; often enough, it comes and goes. */
export function raisedAgain(kept: KeptAlert, severity: Severity, at: Temporal.Instant): KeptAlert {
  const isBack = kept.clearedAt !== null || kept.calmAt !== null
  const line: HistoryLine = { at: at.toString(), what: 'returned', severity }
  const history = isBack ? [...kept.history, line] : kept.history
  // Whoever closed it had done with it.
  const stands = kept.history.at(-1)?.what === 'closed' ? { acknowledgedAt: null, acknowledgedBy: null } : {}
  const next = withSeverity({ ...kept, ...stands, history, calmAt: null, clearedAt: null }, severity, at)
  return {
    ...next,
    count: kept.count + 1,
    lastAt: later(kept.lastAt, at),
    flapping: kept.flapping || beginnings(history, at) >= FLAPS,
    history: bounded(next.history),
  }
}

/** A worse severity than the one somebody took on needs somebody anew. */
export function withSeverity(kept: KeptAlert, severity: Severity, at: Temporal.Instant): KeptAlert {
  if (severity === kept.severity) return kept
  const history = bounded([...kept.history, { at: at.toString(), what: 'severity', severity }])
  const stands = isWorse(severity, kept.severity) ? { acknowledgedAt: null, acknowledgedBy: null } : {}
  return { ...kept, ...stands, severity, history }
}

/** The cause is gone: so is the alert, unless it comes and goes; then calm must last. */
export function causeGone(kept: KeptAlert, at: Temporal.Instant): KeptAlert {
  if (kept.clearedAt !== null || kept.calmAt !== null) return kept
  const what = kept.flapping ? 'calm' : 'cleared'
  const history = bounded([...kept.history, { at: at.toString(), what }])
  return kept.flapping ? { ...kept, calmAt: at, history } : { ...kept, clearedAt: at, history }
}

/** Another alert tells of its cause now: it is over, and no calm is waited for. */
export function takenIn(kept: KeptAlert, at: Temporal.Instant): KeptAlert {
  if (kept.clearedAt !== null) return kept
  const history = bounded([...kept.history, { at: at.toString(), what: 'cleared' }])
  return { ...kept, calmAt: null, clearedAt: at, flapping: false, history }
}

/** Calm has lasted. */
export function calmLasted(kept: KeptAlert, at: Temporal.Instant): KeptAlert {
  if (kept.calmAt === null || Temporal.Instant.compare(kept.calmAt.add(CALM_FOR), at) > 0) return kept
  const history = bounded([...kept.history, { at: at.toString(), what: 'cleared' }])
  return { ...kept, calmAt: null, clearedAt: at, flapping: false, history }
}

export function acknowledgedBy(
  kept: KeptAlert,
  by: { readonly name: string; readonly note: string | undefined; readonly at: Temporal.Instant },
): KeptAlert {
  const { name, note, at } = by
  const line: HistoryLine = {
    at: at.toString(),
    what: 'acknowledged',
    by: name,
    ...(note === undefined ? {} : { note }),
  }
  return {
    ...kept,
    acknowledgedAt: kept.acknowledgedAt ?? at,
    acknowledgedBy: kept.acknowledgedBy ?? name,
    history: bounded([...kept.history, line]),
  }
}

export function closedBy(
  kept: KeptAlert,
  by: { readonly name: string; readonly note: string | undefined; readonly at: Temporal.Instant },
): KeptAlert {
  const { name, note, at } = by
  const line: HistoryLine = { at: at.toString(), what: 'closed', by: name, ...(note === undefined ? {} : { note }) }
  return { ...kept, clearedAt: at, calmAt: null, history: bounded([...kept.history, line]) }
}

function beginnings(history: readonly HistoryLine[], at: Temporal.Instant): number {
  const from = at.subtract(FLAP_WINDOW)
  return history.filter(
    (line) =>
      (line.what === 'began' || line.what === 'returned') &&
      Temporal.Instant.compare(Temporal.Instant.from(line.at), from) >= 0,
  ).length
}

/** The first line and the newest. */
function bounded(history: readonly HistoryLine[]): readonly HistoryLine[] {
  return history.length <= MOST_LINES ? history : [...history.slice(0, 1), ...history.slice(-(MOST_LINES - 1))]
}

function later(one: Temporal.Instant, other: Temporal.Instant): Temporal.Instant {
  return Temporal.Instant.compare(one, other) >= 0 ? one : other
}
