import { type DueEffect, json, sql, type Tx } from '../platform/index.ts'
import type { SessionRecordJson } from './rules/index.ts'

export interface RecordRow {
  readonly tenantId: string
  readonly sessionId: string
  readonly revision: number
  readonly createdAt: Temporal.Instant
  readonly reason: string
  readonly record: SessionRecordJson
}

/** Session data records: one for each session and revision, which the database keeps so; never changed. */
export async function insertRecords(tx: Tx, rows: readonly RecordRow[]): Promise<void> {
  if (rows.length === 0) return
  await tx.named(
    'session-records-insert',
    `insert into session_records (tenant_id, session_id, revision, created_at, reason, record)
     select * from unnest($1::uuid[], $2::uuid[], $3::int[], $4::timestamptz[], $5::text[], $6::jsonb[])`,
    [
      rows.map((row) => row.tenantId),
      rows.map((row) => row.sessionId),
      rows.map((row) => row.revision),
      rows.map((row) => row.createdAt),
      rows.map((row) => row.reason),
      rows.map((row) => json(row.record)),
    ],
  )
}

export async function recordsNamed(
  tx: Tx,
  names: readonly { readonly sessionId: string; readonly revision: number }[],
): Promise<readonly Pick<RecordRow, 'sessionId' | 'revision' | 'record'>[]> {
  return tx.named(
    'session-records-named',
    `select r.session_id as "sessionId", r.revision, r.record
     from unnest($2::uuid[], $3::int[]) as wanted (session_id, revision)
     join session_records r on r.tenant_id = $1 and r.session_id = wanted.session_id and r.revision = wanted.revision`,
    [tx.tenantId, names.map((name) => name.sessionId), names.map((name) => name.revision)],
  )
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
    from unnest(${later.map((one) => one.sessionId)}::uuid[], ${later.map((one) => one.revision)}::int[]) as l (session_id, revision)
    cross join lateral generate_series(1, l.revision - 1) as earlier (revision)
    join outbox o on o.tenant_id = ${tx.tenantId} and o.type = ${effectType}
      and o.key = l.session_id || '/' || earlier.revision and o.done_at is null
    where o.id <> all(${together.map((effect) => effect.id)}::uuid[]) limit 1`)
  return row !== undefined
}
