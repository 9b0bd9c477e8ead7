import { allOf, type Sql, sql, type Tx } from '../platform/index.ts'

export interface SiteRow {
  readonly id: string
  readonly name: string
  readonly address: string | null
  readonly postalCode: string | null
  readonly city: string | null
  readonly country: string
  readonly latitude: string | null
  readonly longitude: string | null
  readonly timeZone: string
  readonly access: string | null
  readonly openingHours: string | null
  readonly createdAt: Temporal.Instant
  readonly changedAt: Temporal.Instant
  readonly stations: bigint
}

export interface SiteFilter {
  readonly sites: 'all' | readonly string[]
  readonly id?: string
  /** A part of its name, city or address, in any case. */
  readonly q?: string | undefined
  readonly after?: readonly (string | number)[] | undefined
}

function condition({ sites, id, q, after }: SiteFilter): Sql {
  return allOf([
    sites === 'all' ? undefined : sql`t.id = any(${sites}::uuid[])`,
    id === undefined ? undefined : sql`t.id = ${id}`,
    q === undefined
      ? undefined
      : sql`position(lower(${q.trim()}) in lower(concat_ws(' ', t.name, t.city, t.address))) > 0`,
    after === undefined ? undefined : sql`(t.name, t.id::text) > (${after[0]}, ${after[1]})`,
  ])
}

export async function loadSites(tx: Tx, filter: SiteFilter, limit: number): Promise<readonly SiteRow[]> {
  return tx.rows<SiteRow>(sql`
    select t.id, t.name, t.address, t.postal_code as "postalCode", t.city, t.country, t.latitude, t.longitude,
      t.time_zone as "timeZone", t.access, t.opening_hours as "openingHours", t.created_at as "createdAt",
      t.changed_at as "changedAt",
      (select count(*) from stations s where s.tenant_id = t.tenant_id and s.site_id = t.id and s.removed_at is null)
        as stations
    from sites t where t.tenant_id = ${tx.tenantId} and ${condition(filter)}
    order by t.name, t.id::text limit ${limit}`)
}

export async function countSites(tx: Tx, filter: SiteFilter): Promise<number> {
  const row = await tx.row<{ n: bigint }>(
    sql`select count(*) as n from sites t where t.tenant_id = ${tx.tenantId} and ${condition(filter)}`,
  )
  return Number(row?.n ?? 0)
}

export interface SiteFields {
  readonly name: string
  readonly address?: string | null | undefined
  readonly postalCode?: string | null | undefined
  readonly city?: string | null | undefined
  readonly country: string
  readonly latitude?: number | null | undefined
  readonly longitude?: number | null | undefined
  readonly timeZone: string
  readonly access?: string | null | undefined
  readonly openingHours?: string | null | undefined
}

export async function insertSite(tx: Tx, id: string, site: SiteFields, at: Temporal.Instant): Promise<void> {
  await tx.run(sql`
    insert into sites (tenant_id, id, name, address, postal_code, city, country, latitude, longitude, time_zone, access,
      opening_hours, created_at, changed_at)
    values (${tx.tenantId}, ${id}, ${site.name}, ${site.address ?? null}, ${site.postalCode ?? null},
      ${site.city ?? null}, ${site.country}, ${site.latitude ?? null}, ${site.longitude ?? null}, ${site.timeZone},
      ${site.access ?? null}, ${site.openingHours ?? null}, ${at}, ${at})`)
}

const columnOf = {
  name: sql`name`,
  address: sql`address`,
  postalCode: sql`postal_code`,
  city: sql`city`,
  country: sql`country`,
  latitude: sql`latitude`,
  longitude: sql`longitude`,
  timeZone: sql`time_zone`,
  access: sql`access`,
  openingHours: sql`opening_hours`,
} as const satisfies Record<keyof SiteFields, Sql>

export type SiteChanges = { readonly [K in keyof SiteFields]?: SiteFields[K] | undefined }

export async function changeSite(tx: Tx, id: string, changes: SiteChanges, at: Temporal.Instant): Promise<void> {
  const sets = (Object.keys(columnOf) as (keyof SiteFields)[])
    .filter((name) => changes[name] !== undefined)
    .map((name) => sql`${columnOf[name]} = ${changes[name]}`)
  const assignments = sets.reduce((left, right) => sql`${left}, ${right}`, sql`changed_at = ${at}`)
  await tx.run(sql`update sites set ${assignments} where tenant_id = ${tx.tenantId} and id = ${id}`)
}

/** Stations that were removed let go of their site; false: others still stand there. */
export async function removeSite(tx: Tx, id: string): Promise<boolean> {
  // A station that is being put there just now is waited for, and then seen.
  await tx.row(sql`select 1 from sites where tenant_id = ${tx.tenantId} and id = ${id} for update`)
  await tx.run(sql`
    update stations set site_id = null where tenant_id = ${tx.tenantId} and site_id = ${id} and removed_at is not null`)
  const removed = await tx.run(sql`
    delete from sites t where t.tenant_id = ${tx.tenantId} and t.id = ${id}
      and not exists (select 1 from stations s where s.tenant_id = t.tenant_id and s.site_id = t.id)`)
  return removed === 1
}

/** Whether all of these are sites of the tenant. */
export async function sitesExist(tx: Tx, ids: readonly string[]): Promise<boolean> {
  const row = await tx.row<{ count: number }>(
    sql`select count(*)::int as count from sites where tenant_id = ${tx.tenantId} and id = any(${ids}::uuid[])`,
  )
  return row?.count === new Set(ids).size
}

export interface TenantDefaults {
  readonly slug: string
  readonly country: string
  readonly timeZone: string
}

export async function loadTenantDefaults(tx: Tx): Promise<TenantDefaults> {
  const row = await tx.row<TenantDefaults>(
    sql`select slug, country, time_zone as "timeZone" from tenants where tenant_id = ${tx.tenantId}`,
  )
  return row ?? { slug: '', country: 'FI', timeZone: 'UTC' }
}

/** How many stations of these sites name each tariff; under `null` how many name none, so that the default holds. */
export async function countStationsByTariff(
  tx: Tx,
  sites: 'all' | readonly string[],
): Promise<ReadonlyMap<string | null, number>> {
  const rows = await tx.rows<{ tariffId: string | null; count: number }>(sql`
    select tariff_id as "tariffId", count(*)::int as count from stations
    where tenant_id = ${tx.tenantId} and removed_at is null
      and ${sites === 'all' ? sql`true` : sql`site_id = any(${sites}::uuid[])`}
    group by tariff_id`)
  return new Map(rows.map(({ tariffId, count }) => [tariffId, count]))
}
