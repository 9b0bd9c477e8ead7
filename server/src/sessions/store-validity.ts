import { isThere, rowsOf, type Tx } from '../platform/index.ts'
import type { FormerTariff, SessionState } from './rules/index.ts'

/** What VALID asks of the database: stations, and what is open already. */

export interface StationFacts {
  readonly tenantId: string
  readonly id: string
  readonly number: string
  readonly siteId: string | null
  readonly state: 'active' | 'test' | 'disabled'
  readonly onboarding: 'waiting' | 'accepted' | 'refused'
  readonly isConnected: boolean
  readonly connectedAt: Temporal.Instant | null
  readonly maxSessions: number | null
  readonly tariffId: string | null
  readonly tariffHistory: readonly FormerTariff[]
  readonly cableTimeoutSeconds: number
  readonly maxDurationSeconds: number | null
  readonly timeZone: string
  readonly settings: unknown
}

/** Something of a tenant, by its id. */
export interface Owned {
  readonly tenantId: string
  readonly id: string
}

/** Where these are, each station once. */
export function stationsOf(
  list: readonly { readonly row: { readonly tenantId: string; readonly stationId: string } }[],
): readonly Owned[] {
  return distinct(list.map(({ row: { tenantId, stationId } }) => ({ tenantId, id: stationId })))
}

/** Each once: ids are unique over all tenants. */
export function distinct(owned: readonly Owned[]): readonly Owned[] {
  return [...new Map(owned.map((one) => [one.id, one])).values()]
}

const stationsWhere = (condition: string): string =>
  `select s.tenant_id as "tenantId", s.id, s.number, s.site_id as "siteId", s.state, s.onboarding,
       s.connected_at is not null as "isConnected", s.connected_at as "connectedAt",
       s.max_sessions as "maxSessions", s.tariff_id as "tariffId", s.tariff_history as "tariffHistory", s.cable_timeout_seconds as "cableTimeoutSeconds",
       s.max_duration_seconds as "maxDurationSeconds",
       coalesce(i.time_zone, t.time_zone) as "timeZone", t.settings
     from ${rowsOf(1, 'tenant_id uuid, id uuid')} n
     cross join lateral (
       select * from stations st where st.tenant_id = n.tenant_id and st.id = n.id${condition} offset 0) s
     join tenants t on t.tenant_id = s.tenant_id
     left join sites i on i.tenant_id = s.tenant_id and i.id = s.site_id`
const STATIONS = stationsWhere(` and ${isThere('st')}`)
const STATIONS_EVER = stationsWhere('')

export async function stationsById(tx: Tx, stations: readonly Owned[]): Promise<readonly StationFacts[]> {
  return stationsNamed(tx, 'sessions-stations', STATIONS, stations)
}

/** Also those that were removed since: what was delivered there is told of as it was. */
export async function stationsEver(tx: Tx, stations: readonly Owned[]): Promise<readonly StationFacts[]> {
  return stationsNamed(tx, 'sessions-stations-ever', STATIONS_EVER, stations)
}

async function stationsNamed(
  tx: Tx,
  name: string,
  text: string,
  stations: readonly Owned[],
): Promise<readonly StationFacts[]> {
  if (stations.length === 0) return []
  return tx.named<StationFacts>(name, text, [stations.map(({ tenantId }) => tenantId), stations.map(({ id }) => id)])
}

export interface OpenCount {
  readonly idTokenId: string
  readonly sessionId: string
  readonly stationId: string
}

/**
 * Whoever counts what a token or station has open waits here for others who do, until the end of the transaction: else two
 * starts at once would both find room for one. Last in the order of locks, after sessions.
 */
export async function lockLimits(tx: Tx, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return
  await tx.named(
    'sessions-lock-limits',
    `select pg_advisory_xact_lock(hashtextextended(id, 0)) from (select unnest($1::text[]) as id order by 1) as limited`,
    [ids],
  )
}

/** The sessions in which these tokens charge, or are about to. */
export async function openSessionsOfTokens(
  tx: Tx,
  tenantIds: readonly string[],
  tokenIds: readonly string[],
): Promise<readonly OpenCount[]> {
  if (tokenIds.length === 0) return []
  return tx.named<OpenCount>(
    'sessions-open-of-tokens',
    `select s.id_token_id as "idTokenId", s.id as "sessionId", s.station_id as "stationId" from sessions s
     where s.tenant_id = any($1::uuid[]) and s.id_token_id = any($2::uuid[])
       and s.state not in ('ended', 'refused', 'abandoned') and s.state <> 'waiting-for-meter'`,
    [tenantIds, tokenIds],
  )
}

/** How many sessions each station has on its EVSEs now. */
export async function openSessionsOfStations(
  tx: Tx,
  tenantIds: readonly string[],
  stationIds: readonly string[],
): Promise<readonly { readonly stationId: string; readonly sessionId: string; readonly evseId: number }[]> {
  if (stationIds.length === 0) return []
  return tx.named(
    'sessions-open-of-stations',
    `select s.station_id as "stationId", s.id as "sessionId", s.evse_id as "evseId" from sessions s
     where s.tenant_id = any($1::uuid[]) and s.station_id = any($2::uuid[])
       and s.state not in ('ended', 'refused', 'abandoned') and s.state <> 'waiting-for-meter'`,
    [tenantIds, stationIds],
  )
}

export async function statesOf(
  tx: Tx,
  sessionIds: readonly string[],
): Promise<readonly { readonly id: string; readonly state: SessionState }[]> {
  if (sessionIds.length === 0) return []
  return tx.named(
    'sessions-states',
    `select s.id, s.state from sessions s where s.tenant_id = any($1::uuid[]) and s.id = any($2::uuid[])`,
    [tx.tenantIds, sessionIds],
  )
}
