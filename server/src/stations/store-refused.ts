import { type Sql, sql, type Tx } from '../platform/index.ts'

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

const OURS = sql`stations s where s.tenant_id = refused_stations.tenant_id and s.identity = refused_stations.identity
  and s.removed_at is null`

/**
 * What is over is not shown: attempts from before a station was made, which may come, and be written, while it is being made. Whoever may see some
 * sites only sees attempts of the stations that stand there: the others are nobody's yet.
 */
function shownTo(sites: readonly string[] | null): Sql {
  const isOver = sql`s.created_at > refused_stations.last_at or refused_stations.reason = 'unknown-identity'`
  const isOpen = sql`not exists (select 1 from ${OURS} and (${isOver}))`
  return sites === null
    ? isOpen
    : sql`${isOpen} and exists (select 1 from ${OURS} and s.site_id = any(${sites}::uuid[]))`
}

/** Newest first. */
export async function loadRefused(
  tx: Tx,
  {
    sites,
    limit,
    before,
  }: {
    readonly sites: readonly string[] | null
    readonly limit: number
    readonly before?: readonly (string | number)[] | undefined
  },
): Promise<readonly RefusedRow[]> {
  const older = before === undefined ? sql`true` : sql`(last_at, id) < (${before[0]}::timestamptz, ${before[1]}::uuid)`
  return tx.rows<RefusedRow>(sql`
    select ${columns} from refused_stations where tenant_id = ${tx.tenantId} and ${older} and ${shownTo(sites)}
    order by last_at desc, id desc limit ${limit}`)
}

export async function findRefused(tx: Tx, id: string): Promise<RefusedRow | undefined> {
  return tx.row<RefusedRow>(
    sql`select ${columns} from refused_stations where tenant_id = ${tx.tenantId} and id = ${id} for update`,
  )
}

export async function countRefused(tx: Tx, sites: readonly string[] | null): Promise<number> {
  const row = await tx.row<{ n: bigint }>(
    sql`select count(*) as n from refused_stations where tenant_id = ${tx.tenantId} and ${shownTo(sites)}`,
  )
  return Number(row?.n ?? 0)
}

/** It is one of ours now: its old attempts say nothing any more. */
export async function forgetRefused(tx: Tx, identity: string): Promise<void> {
  await tx.run(sql`delete from refused_stations where tenant_id = ${tx.tenantId} and identity = ${identity}`)
}
