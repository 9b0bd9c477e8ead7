import { failPoint } from './fail-points.ts'
import type { Clock } from './clock.ts'
import type { Database } from './db.ts'
import type { Tx } from './db-transaction.ts'
import { newId } from './ids.ts'
import type { Log } from './log.ts'
import { json, rowsOf, sql } from './sql.ts'

/** Something to be done after saving. `key`: its natural key within its type; leaving it twice has one effect. */
export interface Effect {
  readonly type: string
  readonly version: number
  readonly key: string
  readonly payload: unknown
  /** Not before; absent: at once. */
  readonly dueAt?: Temporal.Instant
  /** Needed in transactions over several tenants. */
  readonly tenantId?: string
}

export interface DueEffect extends Effect {
  readonly id: string
  readonly attempts: number
}

/**
 * Carries an effect out, in the transaction that marks it done. Throws: tried again later; after many times it is set aside, which people hear of,
 * and tried every hour until what hindered it is mended. `many`: takes all that are due of a tenant together; when it throws, each is tried alone.
 */
export type EffectHandler =
  | ((tx: Tx, effect: DueEffect) => Promise<void>)
  | { readonly many: (tx: Tx, effects: readonly DueEffect[]) => Promise<void> }

const OUTBOX_LEAVE = `insert into outbox (tenant_id, id, type, version, key, payload, due_at, created_at)
     select v.*, $8 from
       ${rowsOf(1, 'tenant_id uuid, id uuid, type text, version int, key text, payload jsonb, due_at timestamptz')} v
     on conflict (tenant_id, type, key) do nothing`

export async function leaveInOutbox(tx: Tx, effects: readonly Effect[], at: Temporal.Instant): Promise<void> {
  if (effects.length === 0) return
  await tx.named('outbox-leave', OUTBOX_LEAVE, [
    effects.map((effect) => effect.tenantId ?? tx.tenantId),
    effects.map(() => newId()),
    effects.map((effect) => effect.type),
    effects.map((effect) => effect.version),
    effects.map((effect) => effect.key),
    effects.map((effect) => json(effect.payload)),
    effects.map((effect) => effect.dueAt ?? at),
    at,
  ])
}

/** Then it is set aside. */
const MOST_ATTEMPTS = 20

/** 2 s, doubled each time, an hour at most. */
export function waitAfter(attempts: number): Temporal.Duration {
  return Temporal.Duration.from({ seconds: Math.min(2 ** Math.min(attempts, 12), 3_600) })
}

export interface OutboxDeps {
  readonly database: Database
  readonly clock: Clock
  readonly log: Log
  readonly handlers: Readonly<Record<string, EffectHandler>>
  /** An effect was set aside, in the transaction that does so: people must hear of it. */
  readonly onSetAside?: (
    tx: Tx,
    effect: Pick<Effect, 'type' | 'key' | 'payload'>,
    at: Temporal.Instant,
  ) => Promise<void>
}

interface Due {
  readonly tenantId: string
  readonly id: string
}

const MOST_AT_ONCE = 500
/** Of a tenant that has very much, at least, however many others wait. */
const SOME_OF_ONE = 100

/** The oldest of what is due; of a tenant that has very much of it no more than leaves room for the others. */
async function dueEffects(tx: Tx, at: Temporal.Instant): Promise<readonly Due[]> {
  const columns = sql`select tenant_id as "tenantId", id from outbox where due_at <= ${at}`
  const order = sql`order by due_at limit ${MOST_AT_ONCE}`
  const oldest = await tx.rows<Due>(sql`${columns} ${order}`)
  const byTenant = Map.groupBy(oldest, ({ tenantId }) => tenantId)
  const crowd = [...byTenant].filter(([, rows]) => rows.length > SOME_OF_ONE).map(([tenantId]) => tenantId)
  if (oldest.length < MOST_AT_ONCE || crowd.length === 0) return oldest
  const others = await tx.rows<Due>(sql`${columns} and tenant_id <> all(${crowd}::uuid[]) ${order}`)
  const each = Math.max(SOME_OF_ONE, Math.floor((MOST_AT_ONCE - others.length) / crowd.length))
  return [...others, ...crowd.flatMap((tenantId) => byTenant.get(tenantId)?.slice(0, each) ?? [])]
}

