import { createHash, randomBytes } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type pg from 'pg'
import type { Roles } from './db.ts'
import { openPostgres } from './postgres-client.ts'

const FOLDER = fileURLToPath(new URL('../../migrations/', import.meta.url))

export interface Migrated {
  readonly roles: Roles
  /** The role the program connects as; it owns nothing. */
  readonly login: string
  /** How many migrations ran now. */
  readonly ran: number
}

/**
 * Brings the schema up to date, forward only, each migration in its own transaction, one process at a time. Role names are cluster-wide:
 * their prefix is chosen at the first migration and kept in the database, so that copies made from a template keep their grants.
 * `loginPassword`: given for a login of our own (embedded); else `loginName` is the user of DATABASE_URL.
 */
export async function migrate(
  owner: pg.ClientConfig,
  login: { readonly name?: string; readonly password?: string },
): Promise<Migrated> {
  const client = await openPostgres(owner)
  try {
    await client.query(`select pg_advisory_lock(hashtext('lataamo migrations'))`)
    await client.query(`create schema if not exists installation`)
    await client.query(
      `create table if not exists installation.facts (name text primary key, value text not null);
       create table if not exists installation.migrations (name text primary key, hash text not null, ran_at timestamptz not null default now())`,
    )
    const roles = await ensureRoles(client, login)
    const ran = await runMissing(client, roles.names)
    await ensurePartitions(client)
    return { roles: roles.names, login: roles.login, ran }
  } finally {
    await client.end()
  }
}

async function ensureRoles(client: pg.Client, login: { readonly name?: string; readonly password?: string }) {
  const known = await client.query<{ value: string }>(`select value from installation.facts where name = 'role-prefix'`)
  let prefix = known.rows[0]?.value
  if (prefix === undefined) {
    prefix = `lataamo_${randomBytes(3).toString('hex')}`
    await client.query(`insert into installation.facts values ('role-prefix', $1)`, [prefix])
  }
  const names: Roles = {
    app: `${prefix}_app`,
    ingest: `${prefix}_ingest`,
    worker: `${prefix}_worker`,
    directory: `${prefix}_directory`,
  }
  const loginName = login.name ?? `${prefix}_login`
  for (const role of Object.values(names)) await makeRole(client, role, 'nologin')
  if (login.password !== undefined) {
    await makeRole(client, loginName, 'login noinherit')
    await client.query(`alter role ${quoted(loginName)} password '${login.password.replaceAll("'", "''")}'`)
  }
  for (const role of Object.values(names)) {
    await client.query(`grant ${quoted(role)} to ${quoted(loginName)} with inherit false, set true`)
  }
  return { names, login: loginName }
}

async function makeRole(client: pg.Client, role: string, kind: string): Promise<void> {
  const { rowCount } = await client.query('select from pg_roles where rolname = $1', [role])
  if (rowCount === 0) await client.query(`create role ${quoted(role)} ${kind}`)
}

async function runMissing(client: pg.Client, roles: Roles): Promise<number> {
  const { rows } = await client.query<{ name: string; hash: string }>('select name, hash from installation.migrations')
  const done = new Map(rows.map((row) => [row.name, row.hash]))
  const ours = fs
    .readdirSync(FOLDER)
    .filter((file) => file.endsWith('.sql'))
    .sort()
  refuseNewer([...done.keys()].filter((name) => !ours.includes(name)))
  let ran = 0
  for (const name of ours) {
    const text = fs.readFileSync(path.join(FOLDER, name), 'utf8')
    const hash = createHash('sha256').update(text).digest('hex')
    const before = done.get(name)
    if (before !== undefined && before !== hash) {
      throw new Error(
        `The migration ${name} was changed after it ran on this database: it must never be edited; add a new one.`,
      )
    }
    if (before !== undefined) continue
    await client.query('begin')
    try {
      await client.query(
        text.replace(/\{\{(app|ingest|worker|directory)\}\}/g, (_, role: keyof Roles) => quoted(roles[role])),
      )
      await client.query('insert into installation.migrations (name, hash) values ($1, $2)', [name, hash])
      await client.query('commit')
    } catch (error) {
      await client.query('rollback')
      throw new Error(`The migration ${name} failed: ${(error as Error).message}`, { cause: error })
    }
    ran += 1
  }
  return ran
}

/** An older program would write what a newer one takes for wrong. */
function refuseNewer(unknown: readonly string[]): void {
  const last = unknown.toSorted().at(-1)
  if (last === undefined) return
  throw new Error(
    `This data was used by a newer Lataamo (its migration ${last} is unknown here): start that version or a newer one, or bring back the backup from before.`,
  )
}

const CHECK_VIOLATION = '23514'
const LOCK_NOT_AVAILABLE = '55P03'
const MONTHS_AHEAD = 3
const DAYS_AHEAD = 4
const LOG_DAYS = 14

/**
 * Makes the partitions of the coming months and days, and drops raw logs older than two weeks. Also run some times a day by the
 * worker: then whoever reads long keeps a table for a while, and what waits for it keeps all others waiting. So nothing
 * waits long; it is done at the next time.
 */
export async function ensurePartitions(client: pg.Client): Promise<void> {
  const today = Temporal.Now.plainDateISO('UTC')
  const exists = async (table: string): Promise<boolean> =>
    (await client.query('select to_regclass($1) as found', [table])).rows[0].found !== null
  if (!(await exists('meter_values'))) return
  await client.query(`set lock_timeout = '1s'`)
  for (let n = 0; n <= MONTHS_AHEAD; n += 1) {
    const month = today.with({ day: 1 }).add({ months: n })
    await partition(client, 'meter_values', month.toString().slice(0, 7), month, month.add({ months: 1 }))
  }
  for (let n = 0; n <= DAYS_AHEAD; n += 1) {
    const day = today.add({ days: n })
    await partition(client, 'ocpp_log', day.toString(), day, day.add({ days: 1 }))
  }
  const old = `ocpp_log_${today.subtract({ days: LOG_DAYS }).toString().replaceAll('-', '_')}`
  const { rows } = await client.query<{ name: string }>(
    `select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
     where i.inhparent = 'ocpp_log'::regclass and c.relname < $1 and c.relname ~ '^ocpp_log_[0-9]'`,
    [old],
  )
  for (const { name } of rows) await client.query(`drop table ${quoted(name)}`).catch(unless(LOCK_NOT_AVAILABLE))
  await client.query('delete from ocpp_log_rest where at < $1', [today.subtract({ days: LOG_DAYS }).toString()])
}

async function partition(
  client: pg.Client,
  parent: string,
  label: string,
  from: Temporal.PlainDate,
  to: Temporal.PlainDate,
) {
  const name = quoted(`${parent}_${label.replaceAll('-', '_')}`)
  const { rows } = await client.query('select to_regclass($1) as found', [name])
  if (rows[0].found !== null) return
  const made = client.query(
    `create table ${name} partition of ${parent} for values from ('${from.toString()}') to ('${to.toString()}');
     alter table ${name} enable row level security, force row level security`,
  )
  // Nobody made it in time (a machine that slept for days): its rows went to the partition for all else, and stay there.
  await made.catch(unless(CHECK_VIOLATION, LOCK_NOT_AVAILABLE))
}

/** Throws what is none of these. */
function unless(...codes: readonly string[]): (error: unknown) => void {
  return (error) => {
    if (!codes.includes(String((error as { code?: unknown }).code))) throw error
  }
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}
