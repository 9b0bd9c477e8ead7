import type { StationMessage } from '../receive/message.ts'

/** A clock further off than this is no clock; the column is kept readable. */
const MOST_MS = 100 * 365 * 86_400_000

export interface ClockWatch {
  note(message: StationMessage): void
  /** How far the station's clock is ahead of ours since last asked; undefined: it named no time. */
  take(): number | undefined
}

/** Watches a station's clock. What was queued is old, not wrong: the smallest distance is the clock's. */
export function watchClock(): ClockWatch {
  let smallest: number | undefined
  return {
    note(message) {
      const offset = clockOffsetOf(message)
      if (offset !== undefined && (smallest === undefined || Math.abs(offset) < Math.abs(smallest))) smallest = offset
    },
    take() {
      const taken = smallest
      smallest = undefined
      return taken
    },
  }
}

/** How far the station's clock is ahead of ours, by what it says happens now; what was said offline tells nothing. */
function clockOffsetOf({ bodies, receivedAt }: StationMessage): number | undefined {
  for (const body of bodies) {
    if (!('reportedAt' in body) || body.reportedAt === undefined) continue
    if ('offline' in body && body.offline) continue
    const offset = body.reportedAt.epochMilliseconds - receivedAt.epochMilliseconds
    if (Math.abs(offset) <= MOST_MS) return offset
  }
  return undefined
}
