import { allOf, json, must, rowsIn, rowsOf, sql, type Tx } from '../platform/index.ts'
import { parseTariff, type Tariff } from './rules/index.ts'

/** One version of a tariff, which never changes. */
export interface TariffVersion {
  readonly tariffId: string
  readonly version: number
  readonly validFrom: Temporal.Instant
  readonly tariff: Tariff
}

/** Names one version; the tenant is given because batches of station reports span tenants. */
export interface TariffVersionName {
  readonly tenantId: string
  readonly tariffId: string
  readonly version: number
}

/** Asks which tariff holds: the station's own, or where it names none what was the tenant's default at the instant. */
export interface TariffQuestion {
  readonly tenantId: string
  readonly stationTariffId: string | null | undefined
  readonly at: Temporal.Instant
}

/** What is kept beside a version for people. `json`: as OCPI writes it, as it was given. */
export interface StoredVersion {
  readonly version: number
  readonly validFrom: Temporal.Instant
  readonly createdAt: Temporal.Instant
  readonly createdBy: string | null
  readonly json: unknown
}

export interface StoredTariff {
  readonly id: string
  readonly name: string
  readonly isDefault: boolean
  readonly createdAt: Temporal.Instant
  readonly changedAt: Temporal.Instant
  /** Oldest first; never empty. */
  readonly versions: readonly StoredVersion[]
}

export interface NewVersion {
  readonly tariffId: string
  readonly version: number
  readonly currency: string
  readonly json: unknown
  readonly validFrom: Temporal.Instant
  readonly createdBy: string
  readonly at: Temporal.Instant
}

interface VersionRow extends TariffVersionName {
  readonly validFrom: Temporal.Instant
  readonly tariff: unknown
}

const TARIFFS_THAT_APPLY = `select q.place, q.tenant_id as "tenantId", v.tariff_id as "tariffId", v.version
     from ${rowsOf(1, 'tenant_id uuid, tariff_id uuid, at timestamptz, place int')} q
     join tariffs t on t.tenant_id = q.tenant_id
       and case when q.tariff_id is not null then t.id = q.tariff_id
         else t.default_during @> q.at or (t.is_default and not exists (
           select from tariffs o where o.tenant_id = t.tenant_id and o.default_during @> q.at)) end
     join lateral (
       select tariff_id, version from tariff_versions
       where tenant_id = t.tenant_id and tariff_id = t.id
         and valid_from <= q.at + case when version = 1 then interval '60 seconds' else interval '0' end
       order by valid_from desc, version desc limit 1
     ) v on true`

/**
 * For each question the version that applies at its instant: of those valid by then the one that became valid last.
 * Undefined where there is none; a station's own tariff that is not valid yet is not replaced by the default. The first
 * version counts a minute before it became valid too: that much a station's clock may differ from ours.
 * One query for all; runs under the roles of app and ingest.
 */
export async function tariffsThatApply(
  tx: Tx,
  questions: readonly TariffQuestion[],
): Promise<readonly (TariffVersion | undefined)[]> {
  if (questions.length === 0) return []
  const rows = await tx.named<TariffVersionName & { readonly place: number }>(
    'tariffs-that-apply',
    TARIFFS_THAT_APPLY,
    [
      questions.map((question) => question.tenantId),
      questions.map((question) => question.stationTariffId ?? null),
      questions.map((question) => question.at),
      questions.map((_, index) => index),
    ],
  )
  const versions = await tariffVersions(tx, rows)
  const byPlace = new Map(rows.map(({ place }, index) => [place, versions[index]]))
  return questions.map((_, index) => byPlace.get(index))
}

/** As `tariffsThatApply`, for one station of the transaction's tenant. */
export async function tariffThatApplies(
  tx: Tx,
  stationTariffId: string | null | undefined,
  at: Temporal.Instant,
): Promise<TariffVersion | undefined> {
  return (await tariffsThatApply(tx, [{ tenantId: tx.tenantId, stationTariffId, at }]))[0]
}

