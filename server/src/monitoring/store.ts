import { cursorFrom, json, newId, type Sql, sql, type Tx } from '../platform/index.ts'
import type { Severity } from './rules/alerts-of-report.ts'

export interface NewAlert {
  readonly tenantId: string
  readonly kind: string
  readonly severity: Severity
  readonly subject: string
  readonly stationId?: string | undefined
  readonly sessionId?: string | undefined
  readonly evidence: Readonly<Record<string, unknown>>
  readonly at: Temporal.Instant
}

/** Opens alerts; one that is open already counts up and keeps the newest evidence. Answers the ids of all. */
export async function insertAlerts(tx: Tx, alerts: readonly NewAlert[]): Promise<readonly string[]> {
  // One row per subject and statement, or the conflict would touch a row twice.
  const latest = [
    ...new Map(alerts.map((alert) => [`${alert.tenantId} ${alert.kind} ${alert.subject}`, alert])).values(),
  ]
  const rows = await tx.rows<{ id: string }>(sql`
    insert into alerts (tenant_id, id, kind, severity, subject, station_id, session_id, evidence, since, last_at)
    select * from unnest(
      ${latest.map((alert) => alert.tenantId)}::uuid[], ${latest.map(() => newId())}::uuid[],
      ${latest.map((alert) => alert.kind)}::text[], ${latest.map((alert) => alert.severity)}::text[],
      ${latest.map((alert) => alert.subject)}::text[], ${latest.map((alert) => alert.stationId ?? null)}::uuid[],
      ${latest.map((alert) => alert.sessionId ?? null)}::uuid[], ${latest.map((alert) => json(alert.evidence))}::jsonb[],
      ${latest.map((alert) => alert.at)}::timestamptz[], ${latest.map((alert) => alert.at)}::timestamptz[])
    on conflict (tenant_id, kind, subject) where cleared_at is null
    do update set count = alerts.count + 1, last_at = excluded.last_at, evidence = excluded.evidence, severity = excluded.severity
    returning id`)
  return rows.map((row) => row.id)
}

export interface Cleared {
  readonly tenantId: string
  readonly kind: string
  readonly subject: string
  readonly at: Temporal.Instant
}

export async function clearAlerts(tx: Tx, cleared: readonly Cleared[]): Promise<readonly string[]> {
  const rows = await tx.rows<{ id: string }>(sql`
    update alerts set cleared_at = gone.at
    from unnest(
      ${cleared.map((one) => one.tenantId)}::uuid[], ${cleared.map((one) => one.kind)}::text[],
      ${cleared.map((one) => one.subject)}::text[], ${cleared.map((one) => one.at)}::timestamptz[]
    ) as gone (tenant_id, kind, subject, at)
    where alerts.tenant_id = gone.tenant_id and alerts.kind = gone.kind and alerts.subject = gone.subject and cleared_at is null
    returning id`)
  return rows.map((row) => row.id)
}

export interface AlertRow {
  readonly id: string
  readonly tenantId: string
  readonly kind: string
  readonly severity: Severity
  readonly stationId: string | null
  readonly stationNumber: string | null
  readonly stationName: string | null
  readonly siteId: string | null
  readonly sessionId: string | null
  readonly sessionNumber: bigint | null
  readonly since: Temporal.Instant
  readonly lastAt: Temporal.Instant
  readonly count: number
  readonly evidence: Readonly<Record<string, unknown>>
  readonly acknowledgedAt: Temporal.Instant | null
  readonly acknowledgedBy: string | null
  readonly note: string | null
  readonly clearedAt: Temporal.Instant | null
}

const COLUMNS = sql`
  a.id, a.tenant_id as "tenantId", a.kind, a.severity, a.station_id as "stationId", st.number as "stationNumber",
  st.name as "stationName", st.site_id as "siteId", a.session_id as "sessionId", se.number as "sessionNumber", a.since,
  a.last_at as "lastAt", a.count, a.evidence, a.acknowledged_at as "acknowledgedAt", a.acknowledged_by as "acknowledgedBy",
  a.note, a.cleared_at as "clearedAt"
  from alerts a
  left join stations st on st.tenant_id = a.tenant_id and st.id = a.station_id
  left join sessions se on se.tenant_id = a.tenant_id and se.id = a.session_id`

export async function loadAlerts(tx: Tx, ids: readonly string[]): Promise<readonly AlertRow[]> {
  return tx.rows<AlertRow>(sql`select ${COLUMNS} where a.id = any(${ids}::uuid[])`)
}

export interface AlertQuestion {
  readonly states: readonly ('open' | 'acknowledged' | 'cleared')[]
  readonly sites: readonly string[] | null
  readonly limit: number
  readonly cursor: string | undefined
}

const RANK = sql`case a.severity when 'critical' then 1 when 'major' then 2 else 3 end`

/** Worst first, then the newest. The cursor is (severity's rank, since, id). */
export async function listAlerts(
  tx: Tx,
  asked: AlertQuestion,
): Promise<readonly (AlertRow & { readonly rank: number })[]> {
  const [rank, since, id] = cursorFrom(asked.cursor) ?? []
  const after: Sql =
    typeof rank === 'number' && typeof since === 'string' && typeof id === 'string'
      ? sql`(${RANK}, extract(epoch from now() - a.since), a.id) > (${rank}, extract(epoch from now() - ${since}::timestamptz), ${id}::uuid)`
      : sql`true`
  return tx.rows(sql`
    select ${RANK} as rank, ${COLUMNS}
    where ${stateCondition(asked.states)}
      and (${asked.sites}::uuid[] is null or st.site_id = any(${asked.sites}::uuid[]))
      and ${after}
    order by rank, a.since desc, a.id limit ${asked.limit}`)
}

function stateCondition(states: AlertQuestion['states']): Sql {
  return sql`(case when a.cleared_at is not null then 'cleared' when a.acknowledged_at is not null then 'acknowledged' else 'open' end)
    = any(${states}::text[])`
}

/** False when there is no such alert. Acknowledging again keeps the first name. */
export async function acknowledge(
  tx: Tx,
  id: string,
  by: { readonly name: string; readonly note: string | undefined; readonly at: Temporal.Instant },
): Promise<boolean> {
  const touched = await tx.run(sql`
    update alerts set acknowledged_at = coalesce(acknowledged_at, ${by.at}), acknowledged_by = coalesce(acknowledged_by, ${by.name}),
      note = coalesce(${by.note ?? null}, note)
    where tenant_id = ${tx.tenantId} and id = ${id}`)
  return touched === 1
}
