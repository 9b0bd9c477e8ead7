/**
 * A station that connects again and again (attack 12): sixty times within an hour are taken as they come, after that one a
 * minute. Memory is bounded: who came longest ago is forgotten first.
 */
const AT_ONCE = 60
const EACH_SECONDS = 60
const MOST_ENTRIES = 20_000

export interface ReconnectLimits {
  /** False: it comes too often. True counts as having come. */
  mayCome(stationId: string, nowSeconds: number): boolean
}

export function openReconnectLimits(): ReconnectLimits {
  const left = new Map<string, { readonly count: number; readonly atSeconds: number }>()
  return {
    mayCome(stationId, now) {
      const known = left.get(stationId)
      const count =
        known === undefined ? AT_ONCE : Math.min(AT_ONCE, known.count + (now - known.atSeconds) / EACH_SECONDS)
      if (count < 1) return false
      left.delete(stationId)
      left.set(stationId, { count: count - 1, atSeconds: now })
      const [oldest] = left.keys()
      if (left.size > MOST_ENTRIES && oldest !== undefined) left.delete(oldest)
      return true
    },
  }
}
