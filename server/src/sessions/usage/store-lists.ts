import { allOf, type Sql, sql, type Tx } from '../../platform/index.ts'
import type { SessionRecordJson } from '../rules/index.ts'
import type { Decision, FindingJson, ProposalJson, UsageState } from './store.ts'

/** Usage errors as lists and details show them. */

export interface ShownError {
  readonly id: string
  readonly sessionId: string
  readonly sessionNumber: bigint
  readonly revision: number
  /** The newest record of the session. */
  readonly newestRevision: number
  readonly stationId: string
  readonly stationNumber: string
  readonly stationName: string | null
  readonly siteId: string | null
  readonly siteName: string | null
  readonly evseId: number
  readonly foundAt: Temporal.Instant
  readonly state: UsageState
  readonly findings: readonly FindingJson[]
  readonly energyWh: bigint
  readonly maxPowerW: number
  readonly proposal: ProposalJson | null
  readonly record: SessionRecordJson
  readonly decidedAt: Temporal.Instant | null
  readonly decidedByKind: 'staff' | 'key' | 'rule' | 'station' | null
  readonly decidedByName: string | null
  readonly decision: Decision | null
  readonly reason: string | null
  readonly madeRevision: number | null
  /** The record that was made by the decision. */
  readonly madeRecord: SessionRecordJson | null
}

export interface ErrorFilter {
  readonly sites: 'all' | readonly string[]
  readonly id?: string | undefined
  readonly state?: UsageState | undefined
  readonly check?: string | undefined
  readonly stationId?: string | undefined
  readonly sessionId?: string | undefined
  readonly from?: Temporal.Instant | undefined
  readonly to?: Temporal.Instant | undefined
}

const FROM = sql`
  from usage_errors e
  join sessions s on s.tenant_id = e.tenant_id and s.id = e.session_id
  join stations st on st.tenant_id = e.tenant_id and st.id = e.station_id
  left join sites i on i.tenant_id = st.tenant_id and i.id = st.site_id`

function matching(tx: Tx, filter: ErrorFilter): Sql {
  const { sites, id, state, check, stationId, sessionId, from, to } = filter
  return allOf([
    sql`e.tenant_id = ${tx.tenantId}`,
    sites === 'all' ? undefined : sql`st.site_id = any(${sites}::uuid[])`,
    id === undefined ? undefined : sql`e.id = ${id}`,
    state === undefined ? undefined : sql`e.state = ${state}`,
    check === undefined ? undefined : sql`${check} = any(e.checks)`,
    stationId === undefined ? undefined : sql`e.station_id = ${stationId}`,
    sessionId === undefined ? undefined : sql`e.session_id = ${sessionId}`,
    from === undefined ? undefined : sql`e.found_at >= ${from}`,
    to === undefined ? undefined : sql`e.found_at < ${to}`,
  ])
}

/** Newest first. */
export async function listErrors(
  tx: Tx,
  filter: ErrorFilter,
  page: { readonly limit: number; readonly after?: { readonly foundAt: string; readonly id: string } | undefined },
): Promise<readonly ShownError[]> {
  const { limit, after } = page
  const place =
    after === undefined ? sql`true` : sql`(e.found_at, e.id) < (${after.foundAt}::timestamptz, ${after.id}::uuid)`
  return tx.rows<ShownError>(sql`
    select e.id, e.session_id as "sessionId", s.number as "sessionNumber", e.revision, s.revision as "newestRevision",
      e.station_id as "stationId", st.number as "stationNumber", st.name as "stationName", st.site_id as "siteId",
      i.name as "siteName", e.evse_id as "evseId", e.found_at as "foundAt", e.state, e.findings, e.energy_wh as "energyWh",
      e.max_power_w as "maxPowerW", e.proposal, r.record, e.decided_at as "decidedAt", e.decided_by_kind as "decidedByKind",
      e.decided_by_name as "decidedByName", e.decision, e.reason, e.made_revision as "madeRevision",
      m.record as "madeRecord"
    ${FROM}
    join session_records r on r.tenant_id = e.tenant_id and r.session_id = e.session_id and r.revision = e.revision
    left join session_records m on m.tenant_id = e.tenant_id and m.session_id = e.session_id and m.revision = e.made_revision
    where ${matching(tx, filter)} and ${place}
    order by e.found_at desc, e.id desc limit ${limit}`)
}

export async function countErrors(tx: Tx, filter: ErrorFilter): Promise<number> {
  const row = await tx.row<{ count: bigint }>(sql`select count(*) ${FROM} where ${matching(tx, filter)}`)
  return Number(row?.count ?? 0)
}

/** Held by whoever decides first; the other waits, and then sees what was decided. */
export async function lockError(tx: Tx, id: string): Promise<UsageState | undefined> {
  const row = await tx.row<{ state: UsageState }>(
    sql`select state from usage_errors where tenant_id = ${tx.tenantId} and id = ${id} for update`,
  )
  return row?.state
}
