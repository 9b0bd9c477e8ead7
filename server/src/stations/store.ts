import { allOf, rowsIn, type Sql, sql, type Tx } from '../platform/index.ts'
import type { ConnectorPhase, ConnectorStatus } from './model.ts'

export interface StationRow {
  readonly id: string
  readonly number: string
  readonly identity: string
  readonly name: string | null
  readonly siteId: string | null
  readonly siteName: string | null
  readonly siteCity: string | null
  readonly siteLatitude: string | null
  readonly siteLongitude: string | null
  readonly siteTimeZone: string | null
  readonly latitude: string | null
  readonly longitude: string | null
  readonly state: 'active' | 'test' | 'disabled'
  readonly onboarding: 'waiting' | 'accepted' | 'refused'
  readonly securityProfile: number
  readonly plainUntil: Temporal.Instant | null
  readonly maxSessions: number | null
  readonly maxDurationSeconds: number | null
  readonly tariffId: string | null
  readonly protocol: string | null
  readonly vendor: string | null
  readonly model: string | null
  readonly serial: string | null
  readonly firmware: string | null
  readonly connectedAt: Temporal.Instant | null
  readonly disconnectedAt: Temporal.Instant | null
  readonly lastSeenAt: Temporal.Instant | null
  readonly clockOffsetMs: bigint | null
  readonly createdAt: Temporal.Instant
  readonly changedAt: Temporal.Instant
}

const stationColumns = sql`s.id, s.number, s.identity, s.name, s.site_id as "siteId", t.name as "siteName",
  t.city as "siteCity", t.latitude as "siteLatitude", t.longitude as "siteLongitude", t.time_zone as "siteTimeZone",
  s.latitude, s.longitude, s.state, s.onboarding, s.security_profile as "securityProfile",
  s.plain_until as "plainUntil", s.max_sessions as "maxSessions",
  s.max_duration_seconds as "maxDurationSeconds", s.tariff_id as "tariffId", s.protocol, s.vendor,
  s.model, s.serial, s.firmware, s.connected_at as "connectedAt", s.disconnected_at as "disconnectedAt",
  s.last_seen_at as "lastSeenAt", s.clock_offset_ms as "clockOffsetMs", s.created_at as "createdAt",
  s.changed_at as "changedAt"`

/** Stations by condition, oldest first. `condition` names columns as `s.…`. */
export async function loadStations(tx: Tx, condition: Sql, limit?: number): Promise<readonly StationRow[]> {
  return tx.rows<StationRow>(sql`
    select ${stationColumns} from stations s
    left join sites t on t.tenant_id = s.tenant_id and t.id = s.site_id
    where s.tenant_id = ${tx.tenantId} and s.removed_at is null and ${condition}
    order by s.created_at, s.id limit ${limit ?? null}`)
}

export function stationsNamed(ids: readonly string[], sites: 'all' | readonly string[] = 'all'): Sql {
  return sql`s.id = any(${ids}::uuid[]) and ${withinSites(sites)}`
}

export function stationIdentified(identity: string): Sql {
  return sql`s.identity = ${identity}`
}

export async function countStations(tx: Tx, condition: Sql): Promise<number> {
  const row = await tx.row<{ n: bigint }>(
    sql`select count(*) as n from stations s where s.tenant_id = ${tx.tenantId} and s.removed_at is null and ${condition}`,
  )
  return Number(row?.n ?? 0)
}

/** What a caller whose rights hold for named sites may see. */
export function withinSites(sites: 'all' | readonly string[]): Sql {
  return sites === 'all' ? sql`true` : sql`s.site_id = any(${sites}::uuid[])`
}

export interface StationFilter {
  readonly identity?: string | undefined
  readonly siteId?: string | undefined
  readonly q?: string | undefined
  readonly after?: { readonly createdAt: string; readonly id: string } | undefined
  readonly sites: 'all' | readonly string[]
}

export function stationCondition({ identity, siteId, q, after, sites }: StationFilter): Sql {
  return allOf([
    withinSites(sites),
    identity === undefined ? undefined : sql`s.identity = ${identity}`,
    siteId === undefined ? undefined : sql`s.site_id = ${siteId}`,
    containing(q?.trim().toLowerCase() ?? ''),
    after === undefined ? undefined : sql`(s.created_at, s.id) > (${after.createdAt}::timestamptz, ${after.id}::uuid)`,
  ])
}

/** Numbers are shown in groups of three: typed or copied so, they are the same number. */
function containing(text: string): Sql | undefined {
  if (text === '') return undefined
  const as = sql`position(${text} in lower(concat_ws(' ', s.identity, s.name, s.number, s.vendor, s.model))) > 0`
  const digits = text.replaceAll(/\s/g, '')
  return digits !== text && /^\d+$/.test(digits) ? sql`(${as} or position(${digits} in s.number) > 0)` : as
}

export interface EvseRow {
  readonly stationId: string
  readonly id: number
  readonly declared: boolean
  readonly status: ConnectorStatus | null
  readonly phase: ConnectorPhase | null
  readonly errorCode: string | null
  readonly info: string | null
  readonly vendorErrorCode: string | null
  readonly statusAt: Temporal.Instant | null
  readonly openSessionId: string | null
  readonly openSessionState: string | null
  readonly powerW: number | null
}

