import pg from 'pg'
import { unwrapped } from './keys.ts'

/** Whose right is missing, and who must have it, are said with the names the settings use. */
interface Outside {
  /** `DATABASE_OWNER_URL`. */
  readonly owner: pg.ClientConfig
  /** `DATABASE_URL`. */
  readonly runtime: pg.ClientConfig
}

interface Found {
  readonly version: number
  readonly version_text: string
  readonly encoding: string
  readonly database: string
  readonly owner: string
  readonly is_known: boolean
  /** Of our tables, where there are some. */
  readonly owns_ours: boolean | null
  readonly may_create: boolean
  readonly may_make_roles: boolean
  readonly is_read_only: boolean
  readonly has_login: boolean
  readonly foreign_table: string | null
}

/** The role that a connection would be made as, however its address names it. */
export function userOf(connection: pg.ClientConfig): string {
  return new pg.Client(connection).user ?? ''
}

/** What an outside database lacks before our tables can be made there, in a sentence that says what to do; undefined: nothing. */
export async function whatLacks({ owner, runtime }: Outside): Promise<string | undefined> {
  const opened = await attempt('DATABASE_OWNER_URL', owner)
  if (typeof opened === 'string') return opened
  const login = userOf(runtime)
  try {
    const { rows } = await opened.query<Found>(
      `select current_setting('server_version_num')::int as version, current_setting('server_version') as version_text,
         current_setting('server_encoding') as encoding, current_database() as database, current_user as owner,
         to_regnamespace('installation') is not null and to_regclass('public.tenants') is not null as is_known,
         (select pg_has_role(current_user, relowner, 'usage') from pg_class where oid = to_regclass('public.tenants')) as owns_ours,
         has_database_privilege(current_database(), 'create') and has_schema_privilege('public', 'create') as may_create,
         (select rolcreaterole or rolsuper from pg_roles where rolname = current_user) as may_make_roles,
         current_setting('transaction_read_only') = 'on' as is_read_only,
         exists (select from pg_roles where rolname = $1) as has_login,
         (select min(relname)::text from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v')
            and not exists (select from pg_depend d where d.objid = pg_class.oid and d.deptype = 'e')) as foreign_table`,
      [login],
    )
    const found = rows[0]
    return found === undefined ? undefined : sentenceOf(found, login)
  } finally {
    await opened.end()
  }
}

function sentenceOf(found: Found, login: string): string | undefined {
  const { database, owner } = found
  if (found.version < 180_000) return `The database is PostgreSQL ${found.version_text}: 18 or newer is needed.`
  if (found.encoding !== 'UTF8')
    return `The database ${database} is encoded in ${found.encoding}: make one with create database … encoding 'UTF8' template template0.`
  if (found.is_read_only)
    return `The database ${database} may only be read: set DATABASE_URL and DATABASE_OWNER_URL to the primary server.`
  if (login === '') return 'DATABASE_URL names no user: write it as postgres://user:password@host:5432/database.'
  if (!found.has_login)
    return `The login ${login} of DATABASE_URL does not exist: make it with create role "${login}" login password '…'.`
  if (found.owns_ours === false)
    return `${owner} of DATABASE_OWNER_URL does not own the tables in ${database}: set the owner that made them.`
  if (!found.is_known && !found.may_make_roles)
    return `The owner ${owner} of DATABASE_OWNER_URL may not make roles: allow it with alter role "${owner}" createrole.`
  if (found.is_known) return undefined
  if (!found.may_create)
    return `${owner} of DATABASE_OWNER_URL may not make tables in ${database}: let it own that, with alter database "${database}" owner to "${owner}".`
  if (found.foreign_table !== null)
    return `The database ${database} holds tables that are not of Lataamo (${found.foreign_table}): give it a database of its own.`
  return undefined
}

/** `trouble` hinders a start. `remark`: what works and should not stay so. */
export interface RuntimeVerdict {
  readonly trouble?: string
  readonly remark?: string
}

/** Whether DATABASE_URL leads to the database of DATABASE_OWNER_URL, and to a login that may do no more than the program needs. */
export async function judgeRuntime({ owner, runtime }: Outside): Promise<RuntimeVerdict> {
  const [ours, theirs] = [await attempt('DATABASE_OWNER_URL', owner), await attempt('DATABASE_URL', runtime)]
  try {
    if (typeof ours === 'string') return { trouble: ours }
    if (typeof theirs === 'string') return { trouble: theirs }
    const asked = `select current_database() || ' ' || pg_postmaster_start_time()::text as which`
    const which = async (client: pg.Client): Promise<unknown> => (await client.query(asked)).rows[0]?.which
    if ((await which(ours)) !== (await which(theirs)))
      return { trouble: 'DATABASE_URL and DATABASE_OWNER_URL lead to different databases: set both to the same.' }
    return await remarkOn(ours, userOf(runtime))
  } finally {
    for (const client of [ours, theirs]) if (typeof client !== 'string') await client.end()
  }
}

/** Each transaction takes a role that row policies hold; who got as far as giving that role up would be held by nothing. */
async function remarkOn(owner: pg.Client, login: string): Promise<RuntimeVerdict> {
  const { rows } = await owner.query<{ readonly is_unbound: boolean }>(
    'select rolsuper or rolbypassrls or rolname = current_user as is_unbound from pg_roles where rolname = $1',
    [login],
  )
  if (rows[0]?.is_unbound !== true) return {}
  return {
    remark: `The login ${login} of DATABASE_URL owns the tables, or is a superuser: make one that owns nothing, with create role lataamo login password '…', and set that.`,
  }
}

/** Why this secret, or none, does not open what the database holds; undefined: it does, or nothing is kept there yet. */
export async function howSecretFails({ owner }: Outside, secret: string | undefined): Promise<string | undefined> {
  const client = await attempt('DATABASE_OWNER_URL', owner)
  if (typeof client === 'string') return client
  try {
    const { rows: tables } = await client.query(`select where to_regclass('directory.facts') is not null`)
    if (tables.length === 0) return undefined
    const { rows } = await client.query<{ wrapped: string }>(
      `select value #>> '{}' as wrapped from directory.facts where name = 'installation-key'`,
    )
    if (rows[0] !== undefined) unwrapped(rows[0].wrapped, secret ?? '')
    return undefined
  } catch (error) {
    return (error as Error).message
  } finally {
    await client.end()
  }
}

async function attempt(setting: string, connection: pg.ClientConfig): Promise<pg.Client | string> {
  let client: pg.Client | undefined
  try {
    client = new pg.Client({ connectionTimeoutMillis: 10_000, ...connection })
    client.on('error', () => {})
    await client.connect()
    return client
  } catch (error) {
    await client?.end().catch(() => {})
    const { message, code } = error as NodeJS.ErrnoException
    return `The database of ${setting} cannot be reached (${message || code}): ${mending(message, code)}.`
  }
}

function mending(message: string, code: string | undefined): string {
  if (code?.startsWith('28') === true) return `correct its user and password`
  if (code === '3D000') return 'make that database, or correct the address'
  if (code === 'ENOENT' && message.includes('open'))
    return 'name a file that is there in sslrootcert, sslcert and sslkey'
  if (/SSL/.test(message)) return 'turn SSL on there, or leave sslmode out of the address'
  if (/certificate/.test(message))
    return 'name the authority that signed its certificate with sslrootcert=FILE in the address'
  return 'start it, or correct the address'
}
