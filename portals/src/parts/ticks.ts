import { nowMilliseconds } from './quantities.ts'

/** One timer for all that counts on at the same pace, so that a long list of it is drawn anew once, not row by row. */

interface Pace {
  at: number
  timer: ReturnType<typeof setInterval> | undefined
  readonly listeners: Set<() => void>
}

const paces = new Map<number, Pace>()

function paceOf(every: number): Pace {
  const known = paces.get(every)
  if (known !== undefined) return known
  const pace: Pace = { at: nowMilliseconds(), timer: undefined, listeners: new Set() }
  paces.set(every, pace)
  return pace
}

/** When it last ticked, in milliseconds since the epoch. */
export function lastTick(every: number): number {
  return paceOf(every).at
}

export function onTick(every: number, tell: () => void): () => void {
  const pace = paceOf(every)
  if (pace.listeners.size === 0) {
    pace.at = nowMilliseconds()
    pace.timer = setInterval(() => {
      pace.at = nowMilliseconds()
      for (const listener of pace.listeners) listener()
    }, every)
  }
  pace.listeners.add(tell)
  return () => {
    pace.listeners.delete(tell)
    if (pace.listeners.size === 0) clearInterval(pace.timer)
  }
}
