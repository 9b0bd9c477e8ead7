import { allOf, type Forget, FORGET_AT_ONCE, rowsOf, type Sql, sql, type Tx } from '../platform/index.ts'

export const tokenStatuses = ['active', 'blocked', 'expired'] as const
export type TokenStatus = (typeof tokenStatuses)[number]

/** A token as VALID needs it. */
export interface JudgedTokenRow {
  readonly tenantId: string
  readonly id: string
  readonly uidHash: Buffer
  readonly last4: string
  readonly status: TokenStatus
  readonly validUntil: Temporal.Instant | null
  readonly groupUid: Buffer | null
  readonly groupHash: Buffer | null
  readonly maxSessions: number | null
  readonly class: string | null
  /** Made by us for one remote start: good at this station, for this session. */
  readonly oneUse: boolean
  readonly stationId: string | null
  readonly sessionId: string | null
}

const TOKENS_BY_HASH = `select t.tenant_id as "tenantId", t.id, t.uid_hash as "uidHash", t.last4, t.status, t.valid_until as "validUntil",
       t.group_uid as "groupUid", t.group_hash as "groupHash", t.max_sessions as "maxSessions", t.class, t.one_use as "oneUse",
       t.station_id as "stationId", t.session_id as "sessionId"
     from (select distinct * from ${rowsOf(1, 'tenant_id uuid, uid_hash bytea')} u) w
     cross join lateral (
       select * from id_tokens t
       where t.tenant_id = w.tenant_id and t.uid_hash = w.uid_hash and t.removed_at is null
       offset 0) t`

/** Tokens by keyed hash, for one tenant or for a batch of many; those removed are unknown. */
export async function tokensByHash(
  tx: Tx,
  wanted: readonly { readonly tenantId: string; readonly hash: Buffer }[],
): Promise<readonly JudgedTokenRow[]> {
  if (wanted.length === 0) return []
  return tx.named<JudgedTokenRow>('tokens-by-hash', TOKENS_BY_HASH, [
    wanted.map((token) => token.tenantId),
    wanted.map((token) => token.hash),
  ])
}

export interface TokenRow {
  readonly id: string
  readonly last4: string
  readonly type: string | null
  readonly label: string | null
  readonly status: TokenStatus
  readonly validUntil: Temporal.Instant | null
  readonly groupHash: Buffer | null
  readonly groupLast4: string | null
  readonly maxSessions: number | null
  readonly class: string | null
  readonly createdAt: Temporal.Instant
}

const COLUMNS = sql`t.id, t.last4, t.type, t.label, t.status, t.valid_until as "validUntil",
  t.group_hash as "groupHash", t.group_last4 as "groupLast4", t.max_sessions as "maxSessions", t.class, t.created_at as "createdAt"`

/** Tokens made for one remote start are none of the tenant's own. */
const OWN = sql`not t.one_use and t.removed_at is null`

export interface TokenFilter {
  readonly status?: TokenStatus | undefined
  readonly uidHash?: Buffer | undefined
}

function matching(tx: Tx, { status, uidHash }: TokenFilter, after?: string): Sql {
  return allOf([
    sql`t.tenant_id = ${tx.tenantId}`,
    OWN,
    status === undefined ? undefined : sql`t.status = ${status}`,
    uidHash === undefined ? undefined : sql`t.uid_hash = ${uidHash}`,
    after === undefined ? undefined : sql`t.id < ${after}`,
  ])
}

/** Newest first. */
export async function listTokens(
  tx: Tx,
  filter: TokenFilter,
  page: { readonly limit: number; readonly after?: string | undefined },
): Promise<readonly TokenRow[]> {
  return tx.rows<TokenRow>(sql`
    select ${COLUMNS} from id_tokens t where ${matching(tx, filter, page.after)}
    order by t.id desc limit ${page.limit}`)
}

export async function countTokens(tx: Tx, filter: TokenFilter): Promise<number> {
  const row = await tx.row<{ count: bigint }>(sql`select count(*) from id_tokens t where ${matching(tx, filter)}`)
  return Number(row?.count ?? 0)
}

