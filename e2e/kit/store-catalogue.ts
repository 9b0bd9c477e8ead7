import type pg from 'pg'
import type { Roles } from '../../server/src/platform/index.ts'

/** What the catalogue of a database must show for tenants to be apart (attack 28, GEN-ISOLATION). */

/** The tables that a station's report touches, and how: the ingest role may do this and nothing else. */
export const ingestMay: Readonly<Record<string, string>> = {
  alerts: 'INSERT,SELECT,UPDATE',
  commands: 'INSERT,SELECT,UPDATE',
  connectors: 'INSERT,SELECT,UPDATE',
  evses: 'INSERT,SELECT,UPDATE',
  id_tokens: 'SELECT',
  local_lists: 'INSERT,SELECT,UPDATE',
  meter_values: 'INSERT,SELECT,UPDATE',
  ocpp_log: 'INSERT',
  outbox: 'INSERT,SELECT',
  recorded_messages: 'INSERT',
  refused_messages: 'INSERT,SELECT,UPDATE',
  session_changes: 'INSERT,SELECT',
  session_records: 'INSERT,SELECT',
  sessions: 'INSERT,SELECT,UPDATE',
  signed_meter_values: 'INSERT',
  sites: 'SELECT',
  stations: 'SELECT,UPDATE',
  tariff_versions: 'SELECT',
  tariffs: 'SELECT',
  tenants: 'SELECT',
  transactions: 'INSERT,SELECT',
}

/**
 * Columns of tables it otherwise may not touch: whether anybody listens, and never to whom or with which secret; the numbers that it gives
 * to sessions.
 */
const ingestColumns = new Set([
  'SELECT webhooks.tenant_id',
  'SELECT webhooks.types',
  'UPDATE tenants.next_session_number',
])

/** Ids, keyed hashes and what is public by itself (slugs, station numbers): nothing that tells of a person. */
const directoryMayHold = new Set([
  'api_keys.id',
  'api_keys.tenant_id',
  'facts.name',
  'facts.value',
  'mails.mail_hash',
  'mails.staff_id',
  'mails.tenant_id',
  'sign_ins.expires_at',
  'sign_ins.id',
  'sign_ins.kind',
  'sign_ins.tenant_id',
  'sign_ins.token_hash',
  'station_numbers.number',
  'station_numbers.station_id',
  'station_numbers.tenant_id',
  'tenants.slug',
  'tenants.tenant_id',
])

const OURS = `nspname not in ('pg_catalog', 'information_schema', 'pg_toast') and nspname !~ '^pg_temp'`

export interface Relation {
  readonly schema: string
  readonly name: string
  readonly kind: string
  readonly isPartition: boolean
  readonly isForced: boolean
  readonly hasTenant: boolean
  readonly isInvoker: boolean
  readonly keyBegins: string | null
}

export async function relationsOf(client: pg.Client): Promise<readonly Relation[]> {
  const { rows } = await client.query<Relation>(`
    select n.nspname as schema, c.relname as name, c.relkind as kind, c.relispartition as "isPartition",
      c.relrowsecurity and c.relforcerowsecurity as "isForced",
      exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped) as "hasTenant",
      coalesce('security_invoker=true' = any(c.reloptions) or 'security_invoker=on' = any(c.reloptions), false) as "isInvoker",
      (select a.attname from pg_index i join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0]
        where i.indrelid = c.oid and i.indisprimary) as "keyBegins"
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where ${OURS} and c.relkind in ('r', 'p', 'v', 'm', 'f') order by 1, 2`)
  return rows
}

/** Every fault as a sentence; none: the tenants of this database are apart. */
export async function faultsOfCatalogue(client: pg.Client, roles: Roles, login: string): Promise<readonly string[]> {
  const relations = await relationsOf(client)
  return [
    ...faultsOfRelations(relations),
    ...(await faultsOfPolicies(client, relations, roles)),
    ...(await faultsOfRoles(client, roles, login)),
    ...(await faultsOfOwnership(client, roles, login)),
    ...(await faultsOfPrivileges(client, relations, roles, login)),
    ...(await faultsOfFunctions(client)),
    ...(await faultsOfDirectory(client, roles)),
  ]
}

