import { json, must, sql, type Tx } from '../../platform/index.ts'
import type { PriceTotals } from '../rules/index.ts'

/** What the built-in billing system keeps of a session data record. `record`: the whole of it, as JSON. */
export interface SessionRecord {
  readonly sessionId: string
  readonly revision: number
  readonly energyWh: number
  /** Absent: there was no tariff; the session is an exception that staff see. */
  readonly totals?: PriceTotals | undefined
  readonly record: unknown
}

/**
 * Takes a record exactly once per session and revision, however often it is handed over. Throws when the same
 * revision comes with other content: what was billed never changes, a correction is the next revision.
 */
export async function takeSessionRecord(
  tx: Tx,
  taken: SessionRecord,
  at: Temporal.Instant,
): Promise<'taken' | 'taken-before'> {
  const { sessionId, revision, energyWh, totals } = taken
  const record = json(taken.record)
  const inserted = await tx.run(sql`
    insert into billing_records (tenant_id, session_id, revision, taken_at, currency, excl_tax_minor, tax_minor,
      incl_tax_minor, energy_wh, record)
    values (${tx.tenantId}, ${sessionId}, ${revision}, ${at}, ${totals?.inclTax.currency ?? null},
      ${totals?.exclTax.minor ?? null}, ${totals?.tax.minor ?? null}, ${totals?.inclTax.minor ?? null},
      ${energyWh}, ${record}::jsonb)
    on conflict (tenant_id, session_id, revision) do nothing`)
  if (inserted === 1) return 'taken'
  const before = await tx.row<{ same: boolean }>(sql`
    select record = ${record}::jsonb as same from billing_records
    where tenant_id = ${tx.tenantId} and session_id = ${sessionId} and revision = ${revision}`)
  if (!must(before, 'billing record').same) {
    throw new Error(`session ${sessionId} revision ${revision} was billed with other content`)
  }
  return 'taken-before'
}

/** The revisions that were taken of a session. */
export async function revisionsTaken(tx: Tx, sessionId: string): Promise<readonly number[]> {
  const rows = await tx.rows<{ revision: number }>(sql`
    select revision from billing_records where tenant_id = ${tx.tenantId} and session_id = ${sessionId}
    order by revision`)
  return rows.map((row) => row.revision)
}
