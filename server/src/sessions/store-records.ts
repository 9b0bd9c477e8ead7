import { type DueEffect, json, rowsIn, rowsOf, sql, type Tx } from '../platform/index.ts'
import type { SessionRecordJson } from './rules/index.ts'

export interface RecordRow {
  readonly tenantId: string
  readonly sessionId: string
  readonly revision: number
  readonly createdAt: Temporal.Instant
  readonly reason: string
  readonly record: SessionRecordJson
}

const SESSION_RECORDS_INSERT = `insert into session_records (tenant_id, session_id, revision, created_at, reason, record)
     select * from ${rowsOf(1, `tenant_id uuid, session_id uuid, revision int, created_at timestamptz, reason text, record jsonb`)} v`

/** Session data records: one for each session and revision, which the database keeps so; never changed. */
export async function insertRecords(tx: Tx, rows: readonly RecordRow[]): Promise<void> {
  if (rows.length === 0) return
  await tx.named('session-records-insert', SESSION_RECORDS_INSERT, [
    rows.map((row) => row.tenantId),
    rows.map((row) => row.sessionId),
    rows.map((row) => row.revision),
    rows.map((row) => row.createdAt),
    rows.map((row) => row.reason),
    rows.map((row) => json(row.record)),
  ])
}

const SESSION_RECORDS_NAMED = `select r.session_id as "sessionId", r.revision, r.record
     from ${rowsOf(2, 'session_id uuid, revision int')} wanted
     join session_records r on r.tenant_id = $1 and r.session_id = wanted.session_id and r.revision = wanted.revision`

export async function recordsNamed(
  tx: Tx,
  names: readonly { readonly sessionId: string; readonly revision: number }[],
): Promise<readonly Pick<RecordRow, 'sessionId' | 'revision' | 'record'>[]> {
  return tx.named('session-records-named', SESSION_RECORDS_NAMED, [
    tx.tenantId,
    names.map((name) => name.sessionId),
    names.map((name) => name.revision),
  ])
}

/** Whether an earlier revision of any of these is still in the outbox and not among those handed on with it. */
export async function earlierWaits(
  tx: Tx,
  effectType: string,
  together: readonly DueEffect[],
  later: readonly { readonly sessionId: string; readonly revision: number }[],
): Promise<boolean> {
  const row = await tx.row(sql`
    select 1 as one
    from ${rowsIn({
      session_id: ['uuid', later.map((one) => one.sessionId)],
      revision: ['int', later.map((one) => one.revision)],
    })} l
    cross join lateral generate_series(1, l.revision - 1) as earlier (revision)
    join outbox o on o.tenant_id = ${tx.tenantId} and o.type = ${effectType}
      and o.key = l.session_id || '/' || earlier.revision and o.done_at is null
    where o.id <> all(${together.map((effect) => effect.id)}::uuid[]) limit 1`)
  return row !== undefined
}
