import type pg from 'pg'

/** Rows of two tenants in every table of a scratch database, whatever its columns: made from the catalogue. */

interface Column {
  readonly table: string
  readonly name: string
  readonly type: string
  readonly isNeeded: boolean
}

/** Takes away what would keep a made-up row out: it is the row policies that are looked at, nothing else. */
export async function loosen(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ table: string; name: string }>(`
    select conrelid::regclass::text as table, conname as name from pg_constraint
    where contype in ('c', 'f') and connamespace = 'public'::regnamespace and coninhcount = 0 and conparentid = 0 order by contype desc`)
  for (const { table, name } of rows) await client.query(`alter table ${table} drop constraint "${name}"`)
}

export async function tablesOfTenants(client: pg.Client): Promise<readonly string[]> {
  const { rows } = await client.query<{ name: string }>(`
    select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'public' and c.relkind in ('r', 'p') and not c.relispartition order by 1`)
  return rows.map(({ name }) => name)
}

export async function columnsOf(client: pg.Client, table: string): Promise<readonly Column[]> {
  const { rows } = await client.query<Column>(
    `select $1::text as table, a.attname as name, format_type(a.atttypid, a.atttypmod) as type, a.attnotnull and not a.atthasdef as "isNeeded"
     from pg_attribute a where a.attrelid = $1::regclass and a.attnum > 0 and not a.attisdropped order by a.attnum`,
    [table],
  )
  return rows
}

/** The statement that puts one row of a tenant into a table; `seed` makes unique what must be. */
export function insertOf(table: string, columns: readonly Column[], tenantId: string, seed: number): string {
  const needed = columns.filter(({ name, isNeeded }) => isNeeded || name === 'tenant_id')
  const names = needed.map(({ name }) => `"${name}"`).join(', ')
  const values = needed.map(({ name, type }) => (name === 'tenant_id' ? `'${tenantId}'` : valueOf(type, seed)))
  return `insert into "${table}" (${names}) values (${values.join(', ')})`
}

function valueOf(type: string, seed: number): string {
  if (type.endsWith('[]')) return `'{}'`
  if (type === 'uuid') return `'00000000-0000-7000-8000-${String(seed).padStart(12, '0')}'`
  if (type === 'bytea') return `'\\x${String(seed).padStart(4, '0')}'`
  if (type === 'jsonb') return `'{}'`
  if (type === 'boolean') return 'false'
  if (type === 'date') return `'2026-01-01'`
  if (type.startsWith('timestamp')) return `'2026-01-01T00:00:00Z'`
  if (/^(integer|bigint|smallint|numeric)/.test(type)) return String(seed)
  return `'${seed}'`
}
