import type { WebSocket } from 'ws'
import { monotonicMs } from '../../platform/index.ts'

export interface Throttle {
  /** A message was taken in. */
  taken(): void
  stop(): void
}

export interface ThrottleOptions {
  /** Messages a second that a station may send; undefined: no limit. */
  readonly perSecond: number | undefined
  /** CALLs of the station that wait for their turn. */
  backlog(): number
  /** The station does not wait for answers, and will not be held back (row 20). */
  onFlood(): void
}

/** CALLs of one station that may wait for their turn before its socket is read no further. */
const MOST_BACKLOG = 16
const RESUME_BACKLOG = 4
const LOOK_MS = 20
/** A piece from the network may hold many messages; however many, the socket is read again after so long. */
const LONGEST_DEBT_SECONDS = 3
/** Who has been so far ahead for so long, without a calm in between, is closed. */
const FLOOD_MS = 4_000
const CALM_MS = 30_000

/**
 * Stops reading a socket that is ahead of us, or talks faster than it may: TCP holds the station back. A station that empties its offline queue
 * waits for each answer (OCPP-J: one CALL at a time) and is slowed down only; one that does not wait is a flood.
 */
export function openThrottle(socket: WebSocket, options: ThrottleOptions): Throttle {
  const { perSecond } = options
  let allowance = perSecond ?? 0
  let countedAt = monotonicMs()
  let timer: NodeJS.Timeout | undefined
  let flood: { readonly since: number; last: number } | undefined

  const isAhead = (): boolean => {
    if (options.backlog() >= MOST_BACKLOG) return true
    if (perSecond === undefined) return false
    const now = monotonicMs()
    allowance = Math.min(perSecond, allowance + ((now - countedAt) / 1000) * perSecond)
    countedAt = now
    return allowance < 1
  }
  /** Who waits for answers is never this far ahead. */
  const isFlood = (limit: number): boolean => {
    if (allowance >= -MOST_BACKLOG && options.backlog() <= 2 * MOST_BACKLOG) return false
    allowance = Math.max(allowance, -LONGEST_DEBT_SECONDS * limit)
    const now = monotonicMs()
    if (flood === undefined || now - flood.last > CALM_MS) flood = { since: now, last: now }
    flood.last = now
    return now - flood.since > FLOOD_MS
  }
  const resumeWhenReady = (): void => {
    timer = setTimeout(() => {
      timer = undefined
      if (perSecond !== undefined && isFlood(perSecond)) return options.onFlood()
      if (options.backlog() <= RESUME_BACKLOG && !isAhead()) socket.resume()
      else resumeWhenReady()
    }, LOOK_MS)
  }
  return {
    taken() {
      allowance -= 1
      if (timer !== undefined || !isAhead()) return
      socket.pause()
      resumeWhenReady()
    },
    stop() {
      clearTimeout(timer)
    },
  }
}
