import { sql, type Tx } from '../platform/index.ts'
import type { SiteScope } from '../rights/index.ts'

export interface ApiKey {
  readonly id: string
  readonly name: string
  readonly role: string
  readonly sites: SiteScope
  readonly createdAt: Temporal.Instant
  readonly lastUsedAt: Temporal.Instant | null
  readonly revokedAt: Temporal.Instant | null
}

type Row = Omit<ApiKey, 'sites'> & { readonly sites: string[] | null }

const COLUMNS = sql`
  id, name, role, sites, created_at as "createdAt", last_used_at as "lastUsedAt", revoked_at as "revokedAt"`

function keyOf({ sites, ...row }: Row): ApiKey {
  return { ...row, sites: sites ?? 'all' }
}

export async function insertKey(
  tx: Tx,
  key: {
    readonly id: string
    readonly name: string
    readonly role: string
    readonly sites: SiteScope
    readonly secretHash: Buffer
    readonly keyVersion: number
    readonly at: Temporal.Instant
  },
): Promise<void> {
  await tx.run(sql`
    insert into api_keys (tenant_id, id, name, secret_hash, key_version, role, sites, created_at)
    values (${tx.tenantId}, ${key.id}, ${key.name}, ${key.secretHash}, ${key.keyVersion}, ${key.role},
      ${key.sites === 'all' ? null : key.sites}::uuid[], ${key.at})`)
}

/** A key that is not revoked, with the hash its secret must have. */
export async function readLiveKey(tx: Tx, id: string): Promise<(ApiKey & { secretHash: Buffer }) | undefined> {
  const [row] = await tx.named<Row & { secretHash: Buffer }>(
    'identity-live-key',
    `select id, name, role, sites, created_at as "createdAt", last_used_at as "lastUsedAt", revoked_at as "revokedAt",
       secret_hash as "secretHash"
     from api_keys where tenant_id = $1 and id = $2 and revoked_at is null`,
    [tx.tenantId, id],
  )
  return row === undefined ? undefined : { ...keyOf(row), secretHash: row.secretHash }
}

export async function markKeyUsed(tx: Tx, id: string, at: Temporal.Instant): Promise<void> {
  await tx.run(sql`update api_keys set last_used_at = ${at} where tenant_id = ${tx.tenantId} and id = ${id}`)
}

export async function readKeys(tx: Tx, after: string | undefined, limit: number): Promise<ApiKey[]> {
  const rows = await tx.rows<Row>(sql`
    select ${COLUMNS} from api_keys
    where tenant_id = ${tx.tenantId} and (${after ?? null}::uuid is null or id > ${after ?? null}::uuid)
    order by id limit ${limit}`)
  return rows.map(keyOf)
}

/** One key, revoked or not. */
export async function readKey(tx: Tx, id: string): Promise<ApiKey | undefined> {
  const row = await tx.row<Row>(sql`select ${COLUMNS} from api_keys where tenant_id = ${tx.tenantId} and id = ${id}`)
  return row === undefined ? undefined : keyOf(row)
}

export async function countKeys(tx: Tx): Promise<number> {
  const row = await tx.row<{ n: number }>(sql`select count(*)::int as n from api_keys where tenant_id = ${tx.tenantId}`)
  return row?.n ?? 0
}

export async function revokeKey(tx: Tx, id: string, at: Temporal.Instant): Promise<void> {
  await tx.run(sql`
    update api_keys set revoked_at = ${at} where tenant_id = ${tx.tenantId} and id = ${id} and revoked_at is null`)
}

/** How many keys could still administer the tenant, one aside. */
export async function otherAdministratorKeys(tx: Tx, id: string): Promise<number> {
  const row = await tx.row<{ n: number }>(sql`
    select count(*)::int as n from api_keys
    where tenant_id = ${tx.tenantId} and id <> ${id} and revoked_at is null and role = 'administrator' and sites is null`)
  return row?.n ?? 0
}
