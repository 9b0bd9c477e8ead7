import { json, rowsOf, sql, type Sql, type Tx } from '../../platform/index.ts'
import type { Held, KnownList, ListMode, ListState, Pending } from '../rules/local-list.ts'

export interface ListRow extends KnownList {
  readonly stationId: string
  readonly ownMode: ListMode | null
  readonly tenantMode: ListMode
  readonly state: ListState
  readonly wantedVersion: number | null
  readonly wantedEntries: number
  readonly leftOut: number
  readonly commandId: string | null
  readonly pending: Pending | null
  readonly attempts: number
  readonly failure: string | null
  readonly failedAt: Temporal.Instant | null
  readonly sentAt: Temporal.Instant | null
  readonly checkedAt: Temporal.Instant | null
  readonly protocol: string | null
  readonly isAccepted: boolean
}

const TENANT_MODE = sql`coalesce(t.settings->'localList'->>'mode', 'off')`

const COLUMNS = sql`s.id as "stationId", l.mode as "ownMode", ${TENANT_MODE} as "tenantMode",
  coalesce(l.mode, ${TENANT_MODE}) as mode, coalesce(l.state, 'off') as state, coalesce(l.must_read, true) as "mustRead",
  l.enabled, l.longest, l.part, l.held_version::float8 as "heldVersion", coalesce(l.held, '{}') as held,
  coalesce(l.last_version, 0)::float8 as "lastVersion", l.wanted_version::float8 as "wantedVersion",
  coalesce(l.wanted_entries, 0) as "wantedEntries", coalesce(l.left_out, 0) as "leftOut", l.command_id as "commandId",
  l.pending, coalesce(l.attempts, 0) as attempts, l.failure, l.failed_at as "failedAt", l.sent_at as "sentAt",
  l.checked_at as "checkedAt", s.protocol, (s.accepted_at is not null and s.removed_at is null) as "isAccepted"`

/** Those of these that are due and have no command on its way. */
export async function lockDueLists(tx: Tx, ids: readonly string[], at: Temporal.Instant): Promise<readonly ListRow[]> {
  return tx.rows<ListRow>(sql`
    select ${COLUMNS} from local_lists l
    join stations s on s.tenant_id = l.tenant_id and s.id = l.id
    join tenants t on t.tenant_id = l.tenant_id
    where l.tenant_id = ${tx.tenantId} and l.id = any(${ids}::uuid[]) and l.due_at <= ${at} and l.command_id is null
    order by l.id for update of l skip locked`)
}

export async function lockListOfCommand(tx: Tx, commandId: string): Promise<ListRow | undefined> {
  return tx.row<ListRow>(sql`
    select ${COLUMNS} from local_lists l
    join stations s on s.tenant_id = l.tenant_id and s.id = l.id
    join tenants t on t.tenant_id = l.tenant_id
    where l.tenant_id = ${tx.tenantId} and l.command_id = ${commandId} for update of l`)
}

/** A station's list, also one that nobody asked for yet; undefined: no such station, or none that the caller may see. */
export async function findList(
  tx: Tx,
  stationId: string,
  sites: 'all' | readonly string[],
): Promise<ListRow | undefined> {
  return tx.row<ListRow>(sql`
    select ${COLUMNS} from stations s
    join tenants t on t.tenant_id = s.tenant_id
    left join local_lists l on l.tenant_id = s.tenant_id and l.id = s.id
    where s.tenant_id = ${tx.tenantId} and s.id = ${stationId} and s.removed_at is null
      and ${sites === 'all' ? sql`true` : sql`s.site_id = any(${sites}::uuid[])`}`)
}

export interface ListChanges {
  readonly state?: ListState
  readonly mustRead?: boolean
  readonly enabled?: boolean | null
  readonly longest?: number | null
  readonly part?: number | null
  readonly heldVersion?: number | null
  readonly held?: Held
  readonly lastVersion?: number
  readonly wantedVersion?: number | null
  readonly wantedEntries?: number
  readonly leftOut?: number
  readonly commandId?: string | null
  readonly pending?: Pending | null
  readonly attempts?: number
  readonly failure?: string | null
  readonly failedAt?: Temporal.Instant | null
  readonly sentAt?: Temporal.Instant
  readonly checkedAt?: Temporal.Instant
  readonly dueAt?: Temporal.Instant | null
}

