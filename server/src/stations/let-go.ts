import type { Ground, StaffOrKey, Tx } from '../platform/index.ts'
import { REFUSED_NOTICE } from './gateway/registry.ts'
import type { HandedIn } from './handed-in.ts'

/** Staff refuse a station: what runs there is told to stop; then, or at once where nothing does, its socket is closed. */
export async function letGo(
  tx: Tx,
  { ground, stopForStaff }: { readonly ground: Pick<Ground, 'bus'>; readonly stopForStaff: HandedIn['stopForStaff'] },
  refused: { readonly stationId: string; readonly caller: StaffOrKey; readonly at: Temporal.Instant },
): Promise<void> {
  await stopForStaff?.(tx, refused)
  const { stationId, caller } = refused
  tx.afterCommit(() => ground.bus.publish(caller.tenantId, { type: REFUSED_NOTICE, version: 1, stationId }))
}
