import { sql, type Tx } from '../platform/index.ts'

export interface LogRow {
  readonly id: string
  readonly at: Temporal.Instant
  readonly direction: 'from-station' | 'to-station'
  readonly kind: 'call' | 'result' | 'error' | 'result-error' | 'send' | 'unreadable'
  readonly messageId: string | null
  readonly action: string | null
  readonly frame: Buffer
  readonly marks: readonly { readonly code: string; readonly pointer?: string; readonly note?: string }[] | null
}

const columns = sql`id, at, direction, kind, message_id as "messageId", action, frame, marks`

/** Requests of both sides, newest first. */
export async function loadRequests(
  tx: Tx,
  filter: {
    readonly stationId: string
    readonly before?: readonly (string | number)[] | undefined
    readonly action?: string | undefined
    readonly limit: number
  },
): Promise<readonly LogRow[]> {
  const { stationId, before, action, limit } = filter
  return tx.rows<LogRow>(sql`
    select ${columns} from ocpp_log
    where tenant_id = ${tx.tenantId} and station_id = ${stationId} and kind in ('call', 'send', 'unreadable')
      and ${action === undefined ? sql`true` : sql`action = ${action}`}
      and ${before === undefined ? sql`true` : sql`(at, id) < (${before[0]}::timestamptz, ${before[1]}::uuid)`}
    order by at desc, id desc limit ${limit}`)
}

/** The answers to these messages. */
export async function loadAnswers(
  tx: Tx,
  { stationId, messageIds, from }: { stationId: string; messageIds: readonly string[]; from: Temporal.Instant },
): Promise<readonly LogRow[]> {
  return tx.rows<LogRow>(sql`
    select ${columns} from ocpp_log
    where tenant_id = ${tx.tenantId} and station_id = ${stationId} and at >= ${from}
      and message_id = any(${messageIds}::text[]) and kind in ('result', 'error', 'result-error')
    order by at, id`)
}

export interface RefusedMessageRow {
  readonly id: string
  readonly at: Temporal.Instant
  readonly action: string | null
  readonly code: string
  readonly why: string
  readonly frame: Buffer
}

export async function loadRefusedMessages(
  tx: Tx,
  { stationId, before, limit }: { stationId: string; before: readonly (string | number)[] | undefined; limit: number },
): Promise<readonly RefusedMessageRow[]> {
  return tx.rows<RefusedMessageRow>(sql`
    select id, at, action, code, why, frame from refused_messages
    where tenant_id = ${tx.tenantId} and station_id = ${stationId}
      and ${before === undefined ? sql`true` : sql`(at, id) < (${before[0]}::timestamptz, ${before[1]}::uuid)`}
    order by at desc, id desc limit ${limit}`)
}
