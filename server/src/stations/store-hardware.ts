import { rowsIn, sql, type Tx } from '../platform/index.ts'
import type { DeclaredEvse } from './store.ts'

/** False: another station of the network bears it; the transaction may be over then, and whoever asked refuses. */
export async function changeIdentity(tx: Tx, id: string, identity: string): Promise<boolean> {
  try {
    return await takeIdentity(tx, id, identity)
  } catch (error) {
    // Another got it a moment before, and was waited for.
    const { code, constraint } = error as { readonly code?: unknown; readonly constraint?: unknown }
    if (code === '23505' && constraint === 'stations_identity') return false
    throw error
  }
}

async function takeIdentity(tx: Tx, id: string, identity: string): Promise<boolean> {
  const changed = await tx.run(sql`
    update stations s set identity = ${identity}
    where s.tenant_id = ${tx.tenantId} and s.id = ${id} and not exists (
      select from stations o
      where o.tenant_id = ${tx.tenantId} and o.identity = ${identity} and o.removed_at is null and o.id <> ${id})`)
  return changed === 1
}

/**
 * Takes EVSEs away where nobody charges; their sessions keep their number. Answers those that are gone. Whoever begins a session there
 * just now is waited for.
 */
export async function removeEvses(tx: Tx, stationId: string, ids: readonly number[]): Promise<readonly number[]> {
  const rows = await tx.rows<{ id: number }>(sql`
    delete from evses where tenant_id = ${tx.tenantId} and station_id = ${stationId} and evse_id = any(${ids}::int[])
      and open_session_id is null
    returning evse_id as id`)
  return rows.map(({ id }) => id)
}

/** Of each of these EVSEs, the connectors that it no longer has. */
export async function removeOtherConnectors(tx: Tx, stationId: string, evses: readonly DeclaredEvse[]): Promise<void> {
  const kept = evses.flatMap(({ id, connectors }) => connectors.map((connector) => ({ evse: id, id: connector.id })))
  await tx.run(sql`
    delete from connectors c
    where c.tenant_id = ${tx.tenantId} and c.station_id = ${stationId} and c.evse_id = any(${evses.map(({ id }) => id)}::int[])
      and not exists (
        select from ${rowsIn({
          evse_id: ['int', kept.map(({ evse }) => evse)],
          connector_id: ['int', kept.map(({ id }) => id)],
        })} k
        where k.evse_id = c.evse_id and k.connector_id = c.connector_id)`)
}