/** The versions named, in the order of the names; undefined where there is no such version. */
export async function tariffVersions(
  tx: Tx,
  names: readonly TariffVersionName[],
): Promise<readonly (TariffVersion | undefined)[]> {
  const versions = new Map(names.map((name) => [keyOf(name), known.get(keyOf(name))]))
  const missing = names.filter((name) => versions.get(keyOf(name)) === undefined)
  for (const row of missing.length === 0 ? [] : await readVersions(tx, missing))
    versions.set(keyOf(row), versionOf(row))
  return names.map((name) => versions.get(keyOf(name)))
}

async function readVersions(tx: Tx, names: readonly TariffVersionName[]): Promise<readonly VersionRow[]> {
  return tx.rows<VersionRow>(sql`
    select tenant_id as "tenantId", tariff_id as "tariffId", version, v.valid_from as "validFrom", v.tariff
    from (select distinct * from ${rowsIn({
      tenant_id: ['uuid', names.map((name) => name.tenantId)],
      tariff_id: ['uuid', names.map((name) => name.tariffId)],
      version: ['int', names.map((name) => name.version)],
    })} u) as n
    join tariff_versions v using (tenant_id, tariff_id, version)`)
}

/** One of the transaction's tenant, named by somebody: unlike those that sessions name, it may have been removed since. */
export async function tariffVersion(tx: Tx, tariffId: string, version: number): Promise<TariffVersion | undefined> {
  const [row] = await readVersions(tx, [{ tenantId: tx.tenantId, tariffId, version }])
  return row === undefined ? undefined : versionOf(row)
}

/** Versions never change, and what a session names is never removed: each is read once. */
const known = new Map<string, TariffVersion>()
const MOST_KNOWN = 1_000

/** The tenant is part of it: a name of another tenant's finds nothing, as in the database. */
const keyOf = ({ tenantId, tariffId, version }: TariffVersionName): string => `${tenantId}/${tariffId}/${version}`

function versionOf(row: VersionRow): TariffVersion {
  const parsed = parseTariff(row.tariff)
  if (!parsed.ok) throw new Error(`the stored tariff ${row.tariffId} version ${row.version} can no longer be read`)
  const version = { tariffId: row.tariffId, version: row.version, validFrom: row.validFrom, tariff: parsed.value }
  if (known.size >= MOST_KNOWN) known.clear()
  known.set(keyOf(row), version)
  return version
}

export async function hasTariffs(tx: Tx): Promise<boolean> {
  return (await tx.row(sql`select 1 from tariffs where tenant_id = ${tx.tenantId} limit 1`)) !== undefined
}

export async function insertTariff(
  tx: Tx,
  made: { readonly id: string; readonly name: string; readonly at: Temporal.Instant },
): Promise<void> {
  await tx.run(sql`
    insert into tariffs (tenant_id, id, name, created_at, changed_at)
    values (${tx.tenantId}, ${made.id}, ${made.name}, ${made.at}, ${made.at})`)
}

export async function insertVersion(tx: Tx, made: NewVersion): Promise<void> {
  await tx.run(sql`
    insert into tariff_versions (tenant_id, tariff_id, version, tariff, currency, valid_from, created_at, created_by)
    values (${tx.tenantId}, ${made.tariffId}, ${made.version}, ${json(made.json)}::jsonb, ${made.currency},
      ${made.validFrom}, ${made.at}, ${made.createdBy})`)
  await tx.run(sql`
    update tariffs set changed_at = ${made.at} where tenant_id = ${tx.tenantId} and id = ${made.tariffId}`)
}

/** The row locked, and its newest version; undefined when there is no such tariff. */
export async function lockTariff(
  tx: Tx,
  id: string,
): Promise<{ readonly version: number; readonly currency: string } | undefined> {
  const locked = await tx.row(sql`select id from tariffs where tenant_id = ${tx.tenantId} and id = ${id} for update`)
  if (locked === undefined) return undefined
  return tx.row(sql`
    select version, currency from tariff_versions
    where tenant_id = ${tx.tenantId} and tariff_id = ${id} order by version desc limit 1`)
}

