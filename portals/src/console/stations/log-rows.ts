import type { List, LogRow } from '../../api-types.ts'

/** Rows of the log as far as they were read, without a gap; `next`: where older ones begin. */
export interface KeptRows {
  readonly rows: readonly LogRow[]
  readonly next: string | undefined
}

// A page longer open keeps no more than this.
const mostRows = 5000

/** Newest first; of a row in both, the one of the first list. */
export function merged(first: readonly LogRow[], second: readonly LogRow[]): readonly LogRow[] {
  const known = new Set(first.map(({ id }) => id))
  return [...first, ...second.filter(({ id }) => !known.has(id))]
    .sort((one, other) => (one.at < other.at ? 1 : one.at > other.at ? -1 : 0))
    .slice(0, mostRows)
}

/**
 * The newest page put to what was kept. Where the two do not touch, a tab slept and much was said: what was kept makes way, and comes again
 * as older rows, so that the log never seems whole where rows are missing.
 */
export function withNewest(kept: KeptRows | undefined, page: List<LogRow>): KeptRows {
  const next = page.next ?? undefined
  const known = new Set(kept?.rows.map(({ id }) => id))
  if (kept === undefined || (next !== undefined && !page.items.some(({ id }) => known.has(id))))
    return { rows: page.items, next }
  return { rows: merged(page.items, kept.rows), next: kept.next }
}
