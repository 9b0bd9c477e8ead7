import { allOf, cursorFrom, type Sql, sql, type Tx } from '../platform/index.ts'
import type { HistoryLine } from './rules/grouping.ts'
import type { Severity } from './rules/kinds.ts'
import { alertEvents } from './rules/told.ts'

/** Alerts as people and programs are shown them. */

export interface AlertRow {
  readonly id: string
  readonly tenantId: string
  readonly kind: string
  readonly severity: Severity
  readonly stationId: string | null
  readonly stationNumber: string | null
  readonly stationName: string | null
  readonly vendor: string | null
  readonly siteId: string | null
  readonly siteName: string | null
  readonly siteCity: string | null
  readonly sessionId: string | null
  readonly sessionNumber: bigint | null
  readonly incidentId: string | null
  readonly since: Temporal.Instant
  readonly lastAt: Temporal.Instant
  readonly count: number
  readonly flapping: boolean
  readonly calmAt: Temporal.Instant | null
  readonly evidence: Readonly<Record<string, unknown>>
  readonly history: readonly HistoryLine[]
  readonly acknowledgedAt: Temporal.Instant | null
  readonly acknowledgedBy: string | null
  readonly note: string | null
  readonly clearedAt: Temporal.Instant | null
}

const COLUMNS = sql`
  a.id, a.tenant_id as "tenantId", a.kind, a.severity, a.station_id as "stationId", st.number as "stationNumber",
  st.name as "stationName", st.vendor, si.id as "siteId", si.name as "siteName", si.city as "siteCity",
  a.session_id as "sessionId", se.number as "sessionNumber", a.incident_id as "incidentId", a.since,
  a.last_at as "lastAt", a.count, a.flapping, a.calm_at as "calmAt", a.evidence, a.history,
  a.acknowledged_at as "acknowledgedAt", a.acknowledged_by as "acknowledgedBy", a.note, a.cleared_at as "clearedAt"`

const FROM = sql`
  from alerts a
  left join stations st on st.tenant_id = a.tenant_id and st.id = a.station_id
  left join sites si on si.tenant_id = a.tenant_id and si.id = coalesce(st.site_id, a.site_id)
  left join sessions se on se.tenant_id = a.tenant_id and se.id = a.session_id`

export interface LoadedAlert extends AlertRow {
  readonly toldAs: string | null
  /** Some webhook of its network wants to hear of alerts. */
  readonly isListenedTo: boolean
}

export async function loadAlerts(tx: Tx, ids: readonly string[]): Promise<readonly LoadedAlert[]> {
  return tx.rows<LoadedAlert>(sql`
    select ${COLUMNS}, a.told_as as "toldAs", exists (select from webhooks w
      where w.tenant_id = a.tenant_id and w.types && ${[...alertEvents]}::text[]) as "isListenedTo"
    ${FROM} where a.tenant_id = any(${tx.tenantIds}::uuid[]) and a.id = any(${ids}::uuid[])`)
}

export interface AlertFilter {
  readonly states: readonly ('open' | 'acknowledged' | 'cleared')[]
  readonly sites: readonly string[] | null
  readonly severity?: Severity | undefined
  readonly kind?: string | undefined
  readonly stationId?: string | undefined
  readonly siteId?: string | undefined
  readonly sessionId?: string | undefined
  /** Its members; else those that are part of no incident. */
  readonly incidentId?: string | undefined
}

const RANK = sql`case a.severity when 'critical' then 1 when 'major' then 2 else 3 end`

function matching(tx: Tx, filter: AlertFilter): Sql {
  const { states, sites, severity, kind, stationId, siteId, sessionId, incidentId } = filter
  const isOpen = states.every((state) => state !== 'cleared')
  return allOf([
    sql`a.tenant_id = ${tx.tenantId}`,
    stateCondition(states),
    // Said for the index's sake.
    isOpen ? sql`a.cleared_at is null` : undefined,
    sites === null ? undefined : sql`si.id = any(${sites}::uuid[])`,
    severity === undefined ? undefined : sql`a.severity = ${severity}`,
    kind === undefined ? undefined : sql`a.kind = ${kind}`,
    stationId === undefined ? undefined : sql`a.station_id = ${stationId}`,
    siteId === undefined ? undefined : sql`si.id = ${siteId}`,
    sessionId === undefined ? undefined : sql`a.session_id = ${sessionId}`,
    // Whoever asks for a station's own alerts wants to see them, also as a part of something.
    incidentId === undefined
      ? stationId === undefined
        ? standsAlone(sites)
        : undefined
      : sql`a.incident_id = ${incidentId}`,
  ])
}

/** Parts are listed under their incident. Whoever may not see that one, since it is of other sites too, sees the parts instead. */
function standsAlone(sites: readonly string[] | null): Sql {
  if (sites === null) return sql`a.incident_id is null`
  return sql`(a.incident_id is null or not exists (
    select from alerts i where i.tenant_id = a.tenant_id and i.id = a.incident_id and i.site_id = any(${sites}::uuid[])))`
}

/** Worst first, then the newest. The cursor is (severity's rank, since, id). */
export async function listAlerts(
  tx: Tx,
  filter: AlertFilter,
  page: { readonly limit: number; readonly cursor: string | undefined },
): Promise<readonly (AlertRow & { readonly rank: number })[]> {
  const [rank, since, id] = cursorFrom(page.cursor) ?? []
  const after: Sql =
    typeof rank === 'number' && typeof since === 'string' && typeof id === 'string'
      ? sql`${RANK} >= ${rank} and (${RANK} > ${rank} or a.since < ${since}::timestamptz or (a.since = ${since}::timestamptz and a.id > ${id}::uuid))`
      : sql`true`
  return tx.rows(sql`
    select ${RANK} as rank, ${COLUMNS} ${FROM} where ${matching(tx, filter)} and ${after}
    order by rank, a.since desc, a.id limit ${page.limit}`)
}

/** How many, by severity. */
export async function countAlerts(
  tx: Tx,
  filter: AlertFilter,
): Promise<{ readonly total: number; readonly bySeverity: Readonly<Record<Severity, number>> }> {
  const rows = await tx.rows<{ severity: Severity; count: number }>(
    sql`select a.severity, count(*)::int as count ${FROM} where ${matching(tx, filter)} group by a.severity`,
  )
  const of = (severity: Severity): number => rows.find((row) => row.severity === severity)?.count ?? 0
  const bySeverity = { critical: of('critical'), major: of('major'), minor: of('minor') }
  return { total: bySeverity.critical + bySeverity.major + bySeverity.minor, bySeverity }
}

/** In words that the planner knows how many rows fit. */
const STATES = {
  open: sql`a.cleared_at is null and a.acknowledged_at is null`,
  acknowledged: sql`a.cleared_at is null and a.acknowledged_at is not null`,
  cleared: sql`a.cleared_at is not null`,
}

function stateCondition(states: AlertFilter['states']): Sql {
  const wanted = states.reduce<Sql | undefined>(
    (before, state) => (before === undefined ? STATES[state] : sql`${before} or ${STATES[state]}`),
    undefined,
  )
  return wanted === undefined ? sql`false` : sql`(${wanted})`
}
