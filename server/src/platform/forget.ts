import type { Tx } from './db-transaction.ts'
import { sql } from './sql.ts'

const IDEMPOTENCY_KEPT = Temporal.Duration.from({ hours: 48 })
/** Long enough for whoever looks why something was done; what was set aside stays until a person has seen to it. */
const EFFECTS_KEPT = Temporal.Duration.from({ hours: 30 * 24 })

/** Removes what has served its time in one tenant: kept answers and effects that were carried out. Returns how many rows. */
export async function forgetServed(tx: Tx, at: Temporal.Instant): Promise<number> {
  const answers = await tx.run(sql`
    delete from idempotency_keys where tenant_id = ${tx.tenantId} and created_at < ${at.subtract(IDEMPOTENCY_KEPT)}`)
  const effects = await tx.run(sql`
    delete from outbox where tenant_id = ${tx.tenantId} and done_at < ${at.subtract(EFFECTS_KEPT)}`)
  return answers + effects
}
