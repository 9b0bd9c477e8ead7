/** So long after staff refused a station the end of what ran there is still taken. */
const FINISH = Temporal.Duration.from({ minutes: 10 })

export interface Refusable {
  readonly onboarding: 'waiting' | 'accepted' | 'refused'
  readonly refusedAt: Temporal.Instant | null
  readonly hasSession: boolean
}

/** Staff have refused the station, and a session goes on there: only what ends it is still taken. */
export function mayFinish({ onboarding, refusedAt, hasSession }: Refusable, at: Temporal.Instant): boolean {
  if (onboarding !== 'refused' || refusedAt === null || !hasSession) return false
  return Temporal.Instant.compare(at, refusedAt.add(FINISH)) <= 0
}
