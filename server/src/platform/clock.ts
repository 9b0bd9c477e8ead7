/** The only place that asks the machine for the time. Rules get the time as an argument named `at`. */
export interface Clock {
  now(): Temporal.Instant
}

export const systemClock: Clock = { now: () => Temporal.Now.instant() }

/** A clock for tests: stands still until moved. */
export function movableClock(start: string): Clock & { move(duration: Temporal.DurationLike): void } {
  let now = Temporal.Instant.from(start)
  return {
    now: () => now,
    move(duration) {
      now = now.add(duration)
    },
  }
}

/** Milliseconds that never step back, for measuring how long something took. */
export function monotonicMs(): number {
  return performance.now()
}