/** How much is due and not done, of all tenants. */
export async function countDue({ database, clock }: Pick<OutboxDeps, 'database' | 'clock'>): Promise<number> {
  const row = await database.asWorker((tx) =>
    tx.row<{ n: bigint }>(sql`select count(*) as n from outbox where due_at <= ${clock.now()}`),
  )
  return Number(row?.n ?? 0)
}

/** Carries out what is due. Returns how many were done. */
export async function carryOutDue(deps: OutboxDeps): Promise<number> {
  const at = deps.clock.now()
  const due = await deps.database.asWorker((tx) => dueEffects(tx, at))
  let done = 0
  // Who has few does not wait for who has many: what one of them takes nobody knows before.
  const byTenant = [...Map.groupBy(due, (row) => row.tenantId)].sort(([, a], [, b]) => a.length - b.length)
  for (const [tenantId, rows] of byTenant) {
    const ids = rows.map((row) => row.id)
    try {
      done += await together(deps, tenantId, ids, at)
    } catch {
      // One of them cannot be carried out: each for itself, so that it hurts nobody else.
      for (const id of ids) done += await alone(deps, tenantId, id, at)
    }
  }
  return done
}

async function together(
  deps: OutboxDeps,
  tenantId: string,
  ids: readonly string[],
  at: Temporal.Instant,
): Promise<number> {
  const count = await deps.database.inTenant(tenantId, async (tx) => {
    const effects = await tx.named<DueEffect>(
      'outbox-lock',
      `select id, type, version, key, payload, attempts from outbox
       where tenant_id = $1 and id = any($2::uuid[]) and due_at <= $3
       order by due_at, id for update skip locked`,
      [tenantId, ids, at],
    )
    for (const [type, same] of Map.groupBy(effects, (effect) => effect.type)) await handle(deps, tx, type, same)
    await tx.named(
      'outbox-done',
      `update outbox set due_at = null, done_at = $3, failed_at = null, attempts = attempts + 1
       where tenant_id = $1 and id = any($2::uuid[])`,
      [tenantId, effects.map((effect) => effect.id), at],
    )
    failPoint('outbox.before-commit')
    return effects.length
  })
  failPoint('outbox.after-commit')
  return count
}

async function alone(deps: OutboxDeps, tenantId: string, id: string, at: Temporal.Instant): Promise<number> {
  try {
    return await together(deps, tenantId, [id], at)
  } catch (error) {
    deps.log.warn('an effect could not be carried out', { tenantId, effectId: id, error })
    await deps.database.inTenant(tenantId, async (tx) => {
      const row = await tx.row<
        Pick<DueEffect, 'type' | 'key' | 'payload' | 'attempts'> & { readonly isAside: boolean }
      >(
        sql`select type, key, payload, attempts, failed_at is not null as "isAside" from outbox
          where tenant_id = ${tenantId} and id = ${id} and due_at is not null for update skip locked`,
      )
      if (row === undefined) return
      const isAside = row.isAside || row.attempts + 1 >= MOST_ATTEMPTS
      await tx.run(sql`
        update outbox set attempts = attempts + 1, last_error = ${String(error).slice(0, 500)},
          due_at = ${at.add(waitAfter(row.attempts + 1))}, failed_at = coalesce(failed_at, ${isAside ? at : null}::timestamptz)
        where tenant_id = ${tenantId} and id = ${id}`)
      if (isAside && !row.isAside) await deps.onSetAside?.(tx, row, at)
    })
    return 0
  }
}

async function handle(deps: OutboxDeps, tx: Tx, type: string, effects: readonly DueEffect[]): Promise<void> {
  const handler = deps.handlers[type]
  if (handler === undefined) throw new Error(`no handler for effects of type ${type}`)
  if (typeof handler !== 'function') return handler.many(tx, effects)
  for (const effect of effects) await handler(tx, effect)
}
