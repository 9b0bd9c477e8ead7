import type { List, LogRow } from '../../api-types.ts'
import { milliseconds } from '../../parts/quantities.ts'

const MOST_PAGES = 10

/** A log's rows, newest first, back to an instant: page by page, and where those are too many it says that it is cut. */
export async function rowsBackTo(
  from: number,
  page: (before: string | undefined) => Promise<List<LogRow>>,
): Promise<{ readonly rows: readonly LogRow[]; readonly isCut: boolean }> {
  const rows: LogRow[] = []
  let before: string | undefined
  for (let pages = 0; pages < MOST_PAGES; pages += 1) {
    const { items, next } = await page(before)
    rows.push(...items)
    const oldest = items.at(-1)
    if (next === null || next === undefined || oldest === undefined || milliseconds(oldest.at) < from)
      return { rows, isCut: false }
    before = next
  }
  return { rows, isCut: true }
}