const columnOf = {
  state: sql`state`,
  mustRead: sql`must_read`,
  enabled: sql`enabled`,
  longest: sql`longest`,
  part: sql`part`,
  heldVersion: sql`held_version`,
  held: sql`held`,
  lastVersion: sql`last_version`,
  wantedVersion: sql`wanted_version`,
  wantedEntries: sql`wanted_entries`,
  leftOut: sql`left_out`,
  commandId: sql`command_id`,
  pending: sql`pending`,
  attempts: sql`attempts`,
  failure: sql`failure`,
  failedAt: sql`failed_at`,
  sentAt: sql`sent_at`,
  checkedAt: sql`checked_at`,
  dueAt: sql`due_at`,
} as const satisfies Record<keyof ListChanges, Sql>

const isJson = new Set<keyof ListChanges>(['held', 'pending'])

export async function saveList(tx: Tx, stationId: string, changes: ListChanges): Promise<void> {
  const sets = (Object.keys(columnOf) as (keyof ListChanges)[])
    .filter((name) => changes[name] !== undefined)
    .map((name) => {
      const value = changes[name]
      return isJson.has(name) && value !== null
        ? sql`${columnOf[name]} = ${json(value)}::jsonb`
        : sql`${columnOf[name]} = ${value}`
    })
  const all = sets.reduce((left, right) => sql`${left}, ${right}`)
  await tx.run(sql`update local_lists set ${all} where tenant_id = ${tx.tenantId} and id = ${stationId}`)
}

/** Whether any list of the tenant follows its cards. */
export async function hasLists(tx: Tx): Promise<boolean> {
  const row = await tx.row(sql`
    select 1 from local_lists where tenant_id = ${tx.tenantId} and state <> 'off' limit 1`)
  return row !== undefined
}

/**
 * Lists that rest are looked at again; one that failed again and again waits for its day, a boot or a person. Also those that are due:
 * whoever looks at one just now has read the cards before they changed, and is waited for here.
 */
export async function wakeLists(tx: Tx, mostAttempts: number, at: Temporal.Instant): Promise<void> {
  await tx.run(sql`
    update local_lists set due_at = least(coalesce(due_at, 'infinity'), ${at})
    where tenant_id = ${tx.tenantId} and command_id is null and attempts < ${mostAttempts}
      and state in ('behind', 'in-step', 'failed')`)
}

/** Every station of the tenant that has no setting of its own follows the tenant's. */
export async function setTenantMode(tx: Tx, mode: ListMode, at: Temporal.Instant): Promise<void> {
  await tx.run(sql`
    update tenants set settings = settings || jsonb_build_object('localList', jsonb_build_object('mode', ${mode}::text))
    where tenant_id = ${tx.tenantId}`)
  await tx.run(sql`
    insert into local_lists (tenant_id, id, state, due_at)
    select s.tenant_id, s.id, 'behind', ${at} from stations s
    where s.tenant_id = ${tx.tenantId} and s.removed_at is null order by s.id
    on conflict (tenant_id, id) do update set ${WOKEN}
    where local_lists.mode is null`)
}

/** A command that is on its way is waited for: its end looks again. */
const WOKEN = sql`state = case when local_lists.state = 'off' then 'behind' else local_lists.state end, attempts = 0,
  due_at = case when local_lists.command_id is null then excluded.due_at end`

/** `mode` null: as the tenant has it. */
export async function setStationMode(
  tx: Tx,
  { stationId, mode }: { readonly stationId: string; readonly mode: ListMode | null },
  at: Temporal.Instant,
): Promise<void> {
  await tx.run(sql`
    insert into local_lists (tenant_id, id, mode, state, due_at)
    values (${tx.tenantId}, ${stationId}, ${mode}, 'behind', ${at})
    on conflict (tenant_id, id) do update set mode = excluded.mode, ${WOKEN}`)
}

/** Nothing is taken as known any more, nor what a message that is on its way will have brought: the whole list goes out anew. */
export async function sendAnew(tx: Tx, stationId: string, at: Temporal.Instant): Promise<void> {
  await tx.run(sql`
    insert into local_lists (tenant_id, id, state, due_at) values (${tx.tenantId}, ${stationId}, 'behind', ${at})
    on conflict (tenant_id, id) do update set ${WOKEN}, must_read = true, held_version = null, pending = null`)
}