export async function findToken(tx: Tx, id: string, lock = false): Promise<TokenRow | undefined> {
  return tx.row<TokenRow>(sql`
    select ${COLUMNS} from id_tokens t where t.tenant_id = ${tx.tenantId} and t.id = ${id} and ${OWN}
    ${lock ? sql`for update` : sql``}`)
}

export interface NewToken {
  readonly id: string
  readonly uid: Buffer
  readonly uidHash: Buffer
  readonly last4: string
  readonly type?: string | undefined
  readonly label?: string | undefined
  readonly status: TokenStatus
  readonly validUntil?: Temporal.Instant | undefined
  readonly group?: { readonly uid: Buffer; readonly hash: Buffer; readonly last4: string } | undefined
  readonly maxSessions?: number | undefined
  readonly class?: string | undefined
  readonly oneUse?: { readonly stationId: string; readonly sessionId: string } | undefined
  readonly at: Temporal.Instant
}

/** False when the tenant has this uid already. */
export async function insertToken(tx: Tx, token: NewToken): Promise<boolean> {
  const { group, oneUse, at } = token
  const inserted = await tx.run(sql`
    insert into id_tokens (tenant_id, id, uid, uid_hash, last4, type, label, status, valid_until, group_uid, group_hash,
      group_last4, max_sessions, class, one_use, station_id, session_id, blocked_at, created_at, changed_at)
    values (${tx.tenantId}, ${token.id}, ${token.uid}, ${token.uidHash}, ${token.last4}, ${token.type ?? null},
      ${token.label ?? null}, ${token.status}, ${token.validUntil ?? null}, ${group?.uid ?? null},
      ${group?.hash ?? null}, ${group?.last4 ?? null}, ${token.maxSessions ?? null}, ${token.class ?? null}, ${oneUse !== undefined},
      ${oneUse?.stationId ?? null}, ${oneUse?.sessionId ?? null}, ${token.status === 'blocked' ? at : null}, ${at}, ${at})
    on conflict (tenant_id, uid_hash) where removed_at is null do nothing`)
  return inserted === 1
}

export interface TokenChanges {
  readonly label?: string | null | undefined
  readonly status?: TokenStatus | undefined
  readonly validUntil?: Temporal.Instant | null | undefined
  readonly maxSessions?: number | null | undefined
  readonly class?: string | null | undefined
  readonly group?: NonNullable<NewToken['group']> | null | undefined
}

/** Absent: stays; null: taken away. */
export async function changeToken(tx: Tx, id: string, changes: TokenChanges, at: Temporal.Instant): Promise<void> {
  const { label, status, validUntil, maxSessions, class: ofClass, group } = changes
  const sets = [
    sql`changed_at = ${at}`,
    label === undefined ? undefined : sql`label = ${label}`,
    status === undefined ? undefined : sql`status = ${status}, blocked_at = ${status === 'blocked' ? at : null}`,
    validUntil === undefined ? undefined : sql`valid_until = ${validUntil}`,
    maxSessions === undefined ? undefined : sql`max_sessions = ${maxSessions}`,
    ofClass === undefined ? undefined : sql`class = ${ofClass}`,
    group === undefined
      ? undefined
      : sql`group_uid = ${group?.uid ?? null}, group_hash = ${group?.hash ?? null}, group_last4 = ${group?.last4 ?? null}`,
  ].filter((set) => set !== undefined)
  const all = sets.reduce((left, right) => sql`${left}, ${right}`)
  await tx.run(sql`update id_tokens set ${all} where tenant_id = ${tx.tenantId} and id = ${id}`)
}

export async function removeToken(tx: Tx, id: string, at: Temporal.Instant): Promise<void> {
  await tx.run(sql`
    update id_tokens set removed_at = ${at}, changed_at = ${at} where tenant_id = ${tx.tenantId} and id = ${id}`)
}

/** Far longer than the session that it was made for may be told late. */
const ONE_USE_KEPT = Temporal.Duration.from({ hours: 90 * 24 })

/** Tokens made for one remote start, 90 days after. */
export const forgetOneUseTokens: Forget = (tx, at) =>
  tx.run(sql`
    delete from id_tokens where (tenant_id, id) in (
      select tenant_id, id from id_tokens
      where tenant_id = ${tx.tenantId} and one_use and created_at < ${at.subtract(ONE_USE_KEPT)} limit ${FORGET_AT_ONCE})`)
