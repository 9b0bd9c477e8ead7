import { json, must, rowsOf, sql, type Tx } from '../../platform/index.ts'
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

const BILLING_RECORDS_TAKE = `insert into billing_records (tenant_id, session_id, revision, taken_at, currency, excl_tax_minor, tax_minor,
       incl_tax_minor, energy_wh, record)
     select $1::uuid, r.session_id, r.revision, $2::timestamptz, r.currency, r.excl_tax, r.tax, r.incl_tax, r.energy_wh, r.record
     from ${rowsOf(
       3,
       `session_id uuid, revision int, currency text, excl_tax numeric, tax numeric, incl_tax numeric,
       energy_wh bigint, record jsonb`,
     )} r
     on conflict (tenant_id, session_id, revision) do nothing
     returning session_id as "sessionId", revision`

/**
 * Takes records exactly once per session and revision, however often they are handed over, with one statement for all. Throws when a
 * revision comes with other content: what was billed never changes, a correction is the next revision. Answers how many were new.
 */
export async function takeSessionRecords(
  tx: Tx,
  taken: readonly SessionRecord[],
  at: Temporal.Instant,
): Promise<number> {
  if (taken.length === 0) return 0
  const inserted = await tx.named<{ sessionId: string; revision: number }>(
    'billing-records-take',
    BILLING_RECORDS_TAKE,
    [
      tx.tenantId,
      at,
      taken.map((one) => one.sessionId),
      taken.map((one) => one.revision),
      taken.map((one) => one.totals?.inclTax.currency ?? null),
      taken.map((one) => one.totals?.exclTax.minor ?? null),
      taken.map((one) => one.totals?.tax.minor ?? null),
      taken.map((one) => one.totals?.inclTax.minor ?? null),
      taken.map((one) => one.energyWh),
      taken.map((one) => json(one.record)),
    ],
  )
  const fresh = new Set(inserted.map(({ sessionId, revision }) => `${sessionId}/${revision}`))
  for (const one of taken) if (!fresh.has(`${one.sessionId}/${one.revision}`)) await mustBeSame(tx, one)
  return inserted.length
}

async function mustBeSame(tx: Tx, { sessionId, revision, record }: SessionRecord): Promise<void> {
  const before = await tx.row<{ same: boolean }>(sql`
    select record = ${json(record)}::jsonb as same from billing_records
    where tenant_id = ${tx.tenantId} and session_id = ${sessionId} and revision = ${revision}`)
  if (!must(before, 'billing record').same) {
    throw new Error(`session ${sessionId} revision ${revision} was billed with other content`)
  }
}

/** The revisions that were taken of a session. */
export async function revisionsTaken(tx: Tx, sessionId: string): Promise<readonly number[]> {
  const rows = await tx.rows<{ revision: number }>(sql`
    select revision from billing_records where tenant_id = ${tx.tenantId} and session_id = ${sessionId}
    order by revision`)
  return rows.map((row) => row.revision)
}
