import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { parsers } from './db-types.ts'
import { Silent, watchDatabase } from './db-watch.ts'
import type { Log } from './log.ts'
import type { Sql } from './sql.ts'

/** One transaction under one role. A `Tx` belongs to one tenant; the batches of station reports (`inTenants`) excepted. */
export interface Tx {
  /** The tenant; throws where there is not exactly one. */
  readonly tenantId: string
  readonly tenantIds: readonly string[]
  rows<R>(statement: Sql): Promise<R[]>
  /** The first row, if any. */
  row<R>(statement: Sql): Promise<R | undefined>
  /** How many rows were touched. */
  run(statement: Sql): Promise<number>
  /** A prepared statement, for hot paths: parsed once per connection. */
  named<R>(name: string, text: string, values: readonly unknown[]): Promise<R[]>
  /** Runs once the transaction is committed, never when it is rolled back. Must not throw. */
  afterCommit(hint: () => void): void
}

export interface Database {
  inTenant<T>(tenantId: string, work: (tx: Tx) => Promise<T>): Promise<T>
  /** Under the ingest role, which may touch only what station reports touch, on connections of its own. */
  inTenants<T>(tenantIds: readonly string[], work: (tx: Tx) => Promise<T>): Promise<T>
  /** What comes before a tenant is known: ids and keyed hashes only. */
  inDirectory<T>(work: (tx: Tx) => Promise<T>): Promise<T>
  /** Sees (tenant_id, id, due_at) of all tenants' due rows, and nothing else. */
  asWorker<T>(work: (tx: Tx) => Promise<T>): Promise<T>
  /** Like inTenants, without waiting for the disk: for raw frames only, which a crash may lose. */
  inTenantsUnsynced<T>(tenantIds: readonly string[], work: (tx: Tx) => Promise<T>): Promise<T>
  /** Resolves when the database answers, throws DatabaseAway when it does not, or says nothing for this long. */
  ping(withinMs?: number): Promise<void>
  /** Ends all connections, so that nothing waits for ever on one that says nothing. What was on its way is done again. */
  dropConnections(): void
  readonly transactions: () => number
  close(): Promise<void>
}

/** The database cannot be reached or has no room: the same call may work later. */
export class DatabaseAway extends Error {
  override readonly name = 'DatabaseAway'
  /** It said nothing at all, not even that it cannot. */
  get isSilent(): boolean {
    return this.cause instanceof Silent
  }
}

export interface Roles {
  readonly app: string
  readonly ingest: string
  readonly worker: string
  readonly directory: string
}

