import { rowsOf, type Tx } from '../platform/index.ts'
import type { TransactionRow } from './held.ts'
import type { Named } from './store.ts'

/** Transactions: how a station's reports find their session. Written once. */

const TRANSACTIONS_BY_START_KEY = `select t.tenant_id as "tenantId", t.id, t.station_id as "stationId", t.number, t.start_key as "startKey",
       t.session_id as "sessionId", t.month::text as month
     from ${rowsOf(1, 'tenant_id uuid, station_id uuid, start_key bytea')} k
     join transactions t using (tenant_id, station_id, start_key)`

/** 1.6: transactions by the natural key of their start, so that a repeat gets its number back. */
export async function transactionsByStartKey(
  tx: Tx,
  startKeys: readonly (Named & { readonly startKey: Buffer })[],
): Promise<readonly TransactionRow[]> {
  if (startKeys.length === 0) return []
  return tx.named<TransactionRow>('transactions-by-start-key', TRANSACTIONS_BY_START_KEY, [
    startKeys.map((name) => name.tenantId),
    startKeys.map((name) => name.stationId),
    startKeys.map((name) => name.startKey),
  ])
}

const TRANSACTIONS_INSERT = `insert into transactions (tenant_id, id, station_id, number, start_key, session_id, month, created_at)
     select v.*, $8::timestamptz from
       ${rowsOf(1, `tenant_id uuid, id uuid, station_id uuid, number text, start_key bytea, session_id uuid, month date`)} v`

export async function insertTransactions(tx: Tx, rows: readonly TransactionRow[], at: Temporal.Instant): Promise<void> {
  if (rows.length === 0) return
  await tx.named('transactions-insert', TRANSACTIONS_INSERT, [
    rows.map((row) => row.tenantId),
    rows.map((row) => row.id),
    rows.map((row) => row.stationId),
    rows.map((row) => row.number),
    rows.map((row) => row.startKey),
    rows.map((row) => row.sessionId),
    rows.map((row) => row.month),
    at,
  ])
}

/** The transaction that bears a session's meter values: its first. */
export async function transactionsOfSessions(
  tx: Tx,
  tenantIds: readonly string[],
  sessionIds: readonly string[],
): Promise<readonly TransactionRow[]> {
  if (sessionIds.length === 0) return []
  return tx.named<TransactionRow>(
    'transactions-of-sessions',
    `select t.tenant_id as "tenantId", t.id, t.station_id as "stationId", t.number, t.start_key as "startKey",
       t.session_id as "sessionId", t.month::text as month
     from transactions t where t.tenant_id = any($1::uuid[]) and t.session_id = any($2::uuid[]) order by t.id`,
    [tenantIds, sessionIds],
  )
}
