import { newId, rowsIn, sql, type Tx } from '../../platform/index.ts'

export interface RefusedMessage {
  readonly tenantId: string
  readonly stationId: string
  readonly at: Temporal.Instant
  readonly socketOpenedAt: Temporal.Instant
  readonly protocol?: string
  readonly action: string | undefined
  readonly code: string
  readonly why: string
  readonly frame: Buffer
  /** What is the same is one row, counted. */
  readonly contentHash: Buffer
  readonly times: number
}

/** Frames that were refused, as they came; a repeat counts, and is to be judged anew. Each hash once in a call. */
export async function saveRefused(tx: Tx, refused: readonly RefusedMessage[]): Promise<void> {
  await tx.run(sql`
    insert into refused_messages (tenant_id, id, station_id, at, last_at, socket_opened_at, protocol, action, code, why,
      frame, content_hash, count)
    select * from ${rowsIn({
      tenant_id: ['uuid', refused.map(({ tenantId }) => tenantId)],
      id: ['uuid', refused.map(() => newId())],
      station_id: ['uuid', refused.map(({ stationId }) => stationId)],
      at: ['timestamptz', refused.map(({ at }) => at)],
      last_at: ['timestamptz', refused.map(({ at }) => at)],
      socket_opened_at: ['timestamptz', refused.map((one) => one.socketOpenedAt)],
      protocol: ['text', refused.map(({ protocol }) => protocol ?? null)],
      action: ['text', refused.map(({ action }) => action ?? null)],
      code: ['text', refused.map(({ code }) => code)],
      why: ['text', refused.map(({ why }) => why)],
      frame: ['bytea', refused.map(({ frame }) => frame)],
      content_hash: ['bytea', refused.map((one) => one.contentHash)],
      count: ['int', refused.map(({ times }) => times)],
    })} v
    on conflict (tenant_id, station_id, content_hash) where content_hash is not null
    do update set count = refused_messages.count + excluded.count, last_at = excluded.last_at, code = excluded.code,
      why = excluded.why, outcome = null`)
}

/** How many rows are kept of each of these stations. */
export async function countRefused(tx: Tx, stationIds: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const rows = await tx.rows<{ stationId: string; n: bigint }>(sql`
    select station_id as "stationId", count(*) as n from refused_messages
    where tenant_id = any(${tx.tenantIds}::uuid[]) and station_id = any(${stationIds}::uuid[]) group by station_id`)
  return new Map(rows.map(({ stationId, n }) => [stationId, Number(n)]))
}

export interface RefusedOften {
  readonly tenantId: string
  readonly stationId: string
  readonly action: string | null
  readonly code: string
  readonly why: string
  readonly times: number
}

/** What these stations had refused since then, and so often in all, by action and reason. */
export async function refusedOften(
  tx: Tx,
  asked: { readonly stationIds: readonly string[]; readonly since: Temporal.Instant; readonly from: number },
): Promise<readonly RefusedOften[]> {
  const rows = await tx.rows<Omit<RefusedOften, 'times'> & { readonly times: bigint }>(sql`
    select tenant_id as "tenantId", station_id as "stationId", action, code, max(why) as why, sum(count) as times
    from refused_messages
    where tenant_id = any(${tx.tenantIds}::uuid[]) and station_id = any(${asked.stationIds}::uuid[])
      and last_at >= ${asked.since}
    group by tenant_id, station_id, action, code having sum(count) >= ${asked.from}`)
  return rows.map((row) => ({ ...row, times: Number(row.times) }))
}
