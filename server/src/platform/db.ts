import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { asAway, DatabaseAway, isConnectionFault } from './db-faults.ts'
import { inTransaction, openTxState, oneStatement, type Statement, type Tx } from './db-transaction.ts'
import { parsers } from './db-types.ts'
import { watchDatabase } from './db-watch.ts'
import type { Log } from './log.ts'
import { SESSION_SETTINGS, withSettings } from './session-settings.ts'

export interface Database {
  inTenant<T>(tenantId: string, work: (tx: Tx) => Promise<T>): Promise<T>
  /** The same for one look at what seldom changes, by whoever may be within a transaction already: never waits for those. */
  inTenantApart<T>(tenantId: string, work: (tx: Tx) => Promise<T>): Promise<T>
  /** Under the ingest role, which may touch only what station reports touch, on connections of its own. */
  inTenants<T>(tenantIds: readonly string[], work: (tx: Tx) => Promise<T>): Promise<T>
  /**
   * One statement and nothing else, begun and committed without waiting in between: for the path that most messages take.
   * Whatever must not be committed is for the statement itself to refuse.
   */
  inTenantsAtOnce<R>(tenantIds: readonly string[], statement: Statement): Promise<readonly R[]>
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
  const ingest = poolOf(connection, 4, log, BY_KEY)
  // A request may look into the directory while it holds a connection of its tenant, and must not wait for its own kind.
  const apart = poolOf(connection, 2, log)
  const logs = poolOf(connection, 1, log)
  const watch = watchDatabase({ ...connection, connectionTimeoutMillis: 5_000 }, [app, ingest, apart, logs])
  let transactions = 0

  /** What is committed must not be taken for lost, and then be done again, since nobody could be told. */
  const tellBy = (hint: () => void): void => {
    try {
      hint()
    } catch (error) {
      log.error('what follows a commit failed', { error })
    }
  }
  const transaction = async <T>(
    from: pg.Pool,
    begin: string,
    tenantIds: readonly string[],
    work: (tx: Tx) => Promise<T>,
  ) => {
    // Batches are few texts asked again and again; what people ask is many, and each connection would keep the plan of each.
    const state = openTxState(from === ingest)
    const result = await borrowed(from, (client) => inTransaction(client, begin, tenantIds, state, work))
    transactions += 1
    for (const hint of state.hints) tellBy(hint)
    return result
  }
  const atOnce = async <R>(from: pg.Pool, begin: string, statement: Statement): Promise<readonly R[]> => {
    const rows = await borrowed(from, (client) => oneStatement<R>(client, begin, statement))
    transactions += 1
    return rows
  }

  const as = (role: string): string => `begin; set local role ${quoted(role)}`
  const tenantSetting = (name: string, value: string): string => `; set local ${name} = '${value}'`

  const inOneTenant = <T>(from: pg.Pool, tenantId: string, work: (tx: Tx) => Promise<T>) =>
    retried(() => transaction(from, as(roles.app) + tenantSetting('app.tenant', uuid(tenantId)), [tenantId], work))

  return {
    inTenant: (tenantId, work) => inOneTenant(app, tenantId, work),
    inTenantApart: (tenantId, work) => inOneTenant(apart, tenantId, work),
    inTenants: (ids, work) =>
      retried(() => transaction(ingest, as(roles.ingest) + tenantSetting('app.tenants', list(ids)), ids, work)),
    inTenantsAtOnce: (ids, statement) =>
      retried(() => atOnce(ingest, as(roles.ingest) + tenantSetting('app.tenants', list(ids)), statement)),
    inTenantsUnsynced: (tenantIds, work) =>
      transaction(
        logs,
        `${as(roles.ingest)}${tenantSetting('app.tenants', list(tenantIds))}; set local synchronous_commit = off`,
        tenantIds,
        work,
      ),
    inDirectory: (work) => retried(() => transaction(apart, as(roles.directory), [], work)),
    asWorker: (work) => retried(() => transaction(app, as(roles.worker), [], work)),
    ping: (withinMs = 5_000) => watch.ask(withinMs).catch(noAnswer),
    dropConnections: () => watch.dropConnections(),
    transactions: () => transactions,
    async close() {
      await Promise.all([app.end(), ingest.end(), apart.end(), logs.end(), watch.close()])
    },
  }
}

/** A connection for as long as the work lasts; one that broke is not lent again. */
async function borrowed<T>(from: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await connect(from)
  let broken: Error | undefined
  try {
    return await work(client)
  } catch (error) {
    broken = isConnectionFault(error) ? (error as Error) : undefined
    // Harmless where the transaction is over already.
    if (!broken) await client.query('rollback').catch((fault: Error) => (broken = fault))
    throw asAway(error)
  } finally {
    client.release(broken)
  }
}

/**
 * Batches find every row by its key, and their statements are prepared once, maybe while tables are still empty: a plan
 * that reads a table whole must not be taken then and kept when the table has grown. Rows are priced high, so that among indexes
 * of a small table, which cost about the same, the one that finds the fewest is taken.
 */
const BY_KEY =
  ' -c enable_seqscan=off -c enable_hashjoin=off -c enable_bitmapscan=off -c enable_mergejoin=off -c plan_cache_mode=force_generic_plan -c cpu_tuple_cost=1 -c cpu_index_tuple_cost=1'

function poolOf(connection: pg.ClientConfig, max: number, log: Log, more = '', idleTimeoutMillis = 60_000): pg.Pool {
  const settings = `${SESSION_SETTINGS} -c statement_timeout=30000 -c idle_in_transaction_session_timeout=60000${more}`
  const pool = new pg.Pool({
    ...withSettings(connection, settings),
    // What does not need another's answer may be sent at once (`together`).
    pipeline: true,
    max,
    types: parsers,
    connectionTimeoutMillis: 5_000,
    // A timer for each loan costs a batch more than beginning its transaction: what is always used keeps its connections (0).
    idleTimeoutMillis,
  })
  pool.on('error', (error) => {
    if (!pool.ending) log.warn('database connection lost', { error: error.message })
  })
  return pool
}

function noAnswer(error: unknown): never {
  throw new DatabaseAway('the database does not answer', { cause: error })
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
