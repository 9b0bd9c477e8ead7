import { allOf, type Sql, sql, type Tx } from '../platform/index.ts'
import type { StartedBy } from './held.ts'
import {
  type Session,
  type SessionFlag,
  sessionFromText,
  type SessionRecordJson,
  type SessionState,
} from './rules/index.ts'

/** What lists and details show of sessions. */

export interface ShownSession {
  readonly id: string
  readonly number: bigint
  readonly state: SessionState
  readonly flags: readonly SessionFlag[]
  readonly stationId: string
  readonly stationNumber: string
  readonly stationName: string | null
  readonly siteId: string | null
  readonly siteName: string | null
  readonly timeZone: string
  readonly protocol: string | null
  readonly evseId: number
  readonly connectorId: number | null
  readonly startedBy: StartedBy
  readonly startedByName: string | null
  readonly tokenLast4: string | null
  readonly startedAt: Temporal.Instant
  readonly endedAt: Temporal.Instant | null
  readonly stopReason: string | null
  readonly energyWh: bigint
  readonly powerW: number | null
  readonly revision: number
  readonly tariffId: string | null
  readonly tariffVersion: number | null
  readonly machine: Session
  /** Of its latest record, if one was made. */
  readonly periods: SessionRecordJson['periods'] | null
  readonly totals: NonNullable<SessionRecordJson['totals']> | null
}

export interface SessionFilter {
  readonly sites: 'all' | readonly string[]
  readonly id?: string | undefined
  readonly stationId?: string | undefined
  readonly state?: SessionState | undefined
  readonly open?: boolean | undefined
  readonly flag?: SessionFlag | undefined
  /** Its number in the network, as digits. */
  readonly number?: string | undefined
  readonly from?: Temporal.Instant | undefined
  readonly to?: Temporal.Instant | undefined
}

export interface SessionPage {
  readonly limit: number
  /** The last one of the page before. */
  readonly after?: { readonly startedAt: string; readonly id: string } | undefined
}

/** In the words of the index of open sessions: `closedStates`. */
export const IS_OPEN = sql`s.state not in ('ended', 'refused', 'abandoned')`

function matching(tx: Tx, filter: SessionFilter): Sql {
  const { sites, id, stationId, state, open, flag, number, from, to } = filter
  return allOf([
    sql`s.tenant_id = ${tx.tenantId}`,
    sites === 'all' ? undefined : sql`st.site_id = any(${sites}::uuid[])`,
    id === undefined ? undefined : sql`s.id = ${id}`,
    stationId === undefined ? undefined : sql`s.station_id = ${stationId}`,
    state === undefined ? undefined : sql`s.state = ${state}`,
    open === undefined ? undefined : open ? IS_OPEN : sql`s.state in ('ended', 'refused', 'abandoned')`,
    flag === undefined ? undefined : sql`${flag} = any(s.flags)`,
    number === undefined ? undefined : sql`s.number = ${number}::bigint`,
    from === undefined ? undefined : sql`s.started_at >= ${from}`,
    to === undefined ? undefined : sql`s.started_at < ${to}`,
  ])
}

const FROM = sql`
  from sessions s
  join stations st on st.tenant_id = s.tenant_id and st.id = s.station_id
  join tenants t on t.tenant_id = s.tenant_id
  left join sites i on i.tenant_id = st.tenant_id and i.id = st.site_id`

type Raw = Omit<ShownSession, 'machine'> & { readonly machineText: string; readonly progressText: string }

/** Newest first. */
export async function listSessions(
  tx: Tx,
  filter: SessionFilter,
  { limit, after }: SessionPage,
): Promise<readonly ShownSession[]> {
  const page =
    after === undefined ? sql`true` : sql`(s.started_at, s.id) < (${after.startedAt}::timestamptz, ${after.id}::uuid)`
  const rows = await tx.rows<Raw>(sql`
    select s.id, s.number, s.state, s.flags, s.station_id as "stationId", st.number as "stationNumber",
      st.name as "stationName", st.site_id as "siteId", i.name as "siteName", coalesce(i.time_zone, t.time_zone) as "timeZone",
      st.protocol, s.evse_id as "evseId", s.connector_id as "connectorId", s.started_by as "startedBy",
      s.started_by_name as "startedByName", s.token_last4 as "tokenLast4", s.started_at as "startedAt",
      s.ended_at as "endedAt", s.stop_reason as "stopReason", s.energy_wh as "energyWh", s.power_w as "powerW",
      s.revision, s.tariff_id as "tariffId", s.tariff_version as "tariffVersion",
      s.machine::text as "machineText", s.progress::text as "progressText",
      r.record->'periods' as periods, r.record->'totals' as totals
    ${FROM}
    left join session_records r on r.tenant_id = s.tenant_id and r.session_id = s.id and r.revision = s.revision
    where ${matching(tx, filter)} and ${page}
    order by s.started_at desc, s.id desc limit ${limit}`)
  return rows.map(({ machineText, progressText, ...row }) => ({
    ...row,
    machine: sessionFromText(row.id, machineText, progressText),
  }))
}

