import { sql, type Tx } from '../platform/index.ts'
import type { SessionRow } from './held.ts'

/** A wish joins a session that waits for just this, or leaves it: who asked, and how the station will name it. */
export async function saveWishes(tx: Tx, rows: readonly SessionRow[]): Promise<void> {
  if (rows.length === 0) return
  await tx.run(sql`
    update sessions s set started_by_id = v.started_by_id, started_by_name = v.started_by_name,
      remote_start_id = v.remote_start_id, wish_uid_hash = v.wish_uid_hash
    from unnest(${rows.map((row) => row.tenantId)}::uuid[], ${rows.map((row) => row.id)}::uuid[],
      ${rows.map((row) => row.startedById)}::uuid[], ${rows.map((row) => row.startedByName)}::text[],
      ${rows.map((row) => row.remoteStartId)}::int[], ${rows.map((row) => row.wishUidHash)}::bytea[])
      as v (tenant_id, id, started_by_id, started_by_name, remote_start_id, wish_uid_hash)
    where s.tenant_id = v.tenant_id and s.id = v.id`)
}
