import { rowsIn, sql, type Tx } from '../platform/index.ts'
import type { SessionRow } from './held.ts'

/** A wish joins a session that waits for just this, or leaves it: who asked, and how the station will name it. */
export async function saveWishes(tx: Tx, rows: readonly SessionRow[]): Promise<void> {
  if (rows.length === 0) return
  await tx.run(sql`
    update sessions s set started_by_id = v.started_by_id, started_by_name = v.started_by_name,
      remote_start_id = v.remote_start_id, wish_uid_hash = v.wish_uid_hash
    from ${rowsIn({
      tenant_id: ['uuid', rows.map((row) => row.tenantId)],
      id: ['uuid', rows.map((row) => row.id)],
      started_by_id: ['uuid', rows.map((row) => row.startedById)],
      started_by_name: ['text', rows.map((row) => row.startedByName)],
      remote_start_id: ['int', rows.map((row) => row.remoteStartId)],
      wish_uid_hash: ['bytea', rows.map((row) => row.wishUidHash)],
    })} v
    where s.tenant_id = v.tenant_id and s.id = v.id`)
}
