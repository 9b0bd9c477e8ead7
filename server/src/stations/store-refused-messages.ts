import { sql, type Tx } from '../platform/index.ts'

export interface RefusedMessageRow {
  readonly id: string
  readonly at: Temporal.Instant
  readonly action: string | null
  readonly code: string
  readonly why: string
  readonly frame: Buffer
  readonly count: number
  readonly lastAt: Temporal.Instant | null
  readonly protocol: string | null
  readonly socketOpenedAt: Temporal.Instant | null
  readonly judgedAt: Temporal.Instant | null
  readonly judgedBy: string | null
  readonly outcome: RefusedOutcome | null
  readonly outcomeWhy: string | null
}

export type RefusedOutcome = 'taken' | 'no-effect' | 'refused'

const COLUMNS = sql`id, at, action, code, why, frame, count, last_at as "lastAt", protocol,
  socket_opened_at as "socketOpenedAt", judged_at as "judgedAt", judged_by as "judgedBy", outcome,
  outcome_why as "outcomeWhy"`

/** Newest first. */
export async function loadRefusedMessages(
  tx: Tx,
  { stationId, before, limit }: { stationId: string; before: readonly (string | number)[] | undefined; limit: number },
): Promise<readonly RefusedMessageRow[]> {
  return tx.rows<RefusedMessageRow>(sql`
    select ${COLUMNS} from refused_messages
    where tenant_id = ${tx.tenantId} and station_id = ${stationId}
      and ${before === undefined ? sql`true` : sql`(at, id) < (${before[0]}::timestamptz, ${before[1]}::uuid)`}
    order by at desc, id desc limit ${limit}`)
}

export async function countRefusedMessages(tx: Tx, stationId: string): Promise<number> {
  const row = await tx.row<{ n: bigint }>(sql`
    select count(*) as n from refused_messages where tenant_id = ${tx.tenantId} and station_id = ${stationId}`)
  return Number(row?.n ?? 0)
}

/**
 * Of two who judge a message again at once the second waits, and finds what became of it. Its row is not held: should it be refused once
 * more, it is kept again by another transaction, which would wait for us.
 */
export async function lockJudging(tx: Tx, id: string): Promise<void> {
  await tx.row(sql`select pg_advisory_xact_lock(hashtextextended('judge again ' || ${id}::uuid::text, 0)) as done`)
}

export async function findRefusedMessage(
  tx: Tx,
  { stationId, id }: { readonly stationId: string; readonly id: string },
): Promise<RefusedMessageRow | undefined> {
  return tx.row<RefusedMessageRow>(sql`
    select ${COLUMNS} from refused_messages
    where tenant_id = ${tx.tenantId} and station_id = ${stationId} and id = ${id}`)
}

export async function saveJudgement(
  tx: Tx,
  id: string,
  judged: {
    readonly at: Temporal.Instant
    readonly by: string
    readonly outcome: RefusedOutcome
    readonly why: string | undefined
  },
): Promise<void> {
  await tx.run(sql`
    update refused_messages set judged_at = ${judged.at}, judged_by = ${judged.by}, outcome = ${judged.outcome},
      outcome_why = ${judged.why ?? null}
    where tenant_id = ${tx.tenantId} and id = ${id}`)
}

/** Who speaks now for a station: what a message of it is taken under. */
export async function loadSpeaker(
  tx: Tx,
  stationId: string,
): Promise<
  | {
      readonly epoch: bigint
      readonly protocol: string | null
      readonly vendor: string | null
      readonly model: string | null
      readonly firmware: string | null
      readonly bootedAt: Temporal.Instant | null
    }
  | undefined
> {
  return tx.row(sql`
    select epoch, protocol, vendor, model, firmware, booted_at as "bootedAt" from stations
    where tenant_id = ${tx.tenantId} and id = ${stationId} and removed_at is null`)
}

/** When each EVSE of a station last reported another status. */
export async function loadStatusTimes(tx: Tx, stationId: string): Promise<ReadonlyMap<number, Temporal.Instant>> {
  const rows = await tx.rows<{ evse: number; at: Temporal.Instant }>(sql`
    select evse_id as evse, status_at as at from evses
    where tenant_id = ${tx.tenantId} and station_id = ${stationId} and status_at is not null`)
  return new Map(rows.map(({ evse, at }) => [evse, at]))
}
