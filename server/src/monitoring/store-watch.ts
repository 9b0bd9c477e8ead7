import { rowsIn, sql, type Tx } from '../platform/index.ts'
import { endsWithSession } from './rules/kinds.ts'
import type {
  Backlog,
  Marks,
  MuteStation,
  SilentStation,
  StillSession,
  WatchedClock,
  WatchedSession,
} from './rules/watched.ts'
import type { AlertName } from './store.ts'

/** What the watchers look at, tenant by tenant. */

/** A gateway writes who was heard every 15 s; who is silent for longer than this has lost it (as `stations` sees it). */
const SILENT_SECONDS = 75
const CLOCK_OFF_MS = 60_000

export interface Watch {
  readonly id: string
  readonly dueAt: Temporal.Instant | null
  readonly watchingSince: Temporal.Instant
  readonly settings: unknown
}

export async function lockWatches(tx: Tx, ids: readonly string[]): Promise<readonly Watch[]> {
  return tx.rows<Watch>(sql`
    select w.id, w.due_at as "dueAt", w.watching_since as "watchingSince", t.settings
    from watches w join tenants t on t.tenant_id = w.tenant_id
    where w.tenant_id = ${tx.tenantId} and w.id = any(${ids}::uuid[]) for update of w skip locked`)
}

export async function saveWatch(
  tx: Tx,
  id: string,
  next: { readonly dueAt: Temporal.Instant; readonly watchingSince: Temporal.Instant },
): Promise<void> {
  await tx.run(sql`
    update watches set due_at = ${next.dueAt}, watching_since = ${next.watchingSince}
    where tenant_id = ${tx.tenantId} and id = ${id}`)
}

/** Begins to watch a tenant; nothing where it is watched, or its making was interrupted. */
export async function insertWatch(tx: Tx, at: Temporal.Instant): Promise<void> {
  await tx.run(sql`
    insert into watches (tenant_id, id, due_at, watching_since)
    select tenant_id, tenant_id, ${at}::timestamptz, ${at}::timestamptz from tenants where tenant_id = ${tx.tenantId}
    on conflict do nothing`)
}

export async function watchedTenants(tx: Tx): Promise<readonly string[]> {
  const rows = await tx.rows<{ tenantId: string }>(sql`select tenant_id as "tenantId" from watches`)
  return rows.map(({ tenantId }) => tenantId)
}

export async function allTenants(tx: Tx): Promise<readonly string[]> {
  const rows = await tx.rows<{ tenantId: string }>(sql`select tenant_id as "tenantId" from directory.tenants`)
  return rows.map(({ tenantId }) => tenantId)
}

/** Active stations that were heard before and are not now. */
export async function silentStations(tx: Tx, at: Temporal.Instant): Promise<readonly SilentStation[]> {
  return tx.rows<SilentStation>(sql`
    select s.id as "stationId", s.site_id as "siteId", s.connected_at as "connectedAt",
      s.disconnected_at as "disconnectedAt", s.last_seen_at as "lastSeenAt",
      exists (select from evses e where e.tenant_id = s.tenant_id and e.station_id = s.id
        and e.open_session_id is not null) as "hasSession"
    from stations s
    where s.tenant_id = ${tx.tenantId} and s.removed_at is null and s.state = 'active' and s.onboarding = 'accepted'
      and s.last_seen_at is not null
      and (s.connected_at is null or s.last_seen_at < ${at.subtract({ seconds: SILENT_SECONDS })})`)
}

/** Active stations whose connection lives, and that have said nothing since `before`. */
export async function muteStations(
  tx: Tx,
  { at, before }: { readonly at: Temporal.Instant; readonly before: Temporal.Instant },
): Promise<readonly MuteStation[]> {
  return tx.rows<MuteStation>(sql`
    select s.id as "stationId", greatest(s.connected_at, s.last_said_at) as "saidAt",
      exists (select from evses e where e.tenant_id = s.tenant_id and e.station_id = s.id
        and e.open_session_id is not null) as "hasSession"
    from stations s
    where s.tenant_id = ${tx.tenantId} and s.removed_at is null and s.state = 'active' and s.onboarding = 'accepted'
      and s.connected_at < ${before} and coalesce(s.last_said_at < ${before}, true)
      and s.last_seen_at >= ${at.subtract({ seconds: SILENT_SECONDS })}`)
}

