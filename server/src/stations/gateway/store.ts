import { must, newId, rowsIn, rowsOf, sql, type Tx } from '../../platform/index.ts'
import type { CredentialForm } from '../rules/credential.ts'
import type { Swaps } from '../rules/swaps.ts'
import { inLockOrder } from '../lock-order.ts'

/** A tenant by the name in the address; undefined: no such tenant. */
export async function findTenant(tx: Tx, slug: string): Promise<string | undefined> {
  const row = await tx.row<{ tenantId: string }>(
    sql`select tenant_id as "tenantId" from directory.tenants where slug = ${slug}`,
  )
  return row?.tenantId
}

const hasSession = `exists (select from evses e where e.tenant_id = s.tenant_id and e.station_id = s.id
         and e.open_session_id is not null)`

export interface KnockingStation {
  readonly tenantId: string
  readonly id: string
  readonly identity: string
  readonly securityProfile: number
  readonly plainUntil: Temporal.Instant | null
  readonly credentialHash: Buffer | null
  readonly onboarding: 'waiting' | 'accepted' | 'refused'
  readonly acceptedAt: Temporal.Instant | null
  readonly quarantinedUntil: Temporal.Instant | null
  readonly refusedAt: Temporal.Instant | null
  /** Asked for only where it was refused. */
  readonly hasSession: boolean
  readonly vendor: string | null
  readonly model: string | null
  readonly firmware: string | null
}

/**
 * Those of these that there are, in one query. Row by row (`lateral`, `limit`): a plan made while a tenant has few stations
 * would read all that it has.
 */
export async function findStations(
  tx: Tx,
  names: readonly { readonly tenantId: string; readonly identity: string }[],
): Promise<readonly KnockingStation[]> {
  return tx.named<KnockingStation>(
    'knocking-stations',
    `select s.tenant_id as "tenantId", s.id, s.identity, s.security_profile as "securityProfile", s.plain_until as "plainUntil",
       s.credential_hash as "credentialHash", s.onboarding, s.accepted_at as "acceptedAt",
       s.quarantined_until as "quarantinedUntil", s.vendor, s.model, s.firmware, s.refused_at as "refusedAt",
       case when s.onboarding = 'refused' then ${hasSession} else false end as "hasSession"
     from ${rowsOf(1, 'tenant_id uuid, identity text')} k
     cross join lateral (
       select * from stations s where s.tenant_id = k.tenant_id and s.identity = k.identity and s.removed_at is null limit 1
     ) s`,
    [names.map(({ tenantId }) => tenantId), names.map(({ identity }) => identity)],
  )
}

export interface RefusedStation {
  readonly id: string
  readonly onboarding: 'refused'
  readonly refusedAt: Temporal.Instant | null
  readonly hasSession: boolean
}

/** Stations that are connected though staff have refused them. */
export async function refusedAndConnected(tx: Tx): Promise<readonly RefusedStation[]> {
  return tx.named<RefusedStation>(
    'refused-and-connected',
    `select s.id, s.onboarding, s.refused_at as "refusedAt", ${hasSession} as "hasSession"
     from stations s where s.tenant_id = $1 and s.onboarding = 'refused' and s.disconnected_at is null`,
    [tx.tenantId],
  )
}

export interface Claim {
  readonly tenantId: string
  readonly stationId: string
  readonly protocol: string
  readonly form: CredentialForm | undefined
  /** That it was judged by. */
  readonly credentialHash: Buffer | null
  readonly at: Temporal.Instant
}

const CLAIM_STATIONS = `update stations s set epoch = s.epoch + 1, connected_at = c.at, disconnected_at = null, last_seen_at = c.at,
       protocol = c.protocol, credential_form = coalesce(c.form, s.credential_form)
     from ${rowsOf(1, 'tenant_id uuid, id uuid, protocol text, form text, at timestamptz, credential_hash bytea')} c
     where s.tenant_id = c.tenant_id and s.id = c.id and s.removed_at is null
       and s.credential_hash is not distinct from c.credential_hash
       and (s.quarantined_until is null or s.quarantined_until <= c.at)
     returning s.id as "stationId", s.epoch`

