/**
 * A station's socket that changes hands while the older one still answers: two machines have the same key (attack 2). More
 * than three times within five minutes, and nobody is let in for a while, since nobody can tell which is the station.
 */
const SWAP_MINUTES = 5
const MOST_SWAPS = 3
const QUARANTINE_MINUTES = 15

export interface Swaps {
  /** The swaps that still count, oldest first. */
  readonly times: readonly Temporal.Instant[]
  readonly quarantinedUntil?: Temporal.Instant
}

/** Swaps may be noted out of turn: what counts is when they were. */
export function afterSwap(before: readonly Temporal.Instant[], at: Temporal.Instant): Swaps {
  const all = [...before, at].toSorted(Temporal.Instant.compare)
  const latest = all.at(-1) ?? at
  const since = latest.subtract({ minutes: SWAP_MINUTES })
  const times = all.filter((time) => Temporal.Instant.compare(time, since) > 0)
  if (times.length <= MOST_SWAPS) return { times }
  return { times: [], quarantinedUntil: latest.add({ minutes: QUARANTINE_MINUTES }) }
}

export function isQuarantined(until: Temporal.Instant | null, at: Temporal.Instant): boolean {
  return until !== null && Temporal.Instant.compare(at, until) < 0
}
