import { rowsOf, together, type Tx } from '../platform/index.ts'
import type { ConnectorPhase } from '../stations/index.ts'
import type { SessionState } from './rules/index.ts'
import type { Named } from './store.ts'

/** EVSEs, as far as sessions take them up. */

export interface PlaceRow extends Named {
  readonly evseId: number
  readonly status: string | null
  /** What it shows (1.6), and since when by our clock. */
  readonly phase: ConnectorPhase | null
  readonly statusAt: Temporal.Instant | null
  readonly openSessionId: string | null
}

const SESSIONS_LOCK_EVSES = `select e.tenant_id as "tenantId", e.station_id as "stationId", e.evse_id as "evseId", e.status, e.phase,
       e.status_at as "statusAt", e.open_session_id as "openSessionId"
     from evses e
     where (e.tenant_id, e.station_id, e.evse_id) in (select * from ${rowsOf(1, `tenant_id uuid, station_id uuid, evse_id int`)} v)
     order by e.station_id, e.evse_id for update`

/** EVSEs, locked in one order: whatever opens or closes a session there goes through this row first. */
export async function lockPlaces(
  tx: Tx,
  places: readonly (Named & { readonly evseId: number })[],
): Promise<readonly PlaceRow[]> {
  if (places.length === 0) return []
  return tx.named<PlaceRow>('sessions-lock-evses', SESSIONS_LOCK_EVSES, [
    places.map((place) => place.tenantId),
    places.map((place) => place.stationId),
    places.map((place) => place.evseId),
  ])
}

/** All EVSEs of a station of the transaction's tenant: a start at any of them counts for what the station may have at a time. */
export async function lockPlacesOf(tx: Tx, stationId: string): Promise<void> {
  await tx.named(
    'sessions-lock-evses-of',
    `select 1 from evses e where e.tenant_id = $1 and e.station_id = $2 order by e.evse_id for update`,
    [tx.tenantId, stationId],
  )
}

const SESSIONS_READ_EVSES = `select e.tenant_id as "tenantId", e.station_id as "stationId", e.evse_id as "evseId", e.status, e.phase,
       e.status_at as "statusAt", e.open_session_id as "openSessionId"
     from evses e
     where (e.tenant_id, e.station_id, e.evse_id) in (select * from ${rowsOf(1, `tenant_id uuid, station_id uuid, evse_id int`)} v)`

/** The same without a lock, for questions that change nothing. */
export async function readPlaces(
  tx: Tx,
  places: readonly (Named & { readonly evseId: number })[],
): Promise<readonly PlaceRow[]> {
  if (places.length === 0) return []
  return tx.named<PlaceRow>('sessions-read-evses', SESSIONS_READ_EVSES, [
    places.map((place) => place.tenantId),
    places.map((place) => place.stationId),
    places.map((place) => place.evseId),
  ])
}

/** Where sessions are, read without a lock, so that their EVSEs can be locked before them. */
export async function placesOfSessions(
  tx: Tx,
  ids: readonly string[],
): Promise<readonly (Named & { readonly evseId: number })[]> {
  return tx.named(
    'sessions-places',
    `select s.tenant_id as "tenantId", s.station_id as "stationId", s.evse_id as "evseId" from sessions s
     where s.tenant_id = $1 and s.id = any($2::uuid[])`,
    [tx.tenantId, ids],
  )
}

export interface SessionPlace extends Named {
  readonly evseId: number
  readonly sessionId: string
  readonly state: SessionState
}

/**
 * EVSEs show their session and its state, in the transaction that opens, moves or closes it. `opened` take a place;
 * `moved` and `closed` concern only those that hold it.
 */
export async function showOpenSessions(
  tx: Tx,
  places: {
    readonly opened: readonly SessionPlace[]
    readonly moved: readonly SessionPlace[]
    readonly closed: readonly SessionPlace[]
  },
): Promise<void> {
  const write = async (name: string, set: string, only: string, of: readonly SessionPlace[]): Promise<unknown> => {
    if (of.length === 0) return undefined
    return tx.named(
      name,
      `update evses e set ${set}
       from ${rowsOf(1, 'tenant_id uuid, station_id uuid, evse_id int, session_id uuid, state text')} v
       where e.tenant_id = v.tenant_id and e.station_id = v.station_id and e.evse_id = v.evse_id${only}`,
      [
        of.map((place) => place.tenantId),
        of.map((place) => place.stationId),
        of.map((place) => place.evseId),
        of.map((place) => place.sessionId),
        of.map((place) => place.state),
      ],
    )
  }
  const held = ' and e.open_session_id = v.session_id'
  // 2.x stations have no word for "the cable is still in": it is what an EVSE is that stays occupied after its session.
  const leaving = `open_session_id = null, open_session_state = null,
    phase = case when e.status = 'occupied' then 'finishing' else e.phase end`
  await together([
    write('evses-close', leaving, held, places.closed),
    write('evses-open', 'open_session_id = v.session_id, open_session_state = v.state', '', places.opened),
    write('evses-move', 'open_session_state = v.state', held, places.moved),
  ])
}
