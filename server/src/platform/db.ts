import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { parametersOf } from './db-parameters.ts'
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
  /**
   * Something that was sent and whose answer nothing waits for: it is looked at when the transaction ends, which fails when this
   * did. So the last writes and the commit go out together.
   */
  later(sent: Promise<unknown>): void
  /** Runs once the transaction is committed, never when it is rolled back. Must not throw. */
  afterCommit(hint: () => void): void
}

export interface Database {
  inTenant<T>(tenantId: string, work: (tx: Tx) => Promise<T>): Promise<T>
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

/** A prepared statement with its values. */
export interface Statement {
  readonly name: string
  readonly text: string
  readonly values: readonly unknown[]
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
  const ingest = poolOf(connection, 4, log, BY_KEY)
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
    // Batches are few texts asked again and again; what people ask is many, and each connection would keep the plan of each.
    const state: TxState = { hints: [], sent: [], isOver: false, prepares: from === ingest }
    const result = await borrowed(from, (client) => inTransaction(client, begin, tenantIds, state, work))
    transactions += 1
    for (const hint of state.hints) hint()
    return result
  }
  const atOnce = async <R>(from: pg.Pool, begin: string, statement: Statement): Promise<readonly R[]> => {
    const rows = await borrowed(from, (client) => oneStatement<R>(client, begin, statement))
    transactions += 1
    return rows
  }

  const as = (role: string): string => `begin; set local role ${quoted(role)}`
  const tenantSetting = (name: string, value: string): string => `; set local ${name} = '${value}'`

  return {
    inTenant: (tenantId, work) =>
      retried(() => transaction(app, as(roles.app) + tenantSetting('app.tenant', uuid(tenantId)), [tenantId], work)),
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

const names = new Map<string, { readonly name: string }>()
/** Statements that are put together from parts are many; what is asked again and again comes first. */
const MOST_NAMES = 500

/** A name for a text, so that each connection reads and plans it once. */
function nameFor(text: string): { readonly name?: string } {
  let name = names.get(text)
  if (name === undefined && names.size < MOST_NAMES) names.set(text, (name = { name: `s${names.size}` }))
  return name ?? {}
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

async function inTransaction<T>(
  client: pg.PoolClient,
  begin: string,
  tenantIds: readonly string[],
  state: TxState,
  work: (tx: Tx) => Promise<T>,
): Promise<T> {
  try {
    // Not waited for: statements are pipelined, and without it they find no rights and fail.
    client.query(begin).catch(() => {})
    const result = await work(txOver(client, tenantIds, state))
    state.isOver = true
    const ended = client.query('commit')
    await together([...state.sent, ended])
    mustBeCommitted(await ended)
    return result
  } finally {
    state.isOver = true
  }
}

async function oneStatement<R>(
  client: pg.PoolClient,
  begin: string,
  { name, text, values }: Statement,
): Promise<readonly R[]> {
  const query = { name, text, values: parametersOf(text, values) }
  const [, said, ended] = await together([client.query(begin), client.query(query), client.query('commit')])
  mustBeCommitted(ended)
  return said.rows as R[]
}

/** Where a fault was caught on the way the database rolls back and says so: nothing may be answered as if it were saved. */
function mustBeCommitted({ command }: pg.QueryResult): void {
  if (command !== 'COMMIT') throw new Error('the transaction was rolled back: one of its statements failed')
}

/**
 * Batches find every row by its key, and their statements are prepared once, maybe while tables are still empty: a plan
 * that reads a table whole must not be taken then and kept when the table has grown. Rows are priced high, so that among indexes
 * of a small table, which cost about the same, the one that finds the fewest is taken.
 */
const BY_KEY =
  ' -c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c plan_cache_mode=force_generic_plan -c cpu_tuple_cost=1 -c cpu_index_tuple_cost=1'

function poolOf(connection: pg.ClientConfig, max: number, log: Log, more = '', idleTimeoutMillis = 60_000): pg.Pool {
  const pool = new pg.Pool({
    ...connection,
    // What does not need another's answer may be sent at once (`together`).
    pipeline: true,
    max,
    types: parsers,
    connectionTimeoutMillis: 5_000,
    // A timer for each loan costs a batch more than beginning its transaction: what is always used keeps its connections (0).
    idleTimeoutMillis,
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

interface TxState {
  readonly hints: (() => void)[]
  readonly sent: Promise<unknown>[]
  /** Its commit or rollback was sent: a statement that came after it would stand outside. */
  isOver: boolean
  readonly prepares: boolean
}

function txOver(client: pg.PoolClient, tenantIds: readonly string[], state: TxState): Tx {
  const query = async (statement: Statement | Sql): Promise<pg.QueryResult> => {
    if (state.isOver) throw new Error('a statement after the end of its transaction')
    const { text, values } = statement
    const name = 'name' in statement ? { name: statement.name } : state.prepares ? nameFor(text) : {}
    return client.query({ ...name, text, values: parametersOf(text, values) })
  }
  return {
    tenantIds,
    get tenantId() {
      const [first, second] = tenantIds
      if (first === undefined || second !== undefined) throw new Error('this transaction is not of one tenant')
      return first
    },
    async rows<R>(statement: Sql) {
      return (await query(statement)).rows as R[]
    },
    async row<R>(statement: Sql) {
      return (await query(statement)).rows[0] as R | undefined
    },
    async run(statement) {
      return (await query(statement)).rowCount ?? 0
    },
    async named<R>(name: string, text: string, values: readonly unknown[]) {
      return (await query({ name, text, values })).rows as R[]
    },
    later(promise) {
      // Its fault is thrown at the end, also when the work ends by another.
      promise.catch(() => {})
      state.sent.push(promise)
    },
    afterCommit(hint) {
      state.hints.push(hint)
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
