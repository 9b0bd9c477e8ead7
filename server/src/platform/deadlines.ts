import type { Clock } from './clock.ts'
import type { Database } from './db.ts'
import { DatabaseAway } from './db-faults.ts'
import type { Tx } from './db-transaction.ts'
import { failPoint } from './fail-points.ts'
import type { Log } from './log.ts'
import { type Sql, sql } from './sql.ts'

/** A table whose rows carry their own next deadline (`due_at`). */
export interface DeadlineTable {
  readonly table: 'sessions' | 'commands' | 'watches' | 'local_lists'
  /**
   * Does what is due for these rows of one tenant; loads them itself `for update skip locked` and sets their next `due_at`. How many it
   * got: those that somebody else holds are looked for again after a pause.
   */
  take(tx: Tx, ids: readonly string[], at: Temporal.Instant): Promise<number>
}

const DUE: Readonly<Record<DeadlineTable['table'], (at: Temporal.Instant) => Sql>> = {
  sessions: (at) =>
    sql`select tenant_id as "tenantId", id from sessions where due_at <= ${at} order by due_at limit 500`,
  commands: (at) =>
    sql`select tenant_id as "tenantId", id from commands where due_at <= ${at} order by due_at limit 500`,
  watches: (at) => sql`select tenant_id as "tenantId", id from watches where due_at <= ${at} order by due_at limit 500`,
  local_lists: (at) =>
    sql`select tenant_id as "tenantId", id from local_lists where due_at <= ${at} order by due_at limit 500`,
}

interface Postponed {
  readonly tenantId: string
  readonly id: string
  readonly at: Temporal.Instant
  readonly to: Temporal.Instant
}

/** What somebody else has settled, or put off, meanwhile stays as it is. */
const POSTPONE: Readonly<Record<DeadlineTable['table'], (one: Postponed) => Sql>> = {
  sessions: ({ tenantId, id, at, to }) =>
    sql`update sessions set due_at = ${to} where tenant_id = ${tenantId} and id = ${id} and due_at <= ${at}`,
  commands: ({ tenantId, id, at, to }) =>
    sql`update commands set due_at = ${to} where tenant_id = ${tenantId} and id = ${id} and due_at <= ${at}`,
  watches: ({ tenantId, id, at, to }) =>
    sql`update watches set due_at = ${to} where tenant_id = ${tenantId} and id = ${id} and due_at <= ${at}`,
  local_lists: ({ tenantId, id, at, to }) =>
    sql`update local_lists set due_at = ${to} where tenant_id = ${tenantId} and id = ${id} and due_at <= ${at}`,
}

export interface DeadlineDeps {
  readonly database: Database
  readonly clock: Clock
  readonly log: Log
}

/** What cannot be taken waits this long, so that it neither fills the list of what is due nor the log. */
const POSTPONED = Temporal.Duration.from({ seconds: 60 })

/**
 * Takes what is due, tenant by tenant; where that fails each row for itself, so that one that cannot be taken hurts no
 * other. Returns how many were taken; throws when a tenant's took the database too long, once the others had their turn.
 */
export async function takeDue(deps: DeadlineDeps, table: DeadlineTable): Promise<number> {
  const at = deps.clock.now()
  const due = await deps.database.asWorker((tx) => tx.rows<{ tenantId: string; id: string }>(DUE[table.table](at)))
  let taken = 0
  let tooSlow: DatabaseAway | undefined
  for (const [tenantId, rows] of Map.groupBy(due, (row) => row.tenantId)) {
    failPoint('deadline.between')
    const ids = rows.map((row) => row.id)
    try {
      taken += await takeOf(deps, table, tenantId, ids, at)
    } catch (error) {
      // Whoever comes after it in this list would come after it in the next one too.
      if (!(error instanceof DatabaseAway) || !error.isSlow) throw error
      tooSlow = error
    }
  }
  if (tooSlow !== undefined) throw tooSlow
  return taken
}

async function takeOf(
  deps: DeadlineDeps,
  table: DeadlineTable,
  tenantId: string,
  ids: readonly string[],
  at: Temporal.Instant,
): Promise<number> {
  const { database, log } = deps
  try {
    const taken = await database.inTenant(tenantId, async (tx) => {
      const got = await table.take(tx, ids, at)
      failPoint('deadline.before-commit')
      return got
    })
    failPoint('deadline.after-commit')
    return taken
  } catch (error) {
    if (error instanceof DatabaseAway) throw error
    const [id, second] = ids
    if (id !== undefined && second === undefined) {
      log.error('a deadline could not be taken', { tenantId, table: table.table, id, error })
      const later = POSTPONE[table.table]({ tenantId, id, at, to: at.add(POSTPONED) })
      await database.inTenant(tenantId, (tx) => tx.run(later))
      return 0
    }
    let taken = 0
    for (const one of ids) taken += await takeOf(deps, table, tenantId, [one], at)
    return taken
  }
}