export async function stationsBySite(tx: Tx): Promise<{
  readonly stations: number
  readonly bySite: ReadonlyMap<string, number>
  readonly names: ReadonlyMap<string, string>
}> {
  const rows = await tx.rows<{ siteId: string | null; name: string | null; count: number }>(sql`
    select s.site_id as "siteId", i.name, count(*)::int as count from stations s
    left join sites i on i.tenant_id = s.tenant_id and i.id = s.site_id
    where s.tenant_id = ${tx.tenantId} and s.removed_at is null and s.state = 'active' group by s.site_id, i.name`)
  const named = rows.flatMap(({ siteId, ...row }) => (siteId === null ? [] : [{ siteId, ...row }]))
  return {
    stations: rows.reduce((sum, { count }) => sum + count, 0),
    bySite: new Map(named.map(({ siteId, count }) => [siteId, count])),
    names: new Map(named.map(({ siteId, name }) => [siteId, name ?? ''])),
  }
}

export async function wrongClocks(tx: Tx): Promise<readonly WatchedClock[]> {
  const rows = await tx.rows<{ stationId: string; offsetMs: bigint }>(sql`
    select id as "stationId", clock_offset_ms as "offsetMs" from stations
    where tenant_id = ${tx.tenantId} and removed_at is null and state <> 'disabled' and onboarding = 'accepted'
      and abs(clock_offset_ms) > ${CLOCK_OFF_MS}`)
  return rows.map(({ stationId, offsetMs }) => ({ stationId, offsetSeconds: Math.round(Number(offsetMs) / 1_000) }))
}

/** As many marks as are kept of a station. */
const MOST_MARKS = 30

/** Notes who connected or booted since the last pass. Of a station seen for the first time nothing is counted. */
export async function noteMarks(tx: Tx, at: Temporal.Instant): Promise<void> {
  await tx.run(sql`
    insert into station_marks as m (tenant_id, station_id, epoch, booted_at)
    select s.tenant_id, s.id, s.epoch, s.booted_at from stations s
    left join station_marks k on k.tenant_id = s.tenant_id and k.station_id = s.id
    where s.tenant_id = ${tx.tenantId} and s.removed_at is null
      and (k.station_id is null or k.epoch <> s.epoch or k.booted_at is distinct from s.booted_at)
    on conflict (tenant_id, station_id) do update set epoch = excluded.epoch, booted_at = excluded.booted_at,
      connects = (array_fill(${at}::timestamptz, array[least(excluded.epoch - m.epoch, ${MOST_MARKS})::int])
        || m.connects)[1:${MOST_MARKS}],
      boots = case when excluded.booted_at is distinct from m.booted_at
        then (${at}::timestamptz || m.boots)[1:${MOST_MARKS}] else m.boots end`)
}

/** Nothing is counted of what was before: whoever starts stations anew knows that they are not unsteady by themselves. */
export async function forgetMarks(tx: Tx): Promise<void> {
  await tx.run(sql`update station_marks set connects = '{}', boots = '{}' where tenant_id = ${tx.tenantId}`)
}

/** Stations that connected or booted several times within the hour; oldest first. */
export async function marksSince(tx: Tx, from: Temporal.Instant): Promise<readonly Marks[]> {
  const rows = await tx.rows<Marks>(sql`
    select m.station_id as "stationId", m.connects, m.boots from station_marks m
    join stations s on s.tenant_id = m.tenant_id and s.id = m.station_id and s.removed_at is null
    where m.tenant_id = ${tx.tenantId} and (m.connects[5] >= ${from} or m.boots[3] >= ${from})`)
  return rows.map(({ stationId, connects, boots }) => ({
    stationId,
    connects: connects.toReversed(),
    boots: boots.toReversed(),
  }))
}

/** Sessions that may be stuck: open, and not changed for a while or overdue. */
export async function quietSessions(
  tx: Tx,
  before: { readonly changed: Temporal.Instant; readonly due: Temporal.Instant },
): Promise<readonly WatchedSession[]> {
  const rows = await tx.rows<Omit<WatchedSession, 'number'> & { readonly number: bigint }>(sql`
    select s.id, s.number, s.station_id as "stationId", s.state, s.started_at as "startedAt", s.changed_at as "changedAt",
      s.due_at as "dueAt", s.power_w as "powerW", st.connected_at is not null as "isConnected"
    from sessions s join stations st on st.tenant_id = s.tenant_id and st.id = s.station_id
    where s.tenant_id = ${tx.tenantId} and s.state not in ('ended', 'refused', 'abandoned')
      and (s.changed_at <= ${before.changed} or s.due_at <= ${before.due})`)
  return rows.map((row) => ({ ...row, number: Number(row.number) }))
}

