import { sql, type Tx } from '../platform/index.ts'
import type { ConnectorPhase, ConnectorStatus } from '../stations/index.ts'

export interface StationPlace {
  readonly tenantId: string
  readonly stationId: string
}

/** Where the station with this public number is. In the directory: before a tenant is known. */
export async function placeOfNumber(tx: Tx, number: string): Promise<StationPlace | undefined> {
  return tx.row(sql`
    select tenant_id as "tenantId", station_id as "stationId" from directory.station_numbers where number = ${number}`)
}

/** What of a station the public may see; columns that name it to machines are not even read. */
export interface StationRow {
  readonly number: string
  readonly name: string | null
  readonly state: 'active' | 'test' | 'disabled'
  readonly tariffId: string | null
  readonly connectedAt: Temporal.Instant | null
  readonly disconnectedAt: Temporal.Instant | null
  readonly lastSeenAt: Temporal.Instant | null
  readonly siteName: string | null
  readonly siteAddress: string | null
  readonly siteCity: string | null
  readonly timeZone: string
  readonly tenantName: string
  readonly languages: readonly string[]
  readonly demo: boolean
}

export async function readStation(tx: Tx, id: string): Promise<StationRow | undefined> {
  return tx.row(sql`
    select s.number, s.name, s.state, s.tariff_id as "tariffId", s.connected_at as "connectedAt",
      s.disconnected_at as "disconnectedAt", s.last_seen_at as "lastSeenAt", site.name as "siteName", site.address as "siteAddress",
      site.city as "siteCity", coalesce(site.time_zone, t.time_zone) as "timeZone", t.name as "tenantName",
      t.languages, t.demo
    from stations s
    join tenants t on t.tenant_id = s.tenant_id
    left join sites site on site.tenant_id = s.tenant_id and site.id = s.site_id
    where s.tenant_id = ${tx.tenantId} and s.id = ${id} and s.removed_at is null`)
}

export interface EvseRow {
  /** 0: the station as a whole. */
  readonly id: number
  readonly status: ConnectorStatus | null
  readonly phase: ConnectorPhase | null
  readonly openSessionId: string | null
  readonly openSessionState: string | null
}

export async function readEvses(tx: Tx, stationId: string): Promise<readonly EvseRow[]> {
  return tx.rows(sql`
    select evse_id as id, status, phase, open_session_id as "openSessionId",
      open_session_state as "openSessionState"
    from evses where tenant_id = ${tx.tenantId} and station_id = ${stationId} order by evse_id`)
}

export interface ConnectorRow {
  readonly evseId: number
  readonly type: string | null
  readonly maxPowerW: number | null
}

export async function readConnectors(tx: Tx, stationId: string): Promise<readonly ConnectorRow[]> {
  return tx.rows(sql`
    select evse_id as "evseId", type, max_power_w as "maxPowerW"
    from connectors where tenant_id = ${tx.tenantId} and station_id = ${stationId} order by evse_id, connector_id`)
}

export interface OpenSessionRow {
  readonly id: string
  /** As `sessions/` keeps it. */
  readonly machineText: string
  readonly progressText: string
  readonly powerW: number | null
  readonly tariffId: string | null
  readonly tariffVersion: number | null
}

export async function readSessions(tx: Tx, ids: readonly string[]): Promise<readonly OpenSessionRow[]> {
  return tx.rows(sql`
    select id, machine::text as "machineText", progress::text as "progressText", power_w as "powerW", tariff_id as "tariffId", tariff_version as "tariffVersion"
    from sessions where tenant_id = ${tx.tenantId} and id = any(${ids}::uuid[])`)
}

export interface RegisterRow {
  readonly sessionId: string
  readonly at: Temporal.Instant
  readonly context: string
  readonly receivedAt: Temporal.Instant
  readonly registerWh: number
}

/** The registers of sessions, in order of time. */
export async function readRegisters(tx: Tx, sessionIds: readonly string[]): Promise<readonly RegisterRow[]> {
  const rows = await tx.rows<Omit<RegisterRow, 'registerWh'> & { readonly registerWh: bigint }>(sql`
    select t.session_id as "sessionId", m.at, m.context, m.received_at as "receivedAt", m.register_wh as "registerWh"
    from transactions t
    join meter_values m on m.tenant_id = t.tenant_id and m.month = t.month and m.transaction_id = t.id
    where t.tenant_id = ${tx.tenantId} and t.session_id = any(${sessionIds}::uuid[]) and m.register_wh is not null
    order by m.at`)
  return rows.map((row) => ({ ...row, registerWh: Number(row.registerWh) }))
}
