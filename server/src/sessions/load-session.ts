import type { Tx } from '../platform/index.ts'
import { type HeldSession, held } from './held.ts'
import { lockSessions } from './store.ts'
import { lockPlaces, placesOfSessions } from './store-places.ts'
import { distinct, type StationFacts, stationsById } from './store-validity.ts'

export interface LoadedSessions {
  readonly sessions: readonly HeldSession[]
  readonly stations: ReadonlyMap<string, StationFacts>
}

/** Sessions of the transaction's tenant, locked in the order shared with the batches: EVSE first, then session. */
export async function loadSessions(
  tx: Tx,
  ids: readonly string[],
  options: { readonly skipLocked?: boolean } = {},
): Promise<LoadedSessions> {
  const { tenantId } = tx
  await lockPlaces(tx, await placesOfSessions(tx, ids))
  const rows = await lockSessions(
    tx,
    ids.map((id) => ({ tenantId, id })),
    options,
  )
  const stations = await stationsById(tx, distinct(rows.map((row) => ({ tenantId, id: row.stationId }))))
  return {
    sessions: rows.map((row) => held(row)),
    stations: new Map(stations.map((station) => [station.id, station])),
  }
}