function faultsOfRelations(relations: readonly Relation[]): string[] {
  const faults: string[] = []
  for (const { schema, name, kind, isPartition, isForced, hasTenant, isInvoker, keyBegins } of relations) {
    if (kind === 'v' && !isInvoker) faults.push(`the view ${name} looks with its owner's rights`)
    if (kind === 'm' || kind === 'f')
      faults.push(`${name} is a materialized view or foreign table, which knows no row policies`)
    if (kind !== 'r' && kind !== 'p') continue
    if (schema === 'directory' || schema === 'installation') continue
    if (schema !== 'public') faults.push(`the table ${schema}.${name} lies in a schema nobody expects`)
    if (!hasTenant) faults.push(`the table ${name} has no tenant_id`)
    if (!isForced) faults.push(`the table ${name} has no forced row-level security`)
    if (hasTenant && !isPartition && keyBegins !== 'tenant_id')
      faults.push(`the key of ${name} does not begin with tenant_id`)
  }
  return faults
}

const ONE_TENANT = `(tenant_id = ( SELECT (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid AS "nullif"))`
const SOME_TENANTS = `((tenant_id = ANY (( SELECT (NULLIF(current_setting('app.tenants'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])) IS TRUE)`

async function faultsOfPolicies(client: pg.Client, relations: readonly Relation[], roles: Roles): Promise<string[]> {
  interface Policy {
    readonly table: string
    readonly policy: string
    readonly roles: readonly string[]
    readonly command: string
    readonly using: string | null
    readonly check: string | null
    readonly permissive: string
  }
  const { rows } = await client.query<Policy>(`
    select tablename as table, policyname as policy, roles::text[] as roles, cmd as command, qual as using, with_check as check,
      permissive from pg_policies where schemaname = 'public'`)
  const faults: string[] = []
  for (const { table, policy, roles: who, command, using, check } of rows) {
    const [role, second] = who
    const place = `the policy ${policy} of ${table}`
    if (role === undefined || second !== undefined || !Object.values(roles).includes(role)) {
      faults.push(`${place} is for ${who.join(', ')}, not for one role of ours`)
      continue
    }
    if (role === roles.worker) {
      if (command !== 'SELECT') faults.push(`${place} lets the worker do more than look`)
      continue
    }
    const wanted = role === roles.app ? ONE_TENANT : SOME_TENANTS
    if (using !== wanted) faults.push(`${place} shows rows by another condition: ${using}`)
    if (check !== wanted) faults.push(`${place} takes rows by another condition: ${check}`)
  }
  for (const { schema, name, kind, isPartition } of relations) {
    if (schema !== 'public' || (kind !== 'r' && kind !== 'p')) continue
    const own = rows.filter((policy) => policy.table === name)
    if (isPartition && own.length > 0) faults.push(`the partition ${name} has policies of its own`)
    if (!isPartition && !own.some(({ roles: who }) => who.includes(roles.app)))
      faults.push(`the table ${name} has no policy`)
  }
  return faults
}

async function faultsOfRoles(client: pg.Client, roles: Roles, login: string): Promise<string[]> {
  const names = [login, ...Object.values(roles)]
  const faults: string[] = []
  const { rows } = await client.query<Record<string, unknown>>(
    `select rolname as name, rolsuper as super, rolbypassrls as bypass, rolcreaterole as "makesRoles", rolcreatedb as "makesDatabases",
       rolreplication as replicates, rolcanlogin as "logsIn", rolinherit as inherits from pg_roles where rolname = any($1)`,
    [names],
  )
  if (rows.length !== names.length) faults.push(`of the roles ${names.join(', ')} only ${rows.length} exist`)
  for (const row of rows) {
    for (const power of ['super', 'bypass', 'makesRoles', 'makesDatabases', 'replicates'])
      if (row[power] === true) faults.push(`the role ${String(row['name'])} has the power "${power}"`)
    if ((row['logsIn'] === true) !== (row['name'] === login))
      faults.push(`${String(row['name'])}: logging in is for the login alone`)
    if (row['name'] === login && row['inherits'] === true) faults.push('the login inherits what its roles may do')
  }
  const members = await client.query<{ member: string; role: string; inherits: boolean; administers: boolean }>(
    `select m.rolname as member, r.rolname as role, a.inherit_option as inherits, a.admin_option as administers
     from pg_auth_members a join pg_roles m on m.oid = a.member join pg_roles r on r.oid = a.roleid where m.rolname = any($1)`,
    [names],
  )
  for (const { member, role, inherits, administers } of members.rows) {
    if (member !== login || !Object.values(roles).includes(role)) faults.push(`${member} is a member of ${role}`)
    if (inherits || administers) faults.push(`${member} inherits or administers ${role}`)
  }
  return faults
}