export async function renameTariff(tx: Tx, id: string, name: string, at: Temporal.Instant): Promise<void> {
  await tx.run(sql`
    update tariffs set name = ${name}, changed_at = ${at} where tenant_id = ${tx.tenantId} and id = ${id}`)
}

/** With its versions; the caller has seen that nobody uses it. */
export async function removeTariff(tx: Tx, id: string): Promise<void> {
  await tx.run(sql`delete from tariff_versions where tenant_id = ${tx.tenantId} and tariff_id = ${id}`)
  await tx.run(sql`delete from tariffs where tenant_id = ${tx.tenantId} and id = ${id}`)
}

/** Whether a tariff that a station is to name exists; nobody removes it until this transaction ends. */
export async function tariffExists(tx: Tx, id: string): Promise<boolean> {
  const row = await tx.row(
    sql`select 1 as one from tariffs where tenant_id = ${tx.tenantId} and id = ${id} for key share`,
  )
  return row !== undefined
}

/** One tariff becomes the tenant's default and whichever was it is no longer. False when there is no such tariff. */
export async function makeDefault(tx: Tx, id: string, at: Temporal.Instant): Promise<boolean> {
  // All of the tenant's in one order, so that two changes at once wait for each other instead of meeting at the index.
  const all = await tx.rows<{ id: string }>(
    sql`select id from tariffs where tenant_id = ${tx.tenantId} order by id for update`,
  )
  if (!all.some((tariff) => tariff.id === id)) return false
  await tx.run(sql`
    update tariffs set is_default = false, changed_at = ${at}, default_during = default_during * tstzmultirange(tstzrange(null, ${at}))
    where tenant_id = ${tx.tenantId} and is_default and id <> ${id}`)
  await tx.run(sql`
    update tariffs t set is_default = true, changed_at = ${at},
      -- The first there is holds for whatever began before it, too.
      default_during = default_during + tstzmultirange(tstzrange(case when exists (
        select from tariffs o where o.tenant_id = t.tenant_id and not isempty(o.default_during)) then ${at}::timestamptz end, null))
    where tenant_id = ${tx.tenantId} and id = ${id} and not is_default`)
  return true
}

export async function findTariff(tx: Tx, id: string): Promise<StoredTariff | undefined> {
  const [tariff] = await tariffsWhere(tx, { id, limit: 1 })
  return tariff
}

/** In the order in which they were made; `after`: the id of the last one of the page before. */
export async function listTariffs(
  tx: Tx,
  page: { readonly limit: number; readonly after?: string | undefined },
): Promise<readonly StoredTariff[]> {
  return tariffsWhere(tx, page)
}

export async function countTariffs(tx: Tx): Promise<number> {
  const row = await tx.row<{ count: bigint }>(sql`select count(*) from tariffs where tenant_id = ${tx.tenantId}`)
  return Number(must(row, 'count').count)
}

async function tariffsWhere(
  tx: Tx,
  wanted: { readonly id?: string; readonly after?: string | undefined; readonly limit: number },
): Promise<readonly StoredTariff[]> {
  const where = allOf([
    sql`tenant_id = ${tx.tenantId}`,
    wanted.id === undefined ? undefined : sql`id = ${wanted.id}`,
    wanted.after === undefined ? undefined : sql`id > ${wanted.after}`,
  ])
  const tariffs = await tx.rows<Omit<StoredTariff, 'versions'>>(sql`
    select id, name, is_default as "isDefault", created_at as "createdAt", changed_at as "changedAt"
    from tariffs where ${where} order by id limit ${wanted.limit}`)
  const versions = await tx.rows<StoredVersion & { readonly tariffId: string }>(sql`
    select tariff_id as "tariffId", version, valid_from as "validFrom", created_at as "createdAt",
      created_by as "createdBy", tariff as json
    from tariff_versions
    where tenant_id = ${tx.tenantId} and tariff_id = any(${tariffs.map((tariff) => tariff.id)}::uuid[])
    order by version`)
  const byTariff = Map.groupBy(versions, (version) => version.tariffId)
  return tariffs.map((tariff) => ({ ...tariff, versions: byTariff.get(tariff.id) ?? [] }))
}
