import { sql, type Tx } from '../../platform/index.ts'
import type { Health } from '../rules/retry.ts'

export type WebhookState = 'active' | 'paused' | 'disabled'

export interface WebhookRow extends Health {
  readonly id: string
  readonly name: string
  readonly url: string
  readonly types: readonly string[]
  readonly state: WebhookState
  readonly formerUntil: Temporal.Instant | null
  readonly lastCause: string | null
  readonly lastSuccessAt: Temporal.Instant | null
  readonly disabledAt: Temporal.Instant | null
  readonly createdAt: Temporal.Instant
  readonly changedAt: Temporal.Instant
}

const COLUMNS = sql`
  w.id, w.name, w.url, w.types, w.state, w.former_until as "formerUntil", w.failures, w.failing_since as "failingSince",
  w.retry_at as "retryAt", w.last_cause as "lastCause", w.last_success_at as "lastSuccessAt", w.disabled_at as "disabledAt",
  w.created_at as "createdAt", w.changed_at as "changedAt"`

export interface NewWebhook {
  readonly id: string
  readonly name: string
  readonly url: string
  readonly types: readonly string[]
  readonly state: 'active' | 'paused'
  readonly secret: Buffer
  readonly at: Temporal.Instant
}

export async function insertWebhook(tx: Tx, { id, name, url, types, state, secret, at }: NewWebhook): Promise<void> {
  await tx.run(sql`
    insert into webhooks (tenant_id, id, name, url, types, state, secret, created_at, changed_at)
    values (${tx.tenantId}, ${id}, ${name}, ${url}, ${types}::text[], ${state}, ${secret}, ${at}, ${at})`)
}

export async function countWebhooks(tx: Tx): Promise<number> {
  const row = await tx.row<{ n: number }>(sql`select count(*)::int as n from webhooks where tenant_id = ${tx.tenantId}`)
  return row?.n ?? 0
}

/** By id, which is by time of making. */
export async function readWebhooks(tx: Tx, after: string | undefined, limit: number): Promise<readonly WebhookRow[]> {
  return tx.rows(sql`
    select ${COLUMNS} from webhooks w
    where w.tenant_id = ${tx.tenantId} and (${after ?? null}::uuid is null or w.id > ${after ?? null}::uuid)
    order by w.id limit ${limit}`)
}

export async function webhookById(tx: Tx, id: string): Promise<WebhookRow | undefined> {
  return tx.row(sql`select ${COLUMNS} from webhooks w where w.tenant_id = ${tx.tenantId} and w.id = ${id}`)
}

/** The same, held until the transaction ends: whoever publishes to it or sends to it waits. */
export async function lockWebhook(tx: Tx, id: string): Promise<WebhookRow | undefined> {
  return tx.row(sql`
    select ${COLUMNS} from webhooks w where w.tenant_id = ${tx.tenantId} and w.id = ${id} for no key update`)
}

export interface Secrets {
  readonly secret: Buffer
  readonly formerSecret: Buffer | null
  readonly formerUntil: Temporal.Instant | null
}

export async function secretsOf(tx: Tx, id: string): Promise<Secrets | undefined> {
  return tx.row(sql`
    select secret, former_secret as "formerSecret", former_until as "formerUntil" from webhooks
    where tenant_id = ${tx.tenantId} and id = ${id}`)
}

export async function changeWebhook(
  tx: Tx,
  id: string,
  to: Pick<WebhookRow, 'name' | 'url' | 'types'> & { readonly at: Temporal.Instant },
): Promise<void> {
  await tx.run(sql`
    update webhooks set name = ${to.name}, url = ${to.url}, types = ${to.types}::text[], changed_at = ${to.at}
    where tenant_id = ${tx.tenantId} and id = ${id}`)
}

/** Active: begins afresh, as if it had never failed. */
export async function setState(tx: Tx, id: string, state: WebhookState, at: Temporal.Instant): Promise<void> {
  const isActive = state === 'active'
  await tx.run(sql`
    update webhooks set state = ${state}, changed_at = ${at}, disabled_at = ${state === 'disabled' ? at : null},
      due_at = ${isActive ? at : null},
      failures = case when ${isActive} then 0 else failures end,
      failing_since = case when ${isActive} then null else failing_since end, retry_at = null
    where tenant_id = ${tx.tenantId} and id = ${id}`)
}