/** Sessions that are shown charging while hardly any power flows, and since when their register has stood still. */
export async function stillSessions(tx: Tx, belowW: number): Promise<readonly StillSession[]> {
  const rows = await tx.rows<Omit<StillSession, 'number'> & { readonly number: bigint }>(sql`
    select s.id, s.number, s.station_id as "stationId", s.power_w as "powerW", k.since as "stillSince", k.readings
    from sessions s join stations st on st.tenant_id = s.tenant_id and st.id = s.station_id and st.connected_at is not null
    cross join lateral (
      select min(m.received_at) filter (where m.register_wh = m.last) as since,
        (count(*) filter (where m.register_wh = m.last))::int as readings
      from (
        select v.received_at, v.register_wh, max(v.register_wh) over () as last
        from transactions t
        join meter_values v on v.tenant_id = t.tenant_id and v.month = t.month and v.transaction_id = t.id
        where t.tenant_id = s.tenant_id and t.session_id = s.id and v.register_wh is not null) m) k
    where s.tenant_id = ${tx.tenantId} and s.state = 'delivering' and s.power_w < ${belowW} and s.energy_wh > 0
      and k.since is not null`)
  return rows.map((row) => ({ ...row, number: Number(row.number) }))
}

/** How often an effect is tried before its waiting is worth a look; its `due_at` moves with each attempt. */
const MANY_ATTEMPTS = 7

export async function backlogs(tx: Tx, before: Temporal.Instant): Promise<readonly Backlog[]> {
  return tx.rows<Backlog>(sql`
    select type, count(*)::int as waiting,
      min(case when attempts >= ${MANY_ATTEMPTS} then created_at else due_at end) as "oldestAt"
    from outbox
    where tenant_id = ${tx.tenantId} and due_at is not null and failed_at is null and (due_at <= ${before} or attempts >= ${MANY_ATTEMPTS})
    group by type`)
}

/** Open alerts whose cause is over by what rows say: their session has ended, their station is gone, nothing is set aside. */
export async function overByRows(tx: Tx): Promise<readonly AlertName[]> {
  return tx.rows<AlertName>(sql`
    select a.tenant_id as "tenantId", a.kind, a.subject from alerts a
    left join sessions s on s.tenant_id = a.tenant_id and s.id = a.session_id
    left join stations st on st.tenant_id = a.tenant_id and st.id = a.station_id
    where a.tenant_id = ${tx.tenantId} and a.cleared_at is null and a.calm_at is null and (
      (a.kind = any(${endsWithSession}::text[]) and s.state in ('ended', 'refused', 'abandoned'))
      or (a.kind in ('session-estimated', 'no-tariff') and s.id is not null and not exists (
        select from sessions o where o.tenant_id = a.tenant_id and o.station_id = s.station_id
          and o.started_at >= a.since - interval '31 days' and o.changed_at >= a.since
          and case a.kind when 'no-tariff' then 'no-tariff' else 'estimated' end = any(o.flags)))
      or ((a.kind like 'station-%' or a.kind = 'local-list-failed') and st.removed_at is not null)
      or (a.kind = 'effect-set-aside' and not exists (
        select from outbox o where o.tenant_id = a.tenant_id and o.type = a.subject and o.failed_at is not null)))`)
}

/** By their subjects: the ids of the incidents that are open. */
export async function openIncidents(tx: Tx): Promise<ReadonlyMap<string, string>> {
  const rows = await tx.rows<{ id: string; subject: string }>(sql`
    select id, subject from alerts where tenant_id = ${tx.tenantId} and kind = 'stations-lost' and cleared_at is null`)
  return new Map(rows.map(({ id, subject }) => [subject, id]))
}

/** Which incident each silent station's alert is a part of; null: of none. */
export async function saveMembers(
  tx: Tx,
  members: readonly { readonly stationId: string; readonly incidentId: string | null }[],
): Promise<void> {
  if (members.length === 0) return
  await tx.run(sql`
    update alerts a set incident_id = v.incident_id
    from ${rowsIn({
      subject: ['text', members.map(({ stationId }) => stationId)],
      incident_id: ['uuid', members.map(({ incidentId }) => incidentId)],
    })} v
    where a.tenant_id = ${tx.tenantId} and a.kind = 'station-offline' and a.subject = v.subject and a.cleared_at is null
      and a.incident_id is distinct from v.incident_id`)
}

/** Whoever took on an incident has taken on what is left of it. */
export async function handOver(tx: Tx, incidentIds: readonly string[]): Promise<void> {
  if (incidentIds.length === 0) return
  await tx.run(sql`
    update alerts a set acknowledged_at = i.acknowledged_at, acknowledged_by = i.acknowledged_by, note = coalesce(a.note, i.note)
    from alerts i
    where a.tenant_id = ${tx.tenantId} and i.tenant_id = a.tenant_id and i.id = any(${incidentIds}::uuid[])
      and a.incident_id = i.id and a.cleared_at is null and a.acknowledged_at is null and i.acknowledged_at is not null`)
}
