import { sql, type Tx } from '../platform/index.ts'

export interface RefusedRow {
  readonly id: string
  readonly path: string
  readonly identity: string | null
  readonly reason: string
  readonly offeredHash: Buffer | null
  readonly offeredKeyVersion: number | null
  readonly address: string
  readonly protocol: string | null
  readonly firstAt: Temporal.Instant
  readonly lastAt: Temporal.Instant
  readonly count: number
}

const columns = sql`id, path, identity, reason, offered_hash as "offeredHash", offered_key_version as "offeredKeyVersion",
  address, protocol, first_at as "firstAt", last_at as "lastAt", count`

/** Newest first. */
export async function loadRefused(
  tx: Tx,
  { limit, before }: { readonly limit: number; readonly before?: readonly (string | number)[] | undefined },
): Promise<readonly RefusedRow[]> {
  const older = before === undefined ? sql`true` : sql`(last_at, id) < (${before[0]}::timestamptz, ${before[1]}::uuid)`
  return tx.rows<RefusedRow>(sql`
    select ${columns} from refused_stations where tenant_id = ${tx.tenantId} and ${older}
    order by last_at desc, id desc limit ${limit}`)
}

export async function findRefused(tx: Tx, id: string): Promise<RefusedRow | undefined> {
  return tx.row<RefusedRow>(
    sql`select ${columns} from refused_stations where tenant_id = ${tx.tenantId} and id = ${id} for update`,
  )
}

export async function countRefused(tx: Tx): Promise<number> {
  const row = await tx.row<{ n: bigint }>(
    sql`select count(*) as n from refused_stations where tenant_id = ${tx.tenantId}`,
  )
  return Number(row?.n ?? 0)
}

/** It is one of ours now: its old attempts say nothing any more. */
export async function forgetRefused(tx: Tx, identity: string): Promise<void> {
  await tx.run(sql`delete from refused_stations where tenant_id = ${tx.tenantId} and identity = ${identity}`)
}
