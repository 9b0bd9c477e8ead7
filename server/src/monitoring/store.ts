import { json, newId, rowsIn, rowsOf, sql, type Tx } from '../platform/index.ts'
import type { HistoryLine, KeptAlert } from './rules/grouping.ts'
import type { Severity } from './rules/kinds.ts'
import type { OpenFault } from './rules/one-fault.ts'

/** Alerts, raised and moved on: one statement for all of a batch. */

export interface NewAlert {
  readonly tenantId: string
  readonly kind: string
  readonly severity: Severity
  readonly subject: string
  readonly stationId?: string | undefined
  readonly siteId?: string | null | undefined
  readonly sessionId?: string | undefined
  readonly evidence: Readonly<Record<string, unknown>>
  readonly at: Temporal.Instant
  /** When the cause began, where that is earlier. */
  readonly since?: Temporal.Instant
  /** It says more of what is open already. */
  readonly explains?: true | undefined
}

export interface AlertName {
  readonly tenantId: string
  readonly kind: string
  readonly subject: string
}

export interface KeptRow extends KeptAlert, AlertName {
  readonly id: string
  readonly evidence: Readonly<Record<string, unknown>>
  readonly incidentId: string | null
}

const KEPT = `a.tenant_id as "tenantId", a.id, a.kind, a.subject, a.severity, a.since, a.last_at as "lastAt", a.count,
  a.flapping, a.calm_at as "calmAt", a.cleared_at as "clearedAt", a.acknowledged_at as "acknowledgedAt",
  a.acknowledged_by as "acknowledgedBy", a.history, a.evidence, a.incident_id as "incidentId"`

const ALERTS_LOCK_NEWEST = `select ${KEPT}
     from ${rowsOf(1, 'tenant_id uuid, kind text, subject text, place int')} n
     cross join lateral (
       select * from alerts a
       where a.tenant_id = n.tenant_id and a.kind = n.kind and a.subject = n.subject
         and (a.cleared_at is null or a.cleared_at >= $5)
       order by a.cleared_at desc nulls first limit 1 for update) a
     order by n.place`

/** The newest alert under each name that is open, or was cleared after `from`; locked, always in one order. */
export async function lockNewest(
  tx: Tx,
  names: readonly AlertName[],
  from: Temporal.Instant,
): Promise<readonly KeptRow[]> {
  const sorted = inOrder(names)
  return tx.named<KeptRow>('alerts-lock-newest', ALERTS_LOCK_NEWEST, [
    ...columnsOf(sorted),
    sorted.map((_, index) => index),
    from,
  ])
}

const ALERTS_LOCK_OPEN = `select ${KEPT}
     from ${rowsOf(1, 'tenant_id uuid, kind text, subject text')} n
     join alerts a on a.tenant_id = n.tenant_id and a.kind = n.kind and a.subject = n.subject and a.cleared_at is null
     order by a.tenant_id, a.kind, a.subject for update of a`

/** Those of the names that are open, locked. */
export async function lockOpen(tx: Tx, names: readonly AlertName[]): Promise<readonly KeptRow[]> {
  const sorted = inOrder(names)
  return tx.named<KeptRow>('alerts-lock-open', ALERTS_LOCK_OPEN, columnsOf(sorted))
}

/** What stations have told of themselves and is not over: faults and problems. */
export async function openFaults(
  tx: Tx,
  stations: readonly { readonly tenantId: string; readonly stationId: string }[],
): Promise<readonly OpenFault[]> {
  return tx.rows<OpenFault>(sql`
    select a.tenant_id as "tenantId", a.kind, a.severity, a.subject, a.station_id as "stationId", a.evidence, a.last_at as at
    from (select distinct * from ${rowsIn({
      tenant_id: ['uuid', stations.map(({ tenantId }) => tenantId)],
      station_id: ['uuid', stations.map(({ stationId }) => stationId)],
    })} s) s
    join alerts a on a.tenant_id = s.tenant_id and a.station_id = s.station_id
      and a.kind in ('station-faulted', 'station-problem') and a.cleared_at is null
    order by a.last_at`)
}

/** All of a tenant's open ones of some kinds, and of whatever kind those that are calm, locked. */
export async function lockWatched(tx: Tx, kinds: readonly string[]): Promise<readonly KeptRow[]> {
  return tx.named<KeptRow>(
    'alerts-lock-watched',
    `select ${KEPT} from alerts a
     where a.tenant_id = $1 and (a.kind = any($2::text[]) or a.calm_at is not null) and a.cleared_at is null
     order by a.tenant_id, a.kind, a.subject for update of a`,
    [tx.tenantId, kinds],
  )
}

export async function lockAlert(tx: Tx, id: string): Promise<KeptRow | undefined> {
  const [row] = await tx.named<KeptRow>(
    'alerts-lock-one',
    `select ${KEPT} from alerts a where a.tenant_id = $1 and a.id = $2 for update of a`,
    [tx.tenantId, id],
  )
  return row
}

function inOrder(names: readonly AlertName[]): readonly AlertName[] {
  return names.toSorted((one, other) => (textOf(one) < textOf(other) ? -1 : 1))
}

const textOf = ({ tenantId, kind, subject }: AlertName): string => `${tenantId} ${kind} ${subject}`

function columnsOf(names: readonly AlertName[]): readonly unknown[] {
  return [names.map((name) => name.tenantId), names.map((name) => name.kind), names.map((name) => name.subject)]
}