/**
 * These sockets are the stations' from now on: each gets a higher epoch than any before it. Answers epochs by station, none for one that was removed,
 * got another key or was closed to everybody, since it was found.
 */
export async function claimStations(tx: Tx, unordered: readonly Claim[]): Promise<ReadonlyMap<string, bigint>> {
  const claims = inLockOrder(unordered)
  const rows = await tx.named<{ stationId: string; epoch: bigint }>('claim-stations', CLAIM_STATIONS, [
    claims.map(({ tenantId }) => tenantId),
    claims.map(({ stationId }) => stationId),
    claims.map(({ protocol }) => protocol),
    claims.map(({ form }) => form ?? null),
    claims.map(({ at }) => at),
    claims.map(({ credentialHash }) => credentialHash),
  ])
  return new Map(rows.map(({ stationId, epoch }) => [stationId, epoch]))
}

export interface PastSwaps {
  readonly epoch: bigint
  readonly times: readonly Temporal.Instant[]
}

/** Whose the station is, and when its socket changed hands lately; locked. */
export async function lockSwaps(tx: Tx, stationId: string): Promise<PastSwaps | undefined> {
  const row = await tx.row<{ epoch: bigint; times: readonly string[] }>(sql`
    select epoch, array(select to_char(t at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') from unnest(swapped_at) as t) as times
    from stations where tenant_id = ${tx.tenantId} and id = ${stationId} for update`)
  return row && { epoch: row.epoch, times: row.times.map((text) => Temporal.Instant.from(text)) }
}

export async function saveSwaps(tx: Tx, stationId: string, { times, quarantinedUntil }: Swaps): Promise<void> {
  await tx.run(sql`
    update stations set swapped_at = ${times}::timestamptz[],
      quarantined_until = coalesce(${quarantinedUntil ?? null}::timestamptz, quarantined_until)
    where tenant_id = ${tx.tenantId} and id = ${stationId}`)
}

export interface Presence {
  readonly tenantId: string
  readonly stationId: string
  readonly epoch: bigint
  readonly openedAt: Temporal.Instant
  readonly lastSeenAt: Temporal.Instant
  readonly lastSaidAt: Temporal.Instant
  /** How far its clock was ahead of ours; undefined: nothing new is known. */
  readonly clockOffsetMs: number | undefined
  /** Set when the socket is gone. */
  readonly goneAt: Temporal.Instant | undefined
}

/**
 * When stations were last heard and which are gone, in one statement; a socket that was replaced changes nothing. One that another
 * process forgot as it started (nobody saw it leave) is connected all the same.
 */
export async function savePresences(tx: Tx, unordered: readonly Presence[]): Promise<void> {
  const presences = inLockOrder(unordered)
  await tx.run(sql`
    update stations s set last_seen_at = greatest(s.last_seen_at, p.seen),
      last_said_at = greatest(s.last_said_at, p.said),
      clock_offset_ms = coalesce(p.clock_offset_ms, s.clock_offset_ms),
      connected_at = case when p.gone is null then
        coalesce(s.connected_at, case when s.disconnected_at is null then p.opened end) end,
      disconnected_at = coalesce(p.gone, s.disconnected_at)
    from ${rowsIn({
      tenant_id: ['uuid', presences.map(({ tenantId }) => tenantId)],
      id: ['uuid', presences.map(({ stationId }) => stationId)],
      epoch: ['bigint', presences.map(({ epoch }) => epoch)],
      seen: ['timestamptz', presences.map(({ lastSeenAt }) => lastSeenAt)],
      gone: ['timestamptz', presences.map(({ goneAt }) => goneAt ?? null)],
      clock_offset_ms: ['bigint', presences.map(({ clockOffsetMs }) => clockOffsetMs ?? null)],
      said: ['timestamptz', presences.map(({ lastSaidAt }) => lastSaidAt)],
      opened: ['timestamptz', presences.map(({ openedAt }) => openedAt)],
    })} p
    where s.tenant_id = p.tenant_id and s.id = p.id and s.epoch = p.epoch`)
}