async function faultsOfOwnership(client: pg.Client, roles: Roles, login: string): Promise<string[]> {
  const names = [login, ...Object.values(roles)]
  const { rows } = await client.query<{ what: string; owner: string }>(
    `select x.what, r.rolname as owner from (
       select relname::text as what, relowner as owner from pg_class
       union all select nspname, nspowner from pg_namespace
       union all select proname, proowner from pg_proc
       union all select typname, typowner from pg_type
       union all select datname, datdba from pg_database
       union all select spcname, spcowner from pg_tablespace
     ) x join pg_roles r on r.oid = x.owner where r.rolname = any($1)`,
    [names],
  )
  return rows.map(({ what, owner }) => `${owner} owns ${what}`)
}

async function faultsOfPrivileges(
  client: pg.Client,
  relations: readonly Relation[],
  roles: Roles,
  login: string,
): Promise<string[]> {
  const faults: string[] = []
  const { rows } = await client.query<{ table: string; who: string; may: string }>(`
    select c.relname as table, coalesce(r.rolname, 'everybody') as who, string_agg(distinct x.privilege_type, ',' order by x.privilege_type) as may
    from pg_class c join pg_namespace n on n.oid = c.relnamespace, aclexplode(c.relacl) x left join pg_roles r on r.oid = x.grantee
    where n.nspname = 'public' and c.relkind in ('r', 'p', 'v') and x.grantee <> c.relowner group by 1, 2`)
  const given = new Map(rows.map(({ table, who, may }) => [`${table}|${who}`, may]))
  for (const { table, who, may } of rows) {
    if (who === 'everybody' || who === login || who === roles.worker || who === roles.directory)
      faults.push(`${who} may ${may} on the whole of ${table}`)
    if (/TRUNCATE|REFERENCES|TRIGGER|MAINTAIN/.test(may)) faults.push(`${who} may ${may} on ${table}`)
    if (relations.some(({ name, isPartition }) => name === table && isPartition))
      faults.push(`${who} may ${may} on the partition ${table} itself`)
  }
  for (const { schema, name, isPartition } of relations) {
    if (schema !== 'public' || isPartition) continue
    const may = given.get(`${name}|${roles.ingest}`)
    if (may !== ingestMay[name])
      faults.push(`reports may ${may ?? 'nothing'} on ${name}, expected is ${ingestMay[name] ?? 'nothing'}`)
  }
  const columns = await client.query<{ table: string; column: string; who: string; may: string }>(`
    select c.relname as table, a.attname as column, coalesce(r.rolname, 'everybody') as who, x.privilege_type as may
    from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace,
      aclexplode(a.attacl) x left join pg_roles r on r.oid = x.grantee where ${OURS}`)
  for (const { table, column, who, may } of columns.rows) {
    const isForWorker = may === 'SELECT' && who === roles.worker && ['tenant_id', 'id', 'due_at'].includes(column)
    const isForReports = who === roles.ingest && ingestColumns.has(`${may} ${table}.${column}`)
    if (!(isForWorker || isForReports)) faults.push(`${who} may ${may} the column ${column} of ${table}`)
  }
  const making = await client.query<{ who: string; what: string }>(
    `select r.rolname as who, n.nspname as what from pg_roles r, pg_namespace n
     where r.rolname = any($1) and ${OURS} and has_schema_privilege(r.oid, n.oid, 'create')
     union all select r.rolname, d.datname from pg_roles r, pg_database d
     where r.rolname = any($1) and d.datname = current_database() and has_database_privilege(r.oid, d.oid, 'create')`,
    [[login, ...Object.values(roles)]],
  )
  return [...faults, ...making.rows.map(({ who, what }) => `${who} may make things in ${what}`)]
}

async function faultsOfFunctions(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string; definer: boolean }>(
    `select p.proname as name, p.prosecdef as definer from pg_proc p join pg_namespace n on n.oid = p.pronamespace
     where ${OURS} and p.prosecdef`,
  )
  return rows.map(({ name }) => `the function ${name} runs with its owner's rights`)
}

async function faultsOfDirectory(client: pg.Client, roles: Roles): Promise<string[]> {
  const { rows } = await client.query<{ place: string }>(`
    select c.relname || '.' || a.attname as place from pg_attribute a join pg_class c on c.oid = a.attrelid
    join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'directory' and c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped order by 1`)
  const faults = rows
    .filter(({ place }) => !directoryMayHold.has(place))
    .map(({ place }) => `the directory holds ${place}`)
  const usage = await client.query<{ who: string; schema: string }>(
    `select r.rolname as who, n.nspname as schema from pg_roles r, pg_namespace n
     where r.rolname = any($1) and ${OURS} and n.nspname <> 'public' and has_schema_privilege(r.oid, n.oid, 'usage')`,
    [Object.values(roles)],
  )
  for (const { who, schema } of usage.rows)
    if (who !== roles.directory || schema !== 'directory') faults.push(`${who} may enter the schema ${schema}`)
  return faults
}