export interface DatabaseOptions {
  readonly connection: pg.ClientConfig
  readonly roles: Roles
  readonly log: Log
  readonly appConnections?: number
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

export function openDatabase({ connection, roles, log, appConnections = 8 }: DatabaseOptions): Database {
  const app = poolOf(connection, appConnections, log)
  const ingest = poolOf(connection, 2, log, BY_KEY)
  // Apart: a request may look into the directory while it holds a connection of its tenant, and must not wait for its own kind.
  const directory = poolOf(connection, 2, log)
  const logs = poolOf(connection, 1, log)
  const watch = watchDatabase({ ...connection, connectionTimeoutMillis: 5_000 }, [app, ingest, directory, logs])
  let transactions = 0

  const transaction = async <T>(
    from: pg.Pool,
    begin: string,
    tenantIds: readonly string[],
    work: (tx: Tx) => Promise<T>,
  ) => {
    const client = await connect(from)
    const hints: (() => void)[] = []
    let broken: Error | undefined
    try {
      // Not waited for: statements are pipelined, and without it they find no rights and fail.
      client.query(begin).catch(() => {})
      const result = await work(txOver(client, tenantIds, hints))
      const { command } = await client.query('commit')
      // Where a fault was caught on the way the database rolls back and says so: nothing may be answered as if it were saved.
      if (command !== 'COMMIT') throw new Error('the transaction was rolled back: one of its statements failed')
      transactions += 1
      for (const hint of hints) hint()
      return result
    } catch (error) {
      broken = isConnectionFault(error) ? (error as Error) : undefined
      if (!broken) await client.query('rollback').catch((fault: Error) => (broken = fault))
      throw asAway(error)
    } finally {
      client.release(broken)
    }
  }

  const as = (role: string): string => `begin; set local role ${quoted(role)}`
  const tenantSetting = (name: string, value: string): string => `; set local ${name} = '${value}'`

  return {
    inTenant: (tenantId, work) =>
      retried(() => transaction(app, as(roles.app) + tenantSetting('app.tenant', uuid(tenantId)), [tenantId], work)),
    inTenants: (ids, work) =>
      retried(() => transaction(ingest, as(roles.ingest) + tenantSetting('app.tenants', list(ids)), ids, work)),
    inTenantsUnsynced: (tenantIds, work) =>
      transaction(
        logs,
        `${as(roles.ingest)}${tenantSetting('app.tenants', list(tenantIds))}; set local synchronous_commit = off`,
        tenantIds,
        work,
      ),
    inDirectory: (work) => retried(() => transaction(directory, as(roles.directory), [], work)),
    asWorker: (work) => retried(() => transaction(app, as(roles.worker), [], work)),
    ping: (withinMs = 5_000) => watch.ask(withinMs).catch(noAnswer),
    dropConnections: () => watch.dropConnections(),
    transactions: () => transactions,
    async close() {
      await Promise.all([app.end(), ingest.end(), directory.end(), logs.end(), watch.close()])
    },
  }
}

/**
 * Batches find every row by its key, and their statements are prepared once, maybe while tables are still empty: a plan
 * that reads a table whole must not be taken then and kept when the table has grown.
 */
const BY_KEY =
  ' -c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c plan_cache_mode=force_generic_plan'

function poolOf(connection: pg.ClientConfig, max: number, log: Log, more = ''): pg.Pool {
  const pool = new pg.Pool({
    ...connection,
    // What does not need another's answer may be sent at once (`together`).
    pipeline: true,
    max,
    types: parsers,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 60_000,
    options: `-c timezone=UTC -c statement_timeout=30000 -c idle_in_transaction_session_timeout=60000${more}`,
  })
  pool.on('error', (error) => {
    if (!pool.ending) log.warn('database connection lost', { error: error.message })
  })
  return pool
}

function noAnswer(error: unknown): never {
  throw new DatabaseAway('the database does not answer', { cause: error })
}

function txOver(client: pg.PoolClient, tenantIds: readonly string[], hints: (() => void)[]): Tx {
  return {
    tenantIds,
    get tenantId() {
      const [first, second] = tenantIds
      if (first === undefined || second !== undefined) throw new Error('this transaction is not of one tenant')
      return first
    },
    async rows<R>(statement: Sql) {
      return (await client.query(statement.text, statement.values.map(parameter))).rows as R[]
    },
    async row<R>(statement: Sql) {
      return (await client.query(statement.text, statement.values.map(parameter))).rows[0] as R | undefined
    },
    async run(statement) {
      return (await client.query(statement.text, statement.values.map(parameter))).rowCount ?? 0
    },
    async named<R>(name: string, text: string, values: readonly unknown[]) {
      return (await client.query({ name, text, values: values.map(parameter) })).rows as R[]
    },
    afterCommit(hint) {
      hints.push(hint)
    },
  }
}

/**
 * Waits for statements that were sent without waiting for each other, all of them, also when one fails: the transaction must not end
 * while one is still on its way. Throws the first true cause.
 */
export async function together<T extends readonly unknown[]>(sent: { [K in keyof T]: Promise<T[K]> }): Promise<T> {
  const settled = await Promise.allSettled(sent as readonly Promise<unknown>[])
  const faults = settled.flatMap((one) => (one.status === 'rejected' ? [one.reason as { code?: unknown }] : []))
  // 25P02: "after an earlier fault nothing is done", which is not the cause.
  const cause = faults.find(({ code }) => code !== '25P02') ?? faults[0]
  if (cause !== undefined) throw cause
  return settled.map((one) => (one.status === 'fulfilled' ? one.value : undefined)) as unknown as T
}

/** What `pg` would get wrong: instants (it would quote them as JSON) and big integers inside arrays. */
function parameter(value: unknown): unknown {
  if (value instanceof Temporal.Instant || typeof value === 'bigint') return value.toString()
  if (Array.isArray(value)) {
    // Columns of a batch are of one kind: a glance at the first value spares a look at each.
    const first: unknown = value.find((one) => one !== null && one !== undefined)
    return typeof first === 'string' || typeof first === 'number' ? value : value.map(parameter)
  }
  // PostgreSQL's texts hold no NUL: the ids and actions of a hostile station are kept with the sign for what cannot be shown.
  if (typeof value === 'string' && value.includes('\u0000')) return value.replaceAll('\u0000', '\ufffd')
  return value
}

async function connect(pool: pg.Pool): Promise<pg.PoolClient> {
  try {
    return await pool.connect()
  } catch (error) {
    throw new DatabaseAway('the database cannot be reached', { cause: error })
  }
}

/** A deadlock or a serialisation fault is the database's way of saying "again". */
async function retried<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work()
    } catch (error) {
      const code = (error as { code?: string }).code
      if (attempt >= 4 || (code !== '40P01' && code !== '40001')) throw error
      // Whoever it met goes on first.
      await pause(attempt * 10)
    }
  }
}

/** Connection lost, server shutting down, too many connections, no room on the disk, or so slow that a statement or lock timed out. */
const AWAY = /^(08|57P0|53|58|57014|55P03)/

function isConnectionFault(error: unknown): boolean {
  const code = (error as { code?: unknown }).code
  if (typeof code === 'string' && /^(08|57P0)/.test(code)) return true
  if (typeof code === 'string' && /^(ECONN|EPIPE|ENOENT|ETIMEDOUT)/.test(code)) return true
  return error instanceof Error && /Connection terminated|not queryable|connection timeout/i.test(error.message)
}

function asAway(error: unknown): unknown {
  if (error instanceof DatabaseAway) return error
  const code = (error as { code?: unknown }).code
  if (isConnectionFault(error) || (typeof code === 'string' && AWAY.test(code))) {
    return new DatabaseAway('the database cannot serve now', { cause: error })
  }
  return error
}

function uuid(id: string): string {
  if (!UUID.test(id)) throw new Error('not a tenant id')
  return id
}

function list(ids: readonly string[]): string {
  return `{${ids.map(uuid).join(',')}}`
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}