export interface BegunAlert {
  readonly alert: NewAlert
  readonly kept: KeptAlert
}

/** New ones. Where somebody else was quicker, theirs counts up. Answers the ids. */
export async function insertAlerts(tx: Tx, begun: readonly BegunAlert[]): Promise<readonly string[]> {
  if (begun.length === 0) return []
  const of = <T>(pick: (alert: NewAlert) => T): T[] => begun.map(({ alert }) => pick(alert))
  const rows = await tx.rows<{ id: string }>(sql`
    insert into alerts (tenant_id, id, kind, severity, subject, station_id, site_id, session_id, evidence, since, last_at, history)
    select * from ${rowsIn({
      tenant_id: ['uuid', of((alert) => alert.tenantId)],
      id: ['uuid', begun.map(() => newId())],
      kind: ['text', of((alert) => alert.kind)],
      severity: ['text', of((alert) => alert.severity)],
      subject: ['text', of((alert) => alert.subject)],
      station_id: ['uuid', of((alert) => alert.stationId ?? null)],
      site_id: ['uuid', of((alert) => alert.siteId ?? null)],
      session_id: ['uuid', of((alert) => alert.sessionId ?? null)],
      evidence: ['jsonb', of((alert) => json(alert.evidence))],
      since: ['timestamptz', begun.map(({ kept }) => kept.since)],
      last_at: ['timestamptz', begun.map(({ kept }) => kept.lastAt)],
      history: ['jsonb', begun.map(({ kept }) => json(kept.history))],
    })} v
    on conflict (tenant_id, kind, subject) where cleared_at is null
    do update set count = alerts.count + 1, last_at = excluded.last_at, evidence = excluded.evidence
    returning id`)
  return rows.map(({ id }) => id)
}

export interface MovedAlert {
  readonly tenantId: string
  readonly id: string
  readonly kept: KeptAlert
  readonly evidence: Readonly<Record<string, unknown>>
  readonly sessionId?: string | undefined
}

export async function updateAlerts(tx: Tx, moved: readonly MovedAlert[]): Promise<readonly string[]> {
  if (moved.length === 0) return []
  const of = <T>(pick: (kept: KeptAlert) => T): T[] => moved.map(({ kept }) => pick(kept))
  await tx.run(sql`
    update alerts a set severity = v.severity, last_at = v.last_at, count = v.count, flapping = v.flapping,
      calm_at = v.calm_at, cleared_at = v.cleared_at, acknowledged_at = v.acknowledged_at,
      acknowledged_by = v.acknowledged_by, history = v.history, evidence = v.evidence,
      session_id = coalesce(v.session_id, a.session_id)
    from ${rowsIn({
      tenant_id: ['uuid', moved.map(({ tenantId }) => tenantId)],
      id: ['uuid', moved.map(({ id }) => id)],
      severity: ['text', of((kept) => kept.severity)],
      last_at: ['timestamptz', of((kept) => kept.lastAt)],
      count: ['int', of((kept) => kept.count)],
      flapping: ['boolean', of((kept) => kept.flapping)],
      calm_at: ['timestamptz', of((kept) => kept.calmAt)],
      cleared_at: ['timestamptz', of((kept) => kept.clearedAt)],
      acknowledged_at: ['timestamptz', of((kept) => kept.acknowledgedAt)],
      acknowledged_by: ['text', of((kept) => kept.acknowledgedBy)],
      history: ['jsonb', of((kept) => json(kept.history))],
      evidence: ['jsonb', moved.map(({ evidence }) => json(evidence))],
      session_id: ['uuid', moved.map(({ sessionId }) => sessionId ?? null)],
    })} v
    where a.tenant_id = v.tenant_id and a.id = v.id`)
  return moved.map(({ id }) => id)
}

/** The note of who took it on, or closed it; a former one stays unless another is given. */
export async function saveNote(tx: Tx, id: string, note: string): Promise<void> {
  await tx.run(sql`update alerts set note = ${note} where tenant_id = ${tx.tenantId} and id = ${id}`)
}

/** What was told of alerts that are locked; answers, for each, how often that makes. */
export async function saveTold(
  tx: Tx,
  told: readonly { readonly tenantId: string; readonly id: string; readonly as: string }[],
): Promise<ReadonlyMap<string, number>> {
  const rows = await tx.rows<{ id: string; position: number }>(sql`
    update alerts a set told_as = v.told_as, told_position = a.told_position + 1
    from ${rowsIn({
      tenant_id: ['uuid', told.map(({ tenantId }) => tenantId)],
      id: ['uuid', told.map(({ id }) => id)],
      told_as: ['text', told.map(({ as }) => as)],
    })} v
    where a.tenant_id = v.tenant_id and a.id = v.id returning a.id, a.told_position as position`)
  return new Map(rows.map(({ id, position }) => [id, position]))
}

/** Whether any of these effects is still in the outbox, and not among those carried out together. */
export async function isWaiting(
  tx: Tx,
  asked: {
    readonly type: string
    readonly keys: readonly string[]
    readonly together: readonly { readonly id: string }[]
  },
): Promise<boolean> {
  const row = await tx.row(sql`
    select 1 as one from outbox
    where tenant_id = ${tx.tenantId} and type = ${asked.type} and key = any(${asked.keys}::text[]) and done_at is null
      and id <> all(${asked.together.map(({ id }) => id)}::uuid[]) limit 1`)
  return row !== undefined
}

export type { HistoryLine }