/** After a start of ours nobody is connected, and nobody known to be away: unknown until they speak. */
export async function forgetConnections(tx: Tx): Promise<number> {
  return tx.run(sql`
    update stations set connected_at = null, disconnected_at = null
    where tenant_id = ${tx.tenantId} and connected_at is not null`)
}

export async function listTenants(tx: Tx): Promise<readonly string[]> {
  const rows = await tx.rows<{ tenantId: string }>(sql`select tenant_id as "tenantId" from directory.tenants`)
  return rows.map(({ tenantId }) => tenantId)
}

export interface Refusal {
  readonly path: string
  readonly identity: string | undefined
  readonly reason: string
  readonly offered: { readonly hash: Buffer; readonly keyVersion: number; readonly form: CredentialForm } | undefined
  readonly address: string
  readonly protocol: string | undefined
  readonly firstAt: Temporal.Instant
  readonly lastAt: Temporal.Instant
  readonly count: number
}

/** The list is bounded: beyond this the longest silent attempts make room. */
const MOST_REFUSALS = 500

/** Adds to the list of who was turned away. Answers the ids of the rows. */
export async function saveRefusals(tx: Tx, refusals: readonly Refusal[]): Promise<readonly string[]> {
  const ids: string[] = []
  for (const { path, identity, reason, offered, address, protocol, firstAt, lastAt, count } of refusals) {
    const row = await tx.row<{ id: string }>(sql`
      insert into refused_stations (tenant_id, id, path, identity, reason, offered_hash, offered_key_version, offered_form,
        address, protocol, first_at, last_at, count)
      values (${tx.tenantId}, ${newId()}, ${path}, ${identity ?? null}, ${reason}, ${offered?.hash ?? null},
        ${offered?.keyVersion ?? null}, ${offered?.form ?? null}, ${address}, ${protocol ?? null},
        ${firstAt}, ${lastAt}, ${count})
      on conflict (tenant_id, coalesce(identity, ''), reason, left(path, 200)) do update set
        offered_hash = coalesce(excluded.offered_hash, refused_stations.offered_hash),
        offered_key_version = coalesce(excluded.offered_key_version, refused_stations.offered_key_version),
        offered_form = coalesce(excluded.offered_form, refused_stations.offered_form),
        address = excluded.address, protocol = coalesce(excluded.protocol, refused_stations.protocol),
        last_at = excluded.last_at, count = refused_stations.count + excluded.count
      returning id`)
    ids.push(must(row, 'row of a refusal').id)
  }
  await tx.run(sql`
    delete from refused_stations where tenant_id = ${tx.tenantId} and id in (
      select id from refused_stations where tenant_id = ${tx.tenantId} order by last_at desc offset ${MOST_REFUSALS})`)
  return ids
}

/** Some frames of one station, sealed. */
export interface LogChunk {
  readonly tenantId: string
  readonly stationId: string
  readonly at: Temporal.Instant
  readonly actions: readonly string[]
  readonly frames: Buffer
}

const SAVE_LOG_CHUNKS = `insert into ocpp_log (tenant_id, station_id, at, id, actions, frames)
     select tenant_id, station_id, at, id, string_to_array(actions, ' '), frames
     from ${rowsOf(1, 'tenant_id uuid, station_id uuid, at timestamptz, id uuid, actions text, frames bytea')} c`

export async function saveLogChunks(tx: Tx, chunks: readonly LogChunk[]): Promise<void> {
  await tx.named('save-log-chunks', SAVE_LOG_CHUNKS, [
    chunks.map(({ tenantId }) => tenantId),
    chunks.map(({ stationId }) => stationId),
    chunks.map(({ at }) => at),
    chunks.map(() => newId()),
    chunks.map(({ actions }) => actions.join(' ')),
    chunks.map(({ frames }) => frames),
  ])
}
