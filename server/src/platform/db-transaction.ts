import type pg from 'pg'
import { parametersOf } from './db-parameters.ts'
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

/** A prepared statement with its values. */
export interface Statement {
  readonly name: string
  readonly text: string
  readonly values: readonly unknown[]
}

/** One transaction on its way. */
export interface TxState {
  readonly hints: (() => void)[]
  readonly sent: Promise<unknown>[]
  /** Its commit or rollback was sent: a statement that came after it would stand outside. */
  isOver: boolean
  readonly prepares: boolean
  /** Of the first statement that failed: all after it only tell that one before them did. */
  fault?: unknown
}

export function openTxState(prepares: boolean): TxState {
  return { hints: [], sent: [], isOver: false, prepares }
}

export async function inTransaction<T>(
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
  } catch (error) {
    // Only the true cause tells whether the work is done again.
    throw isEcho(error) ? (state.fault ?? error) : error
  } finally {
    state.isOver = true
  }
}

export async function oneStatement<R>(
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

const names = new Map<string, { readonly name: string }>()
/** Statements that are put together from parts are many; what is asked again and again comes first. */
const MOST_NAMES = 500

/** A name for a text, so that each connection reads and plans it once. */
function nameFor(text: string): { readonly name?: string } {
  let name = names.get(text)
  if (name === undefined && names.size < MOST_NAMES) names.set(text, (name = { name: `s${names.size}` }))
  return name ?? {}
}

function txOver(client: pg.PoolClient, tenantIds: readonly string[], state: TxState): Tx {
  const query = async (statement: Statement | Sql): Promise<pg.QueryResult> => {
    if (state.isOver) throw new Error('a statement after the end of its transaction')
    const { text, values } = statement
    const name = 'name' in statement ? { name: statement.name } : state.prepares ? nameFor(text) : {}
    const sent = client.query({ ...name, text, values: parametersOf(text, values) })
    sent.catch((fault: unknown) => (state.fault ??= fault))
    return sent
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
  const cause = faults.find((fault) => !isEcho(fault)) ?? faults[0]
  if (cause !== undefined) throw cause
  return settled.map((one) => (one.status === 'fulfilled' ? one.value : undefined)) as unknown as T
}

/** "After an earlier fault nothing is done", which is not the cause. */
function isEcho(error: unknown): boolean {
  return (error as { readonly code?: unknown }).code === '25P02'
}
