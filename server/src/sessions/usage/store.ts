import { json, rowsIn, rowsOf, sql, type Tx } from '../../platform/index.ts'
import type { PriceTotals } from '../../billing/index.ts'
import {
  type ChosenActions,
  type CheckAction,
  checkActions,
  checkNames,
  type ConnectorPower,
  type Finding,
  type Neighbour,
  type UsageCheck,
} from '../rules/index.ts'

/** Usage errors, and what must be known besides a record to judge it. */

export const usageStates = ['held', 'noted', 'accepted', 'corrected', 'superseded'] as const
export type UsageState = (typeof usageStates)[number]
export const decisions = ['accept', 'correct', 'own-figures'] as const
export type Decision = (typeof decisions)[number]

export interface Surroundings {
  readonly sessionId: string
  readonly connectors: readonly ConnectorPower[]
  readonly previousId: string | null
  readonly neighbours: readonly Neighbour[]
  /** A person, or a rule, corrected an earlier record of this session. */
  readonly wasCorrected: boolean
}

const USAGE_SURROUNDINGS = `select s.id as "sessionId", c.types, c.powers,
       p.id as "previousId", p.number as "previousNumber", p.started_at as "previousStart", p.ended_at as "previousEnd",
       n.number as "nextNumber", n.started_at as "nextStart", n.ended_at as "nextEnd",
       w.revision > 1 and exists (
         select from usage_errors e where e.tenant_id = $1 and e.session_id = s.id and e.state = 'corrected') as "wasCorrected"
     from ${rowsOf(2, 'id uuid, revision int')} w
     join sessions s on s.tenant_id = $1 and s.id = w.id
     cross join lateral (
       select array_agg(c.type) as types, array_agg(c.max_power_w) as powers from connectors c
       where c.tenant_id = $1 and c.station_id = s.station_id and c.evse_id = s.evse_id
         and (s.connector_id is null or c.connector_id = s.connector_id)) c
     left join lateral (
       select o.id, o.number, o.started_at, o.ended_at from sessions o
       where o.tenant_id = $1 and o.station_id = s.station_id and o.started_at <= s.started_at and o.evse_id = s.evse_id
         and o.id <> s.id and o.state = 'ended' order by o.started_at desc limit 1) p on true
     left join lateral (
       select o.number, o.started_at, o.ended_at from sessions o
       where o.tenant_id = $1 and o.station_id = s.station_id and o.started_at > s.started_at and o.started_at < s.ended_at
         and o.evse_id = s.evse_id and o.id <> s.id and o.state = 'ended' order by o.started_at limit 1) n on true`

/** What stands around sessions: their connectors, and the sessions before and after at the same EVSE. One query for all. */
export async function surroundingsOf(
  tx: Tx,
  records: readonly { readonly sessionId: string; readonly revision: number }[],
): Promise<readonly Surroundings[]> {
  const rows = await tx.named<
    Omit<Surroundings, 'connectors' | 'neighbours'> & {
      readonly types: (string | null)[] | null
      readonly powers: (number | null)[] | null
      readonly previousNumber: bigint | null
      readonly previousStart: Temporal.Instant | null
      readonly previousEnd: Temporal.Instant | null
      readonly nextNumber: bigint | null
      readonly nextStart: Temporal.Instant | null
      readonly nextEnd: Temporal.Instant | null
    }
  >('usage-surroundings', USAGE_SURROUNDINGS, [
    tx.tenantId,
    records.map((record) => record.sessionId),
    records.map((record) => record.revision),
  ])
  return rows.map(
    ({ types, powers, previousNumber, previousStart, previousEnd, nextNumber, nextStart, nextEnd, ...row }) => ({
      ...row,
      connectors: (types ?? []).map((type, index) => ({ type, maxPowerW: powers?.[index] ?? null })),
      neighbours: [
        ...neighbour(previousNumber, previousStart, previousEnd),
        ...neighbour(nextNumber, nextStart, nextEnd),
      ],
    }),
  )
}

function neighbour(
  number: bigint | null,
  startedAt: Temporal.Instant | null,
  endedAt: Temporal.Instant | null,
): readonly Neighbour[] {
  return number === null || startedAt === null || endedAt === null
    ? []
    : [{ number: Number(number), startedAt, endedAt }]
}

/** What the tenant chose; the rest is as `usageChecks` has it. */
export async function chosenActions(tx: Tx): Promise<ChosenActions> {
  const rows = await tx.named<{ check: string; action: string }>(
    'usage-checks-chosen',
    `select check_name as "check", action from usage_checks where tenant_id = $1`,
    [tx.tenantId],
  )
  return Object.fromEntries(
    rows
      .filter(({ check, action }) => isOneOf(checkNames, check) && isOneOf(checkActions, action))
      .map(({ check, action }) => [check, action]),
  )
}

const isOneOf = (names: readonly string[], name: string): boolean => names.includes(name)

export async function chooseAction(tx: Tx, check: UsageCheck, action: CheckAction): Promise<void> {
  await tx.run(sql`
    insert into usage_checks (tenant_id, check_name, action) values (${tx.tenantId}, ${check}, ${action})
    on conflict (tenant_id, check_name) do update set action = excluded.action`)
}

/** A finding as its row keeps it. */
export type FindingJson = Omit<Finding, 'marks'> & {
  readonly marks: readonly { readonly at: string; readonly context: string }[]
}

