import type { Tx } from './db-transaction.ts'
import { sql } from './sql.ts'

const IDEMPOTENCY_KEPT = Temporal.Duration.from({ hours: 48 })
/** Long enough for whoever looks why something was done; what was set aside stays until a person has seen to it. */
const EFFECTS_KEPT = Temporal.Duration.from({ hours: 30 * 24 })

/** Removes what has served its time in one tenant: at most `FORGET_AT_ONCE` rows, so that nobody waits long. Returns how many. */
export type Forget = (tx: Tx, at: Temporal.Instant) => Promise<number>

export const FORGET_AT_ONCE = 5_000

/** Kept answers. */
export const forgetAnswers: Forget = (tx, at) =>
  tx.run(sql`
    delete from idempotency_keys where (tenant_id, actor_id, key) in (
      select tenant_id, actor_id, key from idempotency_keys
      where tenant_id = ${tx.tenantId} and created_at < ${at.subtract(IDEMPOTENCY_KEPT)} limit ${FORGET_AT_ONCE})`)

/** Effects that were carried out. */
export const forgetEffects: Forget = (tx, at) =>
  tx.run(sql`
    delete from outbox where (tenant_id, id) in (
      select tenant_id, id from outbox
      where tenant_id = ${tx.tenantId} and done_at < ${at.subtract(EFFECTS_KEPT)} limit ${FORGET_AT_ONCE})`)