/** Whether any session was, or is being, priced by a tariff. */
export async function tariffHasSessions(tx: Tx, tariffId: string): Promise<boolean> {
  const row = await tx.row<{ found: boolean }>(sql`
    select exists(select from sessions where tenant_id = ${tx.tenantId} and tariff_id = ${tariffId}) as found`)
  return row?.found === true
}

export async function countSessions(tx: Tx, filter: SessionFilter): Promise<number> {
  const row = await tx.row<{ count: bigint }>(sql`select count(*) ${FROM} where ${matching(tx, filter)}`)
  return Number(row?.count ?? 0)
}

export interface HistoryRow {
  readonly at: Temporal.Instant
  readonly kind: string
  readonly value: string
  readonly cause: string
}

export async function historyOf(tx: Tx, sessionId: string): Promise<readonly HistoryRow[]> {
  return tx.rows<HistoryRow>(sql`
    select at, kind, value, cause from session_changes
    where tenant_id = ${tx.tenantId} and session_id = ${sessionId} order by n`)
}

/** A record, and how it was handed on. */
export interface ShownRecord {
  readonly sessionId: string
  readonly revision: number
  /** To the microsecond, as lists are ordered; the record itself says milliseconds. */
  readonly createdAt: Temporal.Instant
  readonly record: SessionRecordJson
  readonly doneAt: Temporal.Instant | null
  readonly failedAt: Temporal.Instant | null
  readonly attempts: number | null
  /** What END-VALIDATE made of it; null where it found nothing, or has not looked yet. */
  readonly judged: string | null
}

export interface RecordFilter {
  readonly sites: 'all' | readonly string[]
  readonly sessionId?: string | undefined
  /** The effects that hand a record on: as it is made, and once it is released. */
  readonly effectTypes: readonly [string, string]
}

/** Newest first. */
export async function listRecords(
  tx: Tx,
  filter: RecordFilter,
  page: {
    readonly limit: number
    readonly after?: { readonly createdAt: string; readonly id: string; readonly revision: number } | undefined
  },
): Promise<readonly ShownRecord[]> {
  const { after, limit } = page
  const where = allOf([
    matchingRecords(tx, filter),
    after === undefined
      ? undefined
      : sql`(r.created_at, r.session_id, r.revision) < (${after.createdAt}::timestamptz, ${after.id}::uuid, ${after.revision}::int)`,
  ])
  return tx.rows<ShownRecord>(sql`
    select r.session_id as "sessionId", r.revision, r.created_at as "createdAt", r.record, coalesce(o.done_at, b.taken_at) as "doneAt",
      o.failed_at as "failedAt", coalesce(o.attempts, case when b.taken_at is not null then 1 end) as attempts,
      e.state as judged
    ${FROM_RECORDS}
    left join usage_errors e on e.tenant_id = r.tenant_id and e.session_id = r.session_id and e.revision = r.revision
    left join lateral (
      select o.done_at, o.failed_at, o.attempts from outbox o
      where o.tenant_id = r.tenant_id and o.type = any(${filter.effectTypes}::text[]) and o.key = r.session_id || '/' || r.revision
      order by o.created_at desc, o.id desc limit 1) o on true
    -- What handed it on is forgotten after a while; what was billed never is.
    left join billing_records b on b.tenant_id = r.tenant_id and b.session_id = r.session_id and b.revision = r.revision
    where ${where}
    order by r.created_at desc, r.session_id desc, r.revision desc limit ${limit}`)
}

export async function countRecords(tx: Tx, filter: RecordFilter): Promise<number> {
  const row = await tx.row<{ count: bigint }>(sql`select count(*) ${FROM_RECORDS} where ${matchingRecords(tx, filter)}`)
  return Number(row?.count ?? 0)
}

const FROM_RECORDS = sql`
  from session_records r
  join sessions s on s.tenant_id = r.tenant_id and s.id = r.session_id
  join stations st on st.tenant_id = s.tenant_id and st.id = s.station_id`

function matchingRecords(tx: Tx, { sites, sessionId }: RecordFilter): Sql {
  return allOf([
    sql`r.tenant_id = ${tx.tenantId}`,
    sites === 'all' ? undefined : sql`st.site_id = any(${sites}::uuid[])`,
    sessionId === undefined ? undefined : sql`r.session_id = ${sessionId}`,
  ])
}