export async function replaceSecret(
  tx: Tx,
  id: string,
  to: { readonly secret: Buffer; readonly formerUntil: Temporal.Instant; readonly at: Temporal.Instant },
): Promise<void> {
  await tx.run(sql`
    update webhooks set former_secret = secret, former_until = ${to.formerUntil}, secret = ${to.secret}, changed_at = ${to.at}
    where tenant_id = ${tx.tenantId} and id = ${id}`)
}

/** With its deliveries. */
export async function deleteWebhook(tx: Tx, id: string): Promise<void> {
  await tx.run(sql`delete from webhooks where tenant_id = ${tx.tenantId} and id = ${id}`)
}

/** Targets that have something to do, of all tenants. */
export async function dueWebhooks(
  tx: Tx,
  at: Temporal.Instant,
): Promise<readonly { readonly tenantId: string; readonly id: string }[]> {
  return tx.rows(sql`select tenant_id as "tenantId", id from webhooks where due_at <= ${at} order by due_at limit 5000`)
}

/** There is something to do: now, or when a target that is down is asked again. */
export async function wakeWebhooks(tx: Tx, ids: readonly string[], at: Temporal.Instant): Promise<void> {
  await tx.run(sql`
    update webhooks set due_at = least(coalesce(due_at, 'infinity'), greatest(${at}::timestamptz, coalesce(retry_at, ${at}::timestamptz)))
    where tenant_id = ${tx.tenantId} and id = any(${ids}::uuid[]) and state = 'active'`)
}

/** A target that is down is asked at once. */
export async function askNow(tx: Tx, id: string, at: Temporal.Instant): Promise<void> {
  await tx.run(sql`
    update webhooks set due_at = ${at}, retry_at = case when retry_at is null then null else ${at}::timestamptz end
    where tenant_id = ${tx.tenantId} and id = ${id} and state = 'active'`)
}

export async function setDue(tx: Tx, id: string, dueAt: Temporal.Instant | null): Promise<void> {
  await tx.run(sql`update webhooks set due_at = ${dueAt} where tenant_id = ${tx.tenantId} and id = ${id}`)
}

export async function setRetryAt(tx: Tx, id: string, retryAt: Temporal.Instant): Promise<void> {
  await tx.run(sql`update webhooks set retry_at = ${retryAt} where tenant_id = ${tx.tenantId} and id = ${id}`)
}

export async function saveHealth(
  tx: Tx,
  id: string,
  health: Health & { readonly lastCause: string | null; readonly lastSuccessAt: Temporal.Instant | null },
): Promise<void> {
  await tx.run(sql`
    update webhooks set failures = ${health.failures}, failing_since = ${health.failingSince}, retry_at = ${health.retryAt},
      last_cause = ${health.lastCause}, last_success_at = ${health.lastSuccessAt}
    where tenant_id = ${tx.tenantId} and id = ${id}`)
}

/** Who listens to these types, held in the order of their ids: publishing and sending wait for each other and never cross. */
export async function listenersOf(
  tx: Tx,
  types: readonly string[],
): Promise<readonly { readonly id: string; readonly types: readonly string[] }[]> {
  return tx.rows(sql`
    select id, types from webhooks where tenant_id = ${tx.tenantId} and types && ${types}::text[]
    order by id for no key update`)
}

export interface DeliveryCounts {
  readonly webhookId: string
  readonly waiting: number
  readonly dead: number
}

export async function countDeliveries(tx: Tx, ids: readonly string[]): Promise<readonly DeliveryCounts[]> {
  return tx.rows(sql`
    select webhook_id as "webhookId", count(*) filter (where state = 'waiting')::int as waiting,
      count(*) filter (where state = 'dead')::int as dead
    from webhook_deliveries where tenant_id = ${tx.tenantId} and webhook_id = any(${ids}::uuid[]) and state <> 'delivered'
    group by webhook_id`)
}
