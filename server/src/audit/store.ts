import { allOf, json, type Sql, sql, type Tx } from '../platform/index.ts'

export interface AuditRow {
  readonly id: string
  readonly at: Temporal.Instant
  readonly actorKind: string
  readonly actorId: string | null
  readonly actorName: string | null
  readonly action: string
  readonly objectKind: string
  readonly objectId: string | null
  readonly before: unknown
  readonly after: unknown
}

export async function insertAudit(tx: Tx, row: AuditRow): Promise<void> {
  await tx.run(sql`
    insert into audit (tenant_id, id, at, actor_kind, actor_id, actor_name, action, object_kind, object_id, before, after)
    values (${tx.tenantId}, ${row.id}, ${row.at}, ${row.actorKind}, ${row.actorId}, ${row.actorName}, ${row.action},
      ${row.objectKind}, ${row.objectId}, ${jsonOrNull(row.before)}::jsonb, ${jsonOrNull(row.after)}::jsonb)`)
}

function jsonOrNull(value: unknown): string | null {
  return value === undefined || value === null ? null : json(value)
}

export interface AuditFilter {
  readonly objectKind: string | undefined
  readonly objectId: string | undefined
  readonly actorId: string | undefined
}

/** Newest first: ids are in order of time. `before`: the id to go on from. */
export async function readAudit(
  tx: Tx,
  filter: AuditFilter,
  before: string | undefined,
  limit: number,
): Promise<AuditRow[]> {
  return tx.rows(sql`
    select id, at, actor_kind as "actorKind", actor_id as "actorId", actor_name as "actorName", action,
      object_kind as "objectKind", object_id as "objectId", before, after
    from audit where ${conditions(tx, filter)} and (${before ?? null}::uuid is null or id < ${before ?? null}::uuid)
    order by id desc limit ${limit}`)
}

export async function countAudit(tx: Tx, filter: AuditFilter): Promise<number> {
  const row = await tx.row<{ n: number }>(sql`select count(*)::int as n from audit where ${conditions(tx, filter)}`)
  return row?.n ?? 0
}

function conditions(tx: Tx, { objectKind, objectId, actorId }: AuditFilter): Sql {
  return allOf([
    sql`tenant_id = ${tx.tenantId}`,
    objectKind === undefined ? undefined : sql`object_kind = ${objectKind}`,
    objectId === undefined ? undefined : sql`object_id = ${objectId}`,
    actorId === undefined ? undefined : sql`actor_id = ${actorId}`,
  ])
}
