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

export function afterSwap(before: readonly Temporal.Instant[], at: Temporal.Instant): Swaps {
  const since = at.subtract({ minutes: SWAP_MINUTES })
  const times = [...before.filter((time) => Temporal.Instant.compare(time, since) > 0), at]
  if (times.length <= MOST_SWAPS) return { times }
  return { times: [], quarantinedUntil: at.add({ minutes: QUARANTINE_MINUTES }) }
}

export function isQuarantined(until: Temporal.Instant | null, at: Temporal.Instant): boolean {
  return until !== null && Temporal.Instant.compare(at, until) < 0
}