export interface ProposalJson {
  readonly energyWh: number
  readonly startedAt: string
  readonly endedAt: string
  readonly series: readonly { readonly at: string; readonly registerWh: number }[]
  readonly totals?: TotalsJson
}
export type TotalsJson = {
  readonly [name in keyof PriceTotals]: { readonly minor: string; readonly currency: string }
}

export interface FoundError {
  readonly id: string
  readonly sessionId: string
  readonly revision: number
  readonly stationId: string
  readonly evseId: number
  readonly foundAt: Temporal.Instant
  readonly state: 'held' | 'noted' | 'corrected'
  readonly findings: readonly Finding[]
  readonly energyWh: number
  readonly maxPowerW: number
  readonly proposal: ProposalJson | undefined
}

export async function insertErrors(tx: Tx, errors: readonly FoundError[]): Promise<void> {
  if (errors.length === 0) return
  const byRule = (error: FoundError): boolean => error.state === 'corrected'
  await tx.run(sql`
    insert into usage_errors (tenant_id, id, session_id, revision, station_id, evse_id, found_at, state, checks, findings,
      energy_wh, max_power_w, proposal, decided_at, decided_by_kind, decision, made_revision)
    select ${tx.tenantId}::uuid, e.id, e.session_id, e.revision, e.station_id, e.evse_id, e.found_at, e.state,
      array(select jsonb_array_elements(e.findings)->>'check'), e.findings, e.energy_wh, e.max_power_w, e.proposal,
      case when e.state = 'corrected' then e.found_at end, case when e.state = 'corrected' then 'rule' end,
      case when e.state = 'corrected' then 'correct' end, e.made_revision
    from ${rowsIn({
      id: ['uuid', errors.map((error) => error.id)],
      session_id: ['uuid', errors.map((error) => error.sessionId)],
      revision: ['int', errors.map((error) => error.revision)],
      station_id: ['uuid', errors.map((error) => error.stationId)],
      evse_id: ['int', errors.map((error) => error.evseId)],
      found_at: ['timestamptz', errors.map((error) => error.foundAt)],
      state: ['text', errors.map((error) => error.state)],
      findings: ['jsonb', errors.map((error) => json(error.findings))],
      energy_wh: ['bigint', errors.map((error) => error.energyWh)],
      max_power_w: ['int', errors.map((error) => error.maxPowerW)],
      proposal: ['jsonb', errors.map((error) => (error.proposal === undefined ? null : json(error.proposal)))],
      made_revision: ['int', errors.map((error) => (byRule(error) ? error.revision + 1 : null))],
    })} e
    on conflict (tenant_id, session_id, revision) do nothing`)
}

const USAGE_ERRORS_SUPERSEDE = `update usage_errors e set state = 'superseded', decided_at = $4, decided_by_kind = 'station', made_revision = w.revision
     from ${rowsOf(2, 'session_id uuid, revision int')} w
     where e.tenant_id = $1 and e.session_id = w.session_id and e.revision < w.revision and e.state = 'held'
     returning e.station_id as "stationId"`

/** A record that waits, when a later one of its session takes its place. Answers the stations concerned. */
export async function supersede(
  tx: Tx,
  records: readonly { readonly sessionId: string; readonly revision: number }[],
  at: Temporal.Instant,
): Promise<readonly string[]> {
  const rows = await tx.named<{ stationId: string }>('usage-errors-supersede', USAGE_ERRORS_SUPERSEDE, [
    tx.tenantId,
    records.map((record) => record.sessionId),
    records.map((record) => record.revision),
    at,
  ])
  return [...new Set(rows.map((row) => row.stationId))]
}

export interface Decided {
  readonly state: 'accepted' | 'corrected'
  readonly decision: Decision
  readonly by: { readonly kind: 'staff' | 'key'; readonly id: string; readonly name: string }
  readonly reason: string
  readonly madeRevision: number | undefined
  readonly at: Temporal.Instant
}

export async function settleError(tx: Tx, id: string, decided: Decided): Promise<void> {
  const { state, decision, by, reason, madeRevision, at } = decided
  await tx.run(sql`
    update usage_errors set state = ${state}, decided_at = ${at}, decided_by_kind = ${by.kind}, decided_by_id = ${by.id},
      decided_by_name = ${by.name}, decision = ${decision}, reason = ${reason}, made_revision = ${madeRevision ?? null}
    where tenant_id = ${tx.tenantId} and id = ${id} and state = 'held'`)
}

/**
 * Whoever finds or decides something doubtful at these stations waits here for others who do: else the alert of the last that is decided
 * would go just as another is found.
 */
export async function lockHeldAt(tx: Tx, stationIds: readonly string[]): Promise<void> {
  if (stationIds.length === 0) return
  await tx.rows(sql`
    select pg_advisory_xact_lock(hashtextextended('usage held at ' || id, 0))
    from (select unnest(${stationIds}::text[]) as id order by 1) as stations`)
}

/** Stations among these where nothing waits any more. */
export async function stationsWithoutHeld(tx: Tx, stationIds: readonly string[]): Promise<readonly string[]> {
  if (stationIds.length === 0) return []
  const rows = await tx.rows<{ id: string }>(sql`
    select w.id from ${rowsIn({ id: ['uuid', stationIds] })} w
    where not exists (select from usage_errors e
      where e.tenant_id = ${tx.tenantId} and e.station_id = w.id and e.state = 'held')`)
  return rows.map((row) => row.id)
}
