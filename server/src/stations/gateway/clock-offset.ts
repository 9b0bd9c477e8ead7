import { isBefore } from '../../../../units/index.ts'
import type { StationMessage } from '../receive/message.ts'

/** A clock further off than this is no clock; the column is kept readable. */
const MOST_MS = 100 * 365 * 86_400_000
/** Old times that stay equally old for so long are told by a clock that is behind; those of a queue do not. */
const STEADY_MS = 30_000

export interface ClockWatch {
  note(message: StationMessage): void
  /** How far the station's clock is ahead of ours since last asked; undefined: it named no time that tells. */
  take(): number | undefined
}

/**
 * Watches a station's clock. What was queued is old, not wrong: the smallest distance is the clock's, and a time before the
 * socket opened tells only together with another, a while later, that is as old.
 */
export function watchClock(openedAt: Temporal.Instant): ClockWatch {
  let smallest: number | undefined
  let old: { readonly offset: number; readonly receivedMs: number } | undefined

  /** Whether a time from before the socket opened is no queue's. */
  const isSteady = (offset: number, receivedMs: number): boolean => {
    if (old !== undefined && receivedMs - old.receivedMs < STEADY_MS) return false
    const before = old
    old = { offset, receivedMs }
    return before !== undefined && Math.abs(offset - before.offset) <= STEADY_MS / 2
  }

  return {
    note({ bodies, receivedAt }) {
      const reportedAt = timeOfNow(bodies)
      if (reportedAt === undefined) return
      const receivedMs = receivedAt.epochMilliseconds
      const offset = reportedAt.epochMilliseconds - receivedMs
      if (Math.abs(offset) > MOST_MS) return
      if (smallest !== undefined && Math.abs(offset) >= Math.abs(smallest)) return
      if (isBefore(reportedAt, openedAt.subtract({ milliseconds: STEADY_MS })) && !isSteady(offset, receivedMs)) return
      smallest = offset
    },
    take() {
      const taken = smallest
      smallest = undefined
      return taken
    },
  }
}

/** The first time that a message names as now; what says it was told offline tells nothing. */
function timeOfNow(bodies: StationMessage['bodies']): Temporal.Instant | undefined {
  for (const body of bodies) {
    if (!('reportedAt' in body) || body.reportedAt === undefined) continue
    if (!('offline' in body && body.offline)) return body.reportedAt
  }
  return undefined
}
