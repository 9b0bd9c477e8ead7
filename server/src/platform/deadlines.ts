import type { Clock } from './clock.ts'
import type { Database, Tx } from './db.ts'
import { type Sql, sql } from './sql.ts'

/** A table whose rows carry their own next deadline (`due_at`). */
export interface DeadlineTable {
  readonly table: 'sessions' | 'commands'
  /** Does what is due for these rows of one tenant; loads them itself `for update skip locked` and sets their next `due_at`. */
  take(tx: Tx, ids: readonly string[], at: Temporal.Instant): Promise<void>
}

const DUE: Readonly<Record<DeadlineTable['table'], (at: Temporal.Instant) => Sql>> = {
  sessions: (at) =>
    sql`select tenant_id as "tenantId", id from sessions where due_at <= ${at} order by due_at limit 500`,
  commands: (at) =>
    sql`select tenant_id as "tenantId", id from commands where due_at <= ${at} order by due_at limit 500`,
}

/** Takes what is due, tenant by tenant. Returns how many rows were found. */
export async function takeDue(
  deps: { readonly database: Database; readonly clock: Clock },
  table: DeadlineTable,
): Promise<number> {
  const at = deps.clock.now()
  const due = await deps.database.asWorker((tx) => tx.rows<{ tenantId: string; id: string }>(DUE[table.table](at)))
  for (const [tenantId, rows] of Map.groupBy(due, (row) => row.tenantId)) {
    await deps.database.inTenant(tenantId, (tx) =>
      table.take(
        tx,
        rows.map((row) => row.id),
        at,
      ),
    )
  }
  return due.length
}
