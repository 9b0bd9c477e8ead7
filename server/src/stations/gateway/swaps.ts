import type { Clock, Database } from '../../platform/index.ts'
import type { Receiver } from '../receive/receiver.ts'
import { afterSwap } from '../rules/swaps.ts'
import { lockSwaps, saveSwaps } from './store.ts'

export interface SwapDeps {
  readonly database: Database
  readonly clock: Clock
  readonly receiver: Pick<Receiver, 'take'>
}

/**
 * A station's socket changed hands while the older one still lived, here or at another gateway: it is counted, and staff are told.
 * True: nobody is let in for a while now.
 */
export async function noteSwap(
  { database, clock, receiver }: SwapDeps,
  { tenantId, stationId }: { readonly tenantId: string; readonly stationId: string },
): Promise<boolean> {
  const at = clock.now()
  const noted = await database.inTenant(tenantId, async (tx) => {
    const before = await lockSwaps(tx, stationId)
    if (before === undefined) return undefined
    const swaps = afterSwap(before.times, at)
    await saveSwaps(tx, stationId, swaps)
    return { epoch: before.epoch, isQuarantined: swaps.quarantinedUntil !== undefined }
  })
  if (noted === undefined) return false
  const { epoch, isQuarantined } = noted
  await receiver.take({
    tenantId,
    stationId,
    epoch,
    receivedAt: at,
    socketOpenedAt: at,
    action: 'SecondConnection',
    bodies: isQuarantined
      ? [{ kind: 'problem', code: 'security.SecondConnectionQuarantine', severity: 'critical' }]
      : [{ kind: 'problem', code: 'security.SecondConnection', severity: 'major' }],
    text: '{}',
  })
  return isQuarantined
}
