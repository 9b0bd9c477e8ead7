import { type Ground, ok, refuse, type Result, type Tx } from '../platform/index.ts'
import { changeIdentity, removeEvses, removeOtherConnectors } from './store-hardware.ts'
import { type DeclaredEvse, declareEvses } from './store.ts'
import { forgetRefused } from './store-refused.ts'
import type { StationParts } from './views.ts'

/** What a station is, as people say it: its identity, and the EVSEs with their connectors. */
export interface HardwareChanges {
  readonly identity?: string | undefined
  /** Described anew, each with just these connectors; EVSEs that are not named stay as they are. */
  readonly evses?: readonly DeclaredEvse[] | undefined
  readonly removeEvses?: readonly number[] | undefined
}

type Fault = 'identity-taken' | 'no-such-evse' | 'evse-in-use'

/** A board that was replaced, an outlet that was added, a typing slip (ST-CRUD). What was charged there stays as it was. */
export async function changeHardware(
  tx: Tx,
  { bus }: Pick<Ground, 'bus'>,
  { station, evses: known }: StationParts,
  { identity, evses = [], removeEvses: ids = [] }: HardwareChanges,
): Promise<Result<undefined, Fault>> {
  const missing = ids.find((id) => !known.some((evse) => evse.id === id))
  if (missing !== undefined) return refuse('no-such-evse', { values: { id: missing } })
  if (ids.length > 0) {
    const gone = await removeEvses(tx, station.id, ids)
    const inUse = ids.find((id) => !gone.includes(id))
    if (inUse !== undefined) return refuse('evse-in-use', { values: { id: inUse } })
  }
  if (evses.length > 0) {
    await removeOtherConnectors(tx, station.id, evses)
    await declareEvses(tx, station.id, evses)
  }
  if (identity !== undefined && identity !== station.identity) {
    if (!(await changeIdentity(tx, station.id, identity))) return refuse('identity-taken')
    await forgetRefused(tx, identity)
    // Whoever speaks under the former one comes back, and is told that it is unknown.
    tx.afterCommit(() => bus.publish(tx.tenantId, { type: 'station.disconnect', version: 1, stationId: station.id }))
  }
  return ok(undefined)
}
