import { json, sql, type Tx } from '../platform/index.ts'
import type { NewTenant, Tenant } from './settings.ts'

/** Reserves the slug. The id it stands for: the given one, or that of an earlier (perhaps interrupted) making. */
export async function reserveSlug(tx: Tx, slug: string, tenantId: string): Promise<string> {
  await tx.run(
    sql`insert into directory.tenants (slug, tenant_id) values (${slug}, ${tenantId}) on conflict (slug) do nothing`,
  )
  const row = await tx.row<{ id: string }>(sql`select tenant_id as id from directory.tenants where slug = ${slug}`)
  return row?.id ?? tenantId
}

export async function idOfSlug(tx: Tx, slug: string): Promise<string | undefined> {
  const row = await tx.row<{ id: string }>(sql`select tenant_id as id from directory.tenants where slug = ${slug}`)
  return row?.id
}

export async function slugsAfter(
  tx: Tx,
  after: string | undefined,
  limit: number,
): Promise<{ slug: string; id: string }[]> {
  return tx.rows(sql`
    select slug, tenant_id as id from directory.tenants where slug > ${after ?? ''} order by slug limit ${limit}`)
}

/** False when the tenant exists already. */
export async function insertTenant(
  tx: Tx,
  tenant: NewTenant & { readonly demo: boolean },
  wrappedKey: Buffer,
  at: Temporal.Instant,
): Promise<boolean> {
  const made = await tx.run(sql`
    insert into tenants (tenant_id, slug, name, currency, country, time_zone, languages, demo, wrapped_key, created_at)
    values (${tx.tenantId}, ${tenant.slug}, ${tenant.name}, ${tenant.currency}, ${tenant.country}, ${tenant.timeZone},
      ${tenant.languages}, ${tenant.demo}, ${wrappedKey}, ${at})
    on conflict do nothing`)
  return made === 1
}

const COLUMNS = sql`
  tenant_id as id, slug, name, currency, country, time_zone as "timeZone", languages, demo, created_at as "createdAt"`

export async function readTenant(tx: Tx): Promise<Tenant | undefined> {
  return tx.row(sql`select ${COLUMNS} from tenants where tenant_id = ${tx.tenantId}`)
}

export async function readTenants(tx: Tx): Promise<Tenant[]> {
  return tx.rows(sql`select ${COLUMNS} from tenants where tenant_id = any(${tx.tenantIds}::uuid[]) order by slug`)
}

/** What features keep of a tenant under a name of their own (`settings.sessions`, `settings.alerts`). */
export async function readSettings(tx: Tx): Promise<Readonly<Record<string, unknown>>> {
  const row = await tx.row<{ settings: Record<string, unknown> }>(
    sql`select settings from tenants where tenant_id = ${tx.tenantId}`,
  )
  return row?.settings ?? {}
}

export async function saveSettings(tx: Tx, name: string, value: object): Promise<void> {
  await tx.run(sql`
    update tenants set settings = settings || jsonb_build_object(${name}::text, ${json(value)}::jsonb)
    where tenant_id = ${tx.tenantId}`)
}

/**
 * Waits for whoever else decides something about the whole tenant, such as who its last administrator is. Not `for update`:
 * every row that names the tenant would wait too.
 */
export async function lockTenant(tx: Tx): Promise<void> {
  await tx.row(sql`select 1 as one from tenants where tenant_id = ${tx.tenantId} for no key update`)
}

/** The member of the settings that says which addresses on site calls of ours may reach; undefined: there is no such tenant. */
export async function readOutbound(tx: Tx): Promise<{ readonly allowed: unknown } | undefined> {
  return tx.row(sql`select settings->'outbound' as allowed from tenants where tenant_id = ${tx.tenantId}`)
}