const LISTS_OF_BOOTED = `insert into local_lists (tenant_id, id, state, due_at)
     select b.tenant_id, b.id, 'behind', b.at
     from ${rowsOf(1, 'tenant_id uuid, id uuid, at timestamptz')} b
     join tenants t on t.tenant_id = b.tenant_id
     left join local_lists l on l.tenant_id = b.tenant_id and l.id = b.id
     where l.id is not null and (l.state <> 'off' or l.held <> '{}'::jsonb)
       or coalesce(l.mode, t.settings->'localList'->>'mode', 'off') <> 'off'
     order by b.tenant_id, b.id
     on conflict (tenant_id, id) do update set must_read = true, attempts = 0,
       due_at = case when local_lists.command_id is null then excluded.due_at end`

/** Stations booted: what they hold is asked again, for those whose tenant or own setting wants a list. Ingest. */
export async function stationsBooted(
  tx: Tx,
  booted: readonly { readonly tenantId: string; readonly stationId: string; readonly at: Temporal.Instant }[],
): Promise<void> {
  await tx.named('lists-of-booted', LISTS_OF_BOOTED, [
    booted.map((one) => one.tenantId),
    booted.map((one) => one.stationId),
    booted.map((one) => one.at),
  ])
}

export interface ListedToken {
  readonly uid: Buffer
  readonly uidHash: Buffer
  readonly type: string | null
  readonly status: 'active' | 'blocked' | 'expired'
  readonly validUntil: Temporal.Instant | null
  readonly groupUid: Buffer | null
  readonly groupHash: Buffer | null
}

const TOKEN = sql`uid, uid_hash as "uidHash", type, status, valid_until as "validUntil", group_uid as "groupUid",
  group_hash as "groupHash"`

/** Cards as lists hold them, the good ones first, then the newest; PINs never. And how many there are in all. */
export async function loadListedTokens(
  tx: Tx,
  mode: Exclude<ListMode, 'off'>,
  { at, most }: { readonly at: Temporal.Instant; readonly most: number },
): Promise<{ readonly tokens: readonly ListedToken[]; readonly total: number }> {
  const good = sql`status = 'active' and (valid_until is null or valid_until > ${at})`
  const rows = await tx.rows<ListedToken & { readonly total: bigint }>(sql`
    select ${TOKEN}, count(*) over () as total from id_tokens
    where tenant_id = ${tx.tenantId} and removed_at is null and not one_use
      and coalesce(type, '') not in ('KeyCode', 'NoAuthorization')
      and ${mode === 'active' ? good : sql`true`}
    order by (${good}) desc, id desc limit ${most}`)
  return { tokens: rows, total: Number(rows[0]?.total ?? 0) }
}

/** By keyed hash, also those that were removed: a list may still hold them. */
export async function loadTokensOfHashes(tx: Tx, hashes: readonly Buffer[]): Promise<readonly ListedToken[]> {
  if (hashes.length === 0) return []
  return tx.rows<ListedToken>(sql`
    select distinct on (uid_hash) ${TOKEN} from id_tokens
    where tenant_id = ${tx.tenantId} and uid_hash = any(${hashes}::bytea[]) order by uid_hash, id desc`)
}

/** How many lists are in which state, by station, at the sites somebody may see; stations that want none are not counted. */
export async function countLists(
  tx: Tx,
  sites: 'all' | readonly string[],
): Promise<{ readonly mode: ListMode; readonly states: Record<string, number> }> {
  const mode = await tx.row<{ mode: ListMode }>(
    sql`select ${TENANT_MODE} as mode from tenants t where t.tenant_id = ${tx.tenantId}`,
  )
  const rows = await tx.rows<{ state: string; n: bigint }>(sql`
    select l.state, count(*) as n from local_lists l
    join stations s on s.tenant_id = l.tenant_id and s.id = l.id and s.removed_at is null
    where l.tenant_id = ${tx.tenantId} and l.state <> 'off'
      and ${sites === 'all' ? sql`true` : sql`s.site_id = any(${sites}::uuid[])`}
    group by l.state`)
  return { mode: mode?.mode ?? 'off', states: Object.fromEntries(rows.map(({ state, n }) => [state, Number(n)])) }
}
