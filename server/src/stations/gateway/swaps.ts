import type { Database, Tx } from '../../platform/index.ts'
import { afterSwap } from '../rules/swaps.ts'
import { lockSwaps, saveSwaps } from './store.ts'

/** Counts that a station's socket changed hands while the older still lived. True: nobody is let in for a while now. */
export async function noteSwap(
  database: Database,
  { tenantId, stationId }: { readonly tenantId: string; readonly stationId: string },
  at: Temporal.Instant,
): Promise<boolean> {
  return database.inTenant(tenantId, async (tx: Tx) => {
    const before = await lockSwaps(tx, stationId)
    if (before === undefined) return false
    const swaps = afterSwap(before, at)
    await saveSwaps(tx, stationId, swaps)
    return swaps.quarantinedUntil !== undefined
  })
}
