/**
 * Several batches may write the same stations at once. Rows are locked as they stand in the batch: all stand in one order,
 * so that no two wait for each other in a ring.
 */
export function inLockOrder<T extends { readonly tenantId: string; readonly stationId: string }>(
  rows: readonly T[],
): T[] {
  return rows.toSorted((a, b) => compare(a.tenantId, b.tenantId) || compare(a.stationId, b.stationId))
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
