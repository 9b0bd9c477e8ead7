import { sql, type Tx } from '../platform/index.ts'

export interface LogChunkRow {
  readonly id: string
  readonly at: Temporal.Instant
  readonly frames: Buffer
}

/** Chunks of a station's log that begin at or before `upTo`, newest first. */
export async function loadChunks(
  tx: Tx,
  filter: {
    readonly stationId: string
    readonly upTo: { readonly at: Temporal.Instant; readonly id?: string } | undefined
    readonly action: string | undefined
    readonly limit: number
  },
): Promise<readonly LogChunkRow[]> {
  const { stationId, upTo, action, limit } = filter
  const older =
    upTo === undefined
      ? sql`true`
      : upTo.id === undefined
        ? sql`at <= ${upTo.at}`
        : sql`(at, id) < (${upTo.at}, ${upTo.id}::uuid)`
  return tx.rows<LogChunkRow>(sql`
    select id, at, frames from ocpp_log
    where tenant_id = ${tx.tenantId} and station_id = ${stationId} and ${older}
      and ${action === undefined ? sql`true` : sql`${action} = any(actions)`}
    order by at desc, id desc limit ${limit}`)
}

/** Chunks of a station's log that begin at or before `until`, oldest first. */
export async function loadChunksInOrder(
  tx: Tx,
  filter: {
    readonly stationId: string
    readonly after: { readonly at: Temporal.Instant; readonly id: string } | undefined
    readonly until: Temporal.Instant | undefined
    readonly action: string | undefined
    readonly limit: number
  },
): Promise<readonly LogChunkRow[]> {
  const { stationId, after, until, action, limit } = filter
  return tx.rows<LogChunkRow>(sql`
    select id, at, frames from ocpp_log
    where tenant_id = ${tx.tenantId} and station_id = ${stationId}
      and ${after === undefined ? sql`true` : sql`(at, id) > (${after.at}, ${after.id}::uuid)`}
      and ${until === undefined ? sql`true` : sql`at <= ${until}`}
      and ${action === undefined ? sql`true` : sql`${action} = any(actions)`}
    order by at, id limit ${limit}`)
}

/** The chunks that follow: where answers to the last requests of a page may stand. */
export async function loadChunksAfter(
  tx: Tx,
  { stationId, after, limit }: { stationId: string; after: Temporal.Instant; limit: number },
): Promise<readonly LogChunkRow[]> {
  return tx.rows<LogChunkRow>(sql`
    select id, at, frames from ocpp_log
    where tenant_id = ${tx.tenantId} and station_id = ${stationId} and at > ${after}
    order by at, id limit ${limit}`)
}
