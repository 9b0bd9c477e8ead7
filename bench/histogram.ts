/** Milliseconds, each kept to within one in a hundred: a fixed size however many are added, and two can be one. */
export interface Histogram {
  add(milliseconds: number): void
  /** What that share of all took at most: `at(0.99)`. 0 when nothing was added. */
  at(share: number): number
  readonly count: number
  /** Buckets that hold something, as [bucket, how many]: for another process. */
  toJSON(): Buckets
}

export type Buckets = readonly (readonly [number, number])[]

const GROWTH = 1.01
const LEAST_MS = 0.01
/** The last begins at some ten minutes. */
const BUCKETS = 1_800

/** All that is in the given ones, to begin with. */
export function openHistogram(...given: readonly Buckets[]): Histogram {
  const counts = new Float64Array(BUCKETS)
  for (const [bucket, count] of given.flat()) counts[bucket] = (counts[bucket] ?? 0) + count
  let total = counts.reduce((sum, count) => sum + count, 0)
  return {
    add(milliseconds) {
      const bucket = Math.ceil(Math.log(Math.max(milliseconds, LEAST_MS) / LEAST_MS) / Math.log(GROWTH))
      const within = Math.min(bucket, BUCKETS - 1)
      counts[within] = (counts[within] ?? 0) + 1
      total += 1
    },
    at(share) {
      const rank = Math.max(1, Math.ceil(total * share))
      let seen = 0
      for (const [bucket, count] of counts.entries()) {
        seen += count
        if (seen >= rank) return LEAST_MS * GROWTH ** bucket
      }
      return 0
    },
    get count() {
      return total
    },
    toJSON: () => [...counts.entries()].filter(([, count]) => count > 0),
  }
}