export async function loadEvses(tx: Tx, stationIds: readonly string[]): Promise<readonly EvseRow[]> {
  return tx.rows<EvseRow>(sql`
    select e.station_id as "stationId", e.evse_id as id, e.declared, e.status, e.phase, e.error_code as "errorCode", e.info,
      e.vendor_error_code as "vendorErrorCode", e.status_at as "statusAt", e.open_session_id as "openSessionId",
      e.open_session_state as "openSessionState", s.power_w as "powerW"
    from evses e
    -- What flows is the session's, so that a meter value costs one row.
    left join sessions s on s.tenant_id = e.tenant_id and s.id = e.open_session_id
    where e.tenant_id = ${tx.tenantId} and e.station_id = any(${stationIds}::uuid[])
    order by e.station_id, e.evse_id`)
}

export interface ConnectorRow {
  readonly stationId: string
  readonly evseId: number
  readonly id: number
  readonly type: string | null
  readonly format: string | null
  readonly maxPowerW: number | null
  readonly status: ConnectorStatus | null
  readonly phase: ConnectorPhase | null
}

export async function loadConnectors(tx: Tx, stationIds: readonly string[]): Promise<readonly ConnectorRow[]> {
  return tx.rows<ConnectorRow>(sql`
    select station_id as "stationId", evse_id as "evseId", connector_id as id, type, format, max_power_w as "maxPowerW",
      status, phase
    from connectors where tenant_id = ${tx.tenantId} and station_id = any(${stationIds}::uuid[])
    order by station_id, evse_id, connector_id`)
}

export interface NewStation {
  readonly id: string
  readonly number: string
  readonly identity: string
  readonly name: string | undefined
  readonly siteId: string | undefined
  readonly latitude: number | undefined
  readonly longitude: number | undefined
  readonly state: StationRow['state']
  readonly onboarding: StationRow['onboarding']
  readonly securityProfile: number
  readonly plainUntil: Temporal.Instant | undefined
  readonly credential: { readonly hash: Buffer; readonly keyVersion: number } | undefined
  readonly maxSessions: number | undefined
  readonly maxDurationSeconds: number | undefined
  readonly tariffId: string | undefined
  readonly at: Temporal.Instant
}

/** False: the identity is taken. */
export async function insertStation(tx: Tx, station: NewStation): Promise<boolean> {
  const { credential } = station
  const added = await tx.run(sql`
    insert into stations (tenant_id, id, number, identity, name, site_id, latitude, longitude, state, onboarding,
      security_profile, plain_until, credential_hash, credential_key_version, max_sessions, max_duration_seconds, tariff_id, created_at,
      changed_at)
    values (${tx.tenantId}, ${station.id}, ${station.number}, ${station.identity}, ${station.name ?? null},
      ${station.siteId ?? null}, ${station.latitude ?? null}, ${station.longitude ?? null}, ${station.state},
      ${station.onboarding}, ${station.securityProfile}, ${station.plainUntil ?? null}, ${credential?.hash ?? null},
      ${credential?.keyVersion ?? null}, ${station.maxSessions ?? null}, ${station.maxDurationSeconds ?? null}, ${station.tariffId ?? null}, ${station.at},
      ${station.at})
    on conflict (tenant_id, identity) where removed_at is null do nothing`)
  return added === 1
}

/** Takes a public number for a station; false: it is taken already, somewhere in the installation. */
export async function takeNumber(
  tx: Tx,
  taken: { readonly number: string; readonly tenantId: string; readonly stationId: string },
): Promise<boolean> {
  const { number, tenantId, stationId } = taken
  const added = await tx.run(sql`
    insert into directory.station_numbers (number, tenant_id, station_id) values (${number}, ${tenantId}, ${stationId})
    on conflict do nothing`)
  return added === 1
}

export interface StationChanges {
  readonly name?: string | null | undefined
  readonly siteId?: string | null | undefined
  readonly latitude?: number | null | undefined
  readonly longitude?: number | null | undefined
  readonly state?: StationRow['state'] | undefined
  readonly onboarding?: StationRow['onboarding'] | undefined
  readonly securityProfile?: number | undefined
  readonly plainUntil?: Temporal.Instant | null | undefined
  readonly maxSessions?: number | null | undefined
  readonly maxDurationSeconds?: number | null | undefined
  readonly tariffId?: string | null | undefined
}

const columnOf = {
  name: sql`name`,
  siteId: sql`site_id`,
  latitude: sql`latitude`,
  longitude: sql`longitude`,
  state: sql`state`,
  onboarding: sql`onboarding`,
  securityProfile: sql`security_profile`,
  plainUntil: sql`plain_until`,
  maxSessions: sql`max_sessions`,
  maxDurationSeconds: sql`max_duration_seconds`,
  tariffId: sql`tariff_id`,
} as const satisfies Record<keyof StationChanges, Sql>

