/**
 * Sequence numbers seen, as ranges [from, to, from, to, …], ascending, never touching each other. This is the natural
 * key of 2.x reports: a number that was seen is a repeat, whatever message id it comes under.
 */
export type SeenRanges = readonly number[]

export function hasSeen(seen: SeenRanges, number: number): boolean {
  for (let index = 0; index < seen.length; index += 2) {
    if (number >= (seen[index] ?? 0) && number <= (seen[index + 1] ?? 0)) return true
  }
  return false
}

export function addSeen(seen: SeenRanges, number: number): SeenRanges {
  const ranges: number[] = []
  let from = number
  let to = number
  let isPlaced = false
  for (let index = 0; index < seen.length; index += 2) {
    const start = seen[index] ?? 0
    const end = seen[index + 1] ?? 0
    if (end < from - 1) ranges.push(start, end)
    else if (start > to + 1) {
      if (!isPlaced) ranges.push(from, to)
      isPlaced = true
      ranges.push(start, end)
    } else {
      from = Math.min(from, start)
      to = Math.max(to, end)
    }
  }
  if (!isPlaced) ranges.push(from, to)
  return ranges
}

/** Every number from `from` to `to` was seen. */
export function hasSeenAll(seen: SeenRanges, from: number, to: number): boolean {
  for (let index = 0; index < seen.length; index += 2) {
    if (from >= (seen[index] ?? 0) && to <= (seen[index + 1] ?? 0)) return true
  }
  return false
}
