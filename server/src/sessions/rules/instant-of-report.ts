import { isBefore } from '../../../../units/index.ts'

/** Two clocks this close are one. */
export const SAME_CLOCK_MS = 60_000
/** A station queues for days, not for months: an older time is a wrong clock. */
const LONGEST_QUEUE = Temporal.Duration.from({ hours: 31 * 24 })

export interface ReportTimes {
  readonly reportedAt: Temporal.Instant
  readonly receivedAt: Temporal.Instant
  readonly socketOpenedAt: Temporal.Instant
  /** The station says so (2.x). */
  readonly offline: boolean
  /** What is known of the same transaction: the report must not lie before `notBefore` nor after `notAfter`. */
  readonly notBefore?: Temporal.Instant
  readonly notAfter?: Temporal.Instant
}

export interface ReportInstant {
  readonly at: Temporal.Instant
  /** The station's clock was wrong: ours was taken. */
  readonly wasCorrected: boolean
  /** It waited at the station. */
  readonly wasQueued: boolean
}

/**
 * The one time rules go by: the station's when it is within 60 s of ours, or when the report was queued offline (2.x
 * says so; else its time lies before the socket opened) and fits between its neighbours; else ours, flagged.
 */
export function instantOfReport(times: ReportTimes): ReportInstant {
  const { reportedAt, receivedAt, socketOpenedAt, offline, notBefore, notAfter } = times
  const ageMs = receivedAt.epochMilliseconds - reportedAt.epochMilliseconds
  if (Math.abs(ageMs) <= SAME_CLOCK_MS) return { at: reportedAt, wasCorrected: false, wasQueued: false }
  const wasQueued = (offline || isBefore(reportedAt, socketOpenedAt)) && ageMs > 0
  const fits =
    !isBefore(reportedAt, receivedAt.subtract(LONGEST_QUEUE)) &&
    !(notBefore !== undefined && isBefore(reportedAt, notBefore)) &&
    !(notAfter !== undefined && isBefore(notAfter, reportedAt))
  return wasQueued && fits
    ? { at: reportedAt, wasCorrected: false, wasQueued }
    : { at: receivedAt, wasCorrected: true, wasQueued }
}