export async function changeStation(tx: Tx, id: string, changes: StationChanges, at: Temporal.Instant): Promise<void> {
  const sets = (Object.keys(columnOf) as (keyof StationChanges)[])
    .filter((name) => changes[name] !== undefined)
    .map((name) => sql`${columnOf[name]} = ${changes[name]}`)
  // An onboarding that is taken back makes the next boot count anew.
  if (changes.onboarding !== undefined && changes.onboarding !== 'accepted') sets.push(sql`accepted_at = null`)
  // What it had before stays known: sessions that are told late began by it.
  if (changes.tariffId !== undefined) {
    sets.push(sql`tariff_history = case when tariff_id is not distinct from ${changes.tariffId}::uuid then tariff_history
      else tariff_history || jsonb_build_array(jsonb_build_object('tariffId', tariff_id, 'until', ${at}::timestamptz)) end`)
  }
  if (changes.onboarding === 'refused') sets.push(sql`refused_at = coalesce(refused_at, ${at})`)
  else if (changes.onboarding !== undefined) sets.push(sql`refused_at = null`)
  const assignments = sets.reduce((left, right) => sql`${left}, ${right}`, sql`changed_at = ${at}`)
  await tx.run(sql`update stations set ${assignments} where tenant_id = ${tx.tenantId} and id = ${id}`)
}

export async function setCredential(
  tx: Tx,
  id: string,
  credential: { readonly hash: Buffer; readonly keyVersion: number },
  at: Temporal.Instant,
): Promise<void> {
  await tx.run(sql`
    update stations set credential_hash = ${credential.hash}, credential_key_version = ${credential.keyVersion},
      credential_form = null, changed_at = ${at}, swapped_at = '{}', quarantined_until = null
    where tenant_id = ${tx.tenantId} and id = ${id}`)
}

/** Kept for its sessions and bills, gone for everything else; its identity may be used again. */
export async function removeStation(tx: Tx, id: string, at: Temporal.Instant): Promise<void> {
  await tx.run(sql`
    update stations set removed_at = ${at}, changed_at = ${at}, epoch = epoch + 1, credential_hash = null
    where tenant_id = ${tx.tenantId} and id = ${id}`)
}

/** The stations that stand at these sites. */
export async function stationsAt(tx: Tx, sites: readonly string[]): Promise<readonly string[]> {
  const rows = await tx.rows<{ id: string }>(sql`
    select id from stations where tenant_id = ${tx.tenantId} and site_id = any(${sites}::uuid[]) and removed_at is null`)
  return rows.map(({ id }) => id)
}

/** Whether anything goes on there; whoever begins something just now is waited for, and nobody begins anything until this transaction ends. */
export async function lockOpenSession(tx: Tx, stationId: string): Promise<boolean> {
  const rows = await tx.rows<{ isOpen: boolean }>(sql`
    select open_session_id is not null as "isOpen" from evses
    where tenant_id = ${tx.tenantId} and station_id = ${stationId} order by evse_id for update`)
  return rows.some(({ isOpen }) => isOpen)
}

export interface DeclaredEvse {
  readonly id: number
  readonly connectors: readonly {
    readonly id: number
    readonly type: string
    readonly format?: string | undefined
    readonly maxPowerW?: number | undefined
  }[]
}

/** Declares EVSEs and connectors; those that exist are described anew, none is taken away. */
export async function declareEvses(tx: Tx, stationId: string, evses: readonly DeclaredEvse[]): Promise<void> {
  if (evses.length === 0) return
  await tx.run(sql`
    insert into evses (tenant_id, station_id, evse_id, declared)
    select ${tx.tenantId}, ${stationId}, id, true from ${rowsIn({ id: ['int', evses.map(({ id }) => id)] })} e
    on conflict (tenant_id, station_id, evse_id) do update set declared = true`)
  const connectors = evses.flatMap((evse) => evse.connectors.map((connector) => ({ ...connector, evseId: evse.id })))
  if (connectors.length === 0) return
  await tx.run(sql`
    insert into connectors (tenant_id, station_id, evse_id, connector_id, type, format, max_power_w)
    select ${tx.tenantId}, ${stationId}, c.* from ${rowsIn({
      evse_id: ['int', connectors.map(({ evseId }) => evseId)],
      connector_id: ['int', connectors.map(({ id }) => id)],
      type: ['text', connectors.map(({ type }) => type)],
      format: ['text', connectors.map(({ format }) => format ?? null)],
      max_power_w: ['int', connectors.map(({ maxPowerW }) => maxPowerW ?? null)],
    })} c
    on conflict (tenant_id, station_id, evse_id, connector_id) do update
      set type = excluded.type, format = excluded.format, max_power_w = excluded.max_power_w`)
}

export async function loadTenantSlug(tx: Tx): Promise<string> {
  const row = await tx.row<{ slug: string }>(sql`select slug from tenants where tenant_id = ${tx.tenantId}`)
  return row?.slug ?? ''
}

/** Whether a site named in a body exists; it stays until this transaction ends. */
export async function siteExists(tx: Tx, id: string): Promise<boolean> {
  const row = await tx.row(sql`select 1 from sites where tenant_id = ${tx.tenantId} and id = ${id} for key share`)
  return row !== undefined
}
