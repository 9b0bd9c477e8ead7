/** A message that is not wanted is sent again after these waits, in seconds, and is dead after the last: some four days in all. */
const UNWANTED_SECONDS: readonly number[] = [
  5, 30, 120, 600, 1_800, 3_600, 10_800, 21_600, 43_200, 86_400, 86_400, 86_400,
]

/**
 * A target that fails and is not down takes others meanwhile: what it did not take is sent again every half minute for ten minutes, so
 * that a bad hour costs minutes, and then later and later, for some four days too.
 */
const FAILED_SECONDS: readonly number[] = [2, 5, 10, 20].concat(
  Array.from({ length: 19 }, () => 30),
  [300, 1_800, 3_600, 10_800, 21_600, 43_200, 86_400, 86_400, 86_400],
)

export type Fault = 'target' | 'message'

export const waitsAfter: Readonly<Record<Fault, readonly number[]>> = {
  message: UNWANTED_SECONDS,
  target: FAILED_SECONDS,
}

/** A fifth more or less, so that many do not come back at one moment. `chance`: from 0 to 1. */
function spread(seconds: number, chance: number): Temporal.Duration {
  return Temporal.Duration.from({ milliseconds: Math.round(seconds * 1_000 * (0.8 + 0.4 * chance)) })
}

/** When a delivery is tried again after so many counted tries; undefined: never, it is dead. */
export function nextTry(
  tries: number,
  fault: Fault,
  at: Temporal.Instant,
  chance: number,
): Temporal.Instant | undefined {
  const wait = waitsAfter[fault][tries - 1]
  return wait === undefined ? undefined : at.add(spread(wait, chance))
}

/** How a target is. While `retryAt` is set, one delivery is tried at that time, and the others wait without being counted. */
export interface Health {
  readonly failures: number
  readonly failingSince: Temporal.Instant | null
  readonly retryAt: Temporal.Instant | null
}

export const WELL: Health = { failures: 0, failingSince: null, retryAt: null }

/** So many failures in a row, or some over a minute without one success: the target is taken to be down. */
const FAILURES = 10
const FEW_FAILURES = 3
const A_MINUTE = 60
const SHORTEST_SECONDS = 5
const LONGEST_SECONDS = 900

/** A target is asked again after a quarter of the time it has been failing: from 5 s to a quarter of an hour. */
export function afterFailure(
  health: Health,
  at: Temporal.Instant,
  { chance, waitSeconds }: { readonly chance: number; readonly waitSeconds?: number | undefined },
): Health {
  const failures = health.failures + 1
  const failingSince = health.failingSince ?? at
  const failing = at.since(failingSince).total('seconds')
  const asked = waitSeconds === undefined ? null : at.add({ seconds: waitSeconds })
  const isDown = failures >= FAILURES || (failures >= FEW_FAILURES && failing >= A_MINUTE)
  if (!isDown) return { failures, failingSince, retryAt: asked }
  const own = at.add(spread(Math.min(Math.max(failing / 4, SHORTEST_SECONDS), LONGEST_SECONDS), chance))
  const retryAt = asked !== null && Temporal.Instant.compare(asked, own) > 0 ? asked : own
  return { failures, failingSince, retryAt }
}

export function isDown({ retryAt }: Health): boolean {
  return retryAt !== null
}

/** People are told of a target that has been failing so long; after five days nothing is sent there any more. */
const TOLD_AFTER_MINUTES = 15
const GIVEN_UP_AFTER_HOURS = 5 * 24

export function howLong(health: Health, at: Temporal.Instant): 'well' | 'failing' | 'tell' | 'give-up' {
  if (health.failingSince === null) return 'well'
  const failing = at.since(health.failingSince)
  if (failing.total('hours') >= GIVEN_UP_AFTER_HOURS) return 'give-up'
  return isDown(health) && failing.total('minutes') >= TOLD_AFTER_MINUTES ? 'tell' : 'failing'
}
