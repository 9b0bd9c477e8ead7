import type { Bus, Clock, Database } from '../../platform/index.ts'
import type { Receiver } from '../receive/receiver.ts'
import { afterSwap } from '../rules/swaps.ts'
import { lockSwaps, saveSwaps } from './store.ts'

export interface SwapDeps {
  readonly database: Database
  readonly clock: Clock
  readonly bus: Bus
  readonly receiver: Pick<Receiver, 'take'>
}

/** Why a station is sent away, in a notice between nodes. */
export const QUARANTINED = 'quarantined'

/**
 * A station's socket changed hands while the older one still lived, here or at another gateway: it is counted, and staff are told.
 * Where that happened too often nobody is let in for a while, and who is there is sent away, at whatever node.
 */
export async function noteSwap(
  { database, clock, bus, receiver }: SwapDeps,
  { tenantId, stationId }: { readonly tenantId: string; readonly stationId: string },
): Promise<void> {
  const at = clock.now()
  const noted = await database.inTenant(tenantId, async (tx) => {
    const before = await lockSwaps(tx, stationId)
    if (before === undefined) return undefined
    const swaps = afterSwap(before.times, at)
    await saveSwaps(tx, stationId, swaps)
    return { epoch: before.epoch, isQuarantined: swaps.quarantinedUntil !== undefined }
  })
  if (noted === undefined) return
  const { epoch, isQuarantined } = noted
  // Before it is told, which may fail.
  if (isQuarantined) bus.publish(tenantId, { type: 'station.disconnect', version: 1, stationId, why: QUARANTINED })
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
}
