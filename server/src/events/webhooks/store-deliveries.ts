import { allOf, type Forget, FORGET_AT_ONCE, json, rowsIn, type Sql, sql, type Tx } from '../../platform/index.ts'

export interface EventRow {
  readonly id: string
  readonly type: string
  readonly version: number
  readonly key: string
  readonly body: string
}

/** Answers the ids of those that had not been told yet. */
export async function insertEvents(
  tx: Tx,
  events: readonly EventRow[],
  at: Temporal.Instant,
): Promise<ReadonlySet<string>> {
  const rows = await tx.rows<{ id: string }>(sql`
    insert into webhook_events (tenant_id, id, type, version, key, body, created_at)
    select ${tx.tenantId}::uuid, e.*, ${at}::timestamptz from ${rowsIn({
      id: ['uuid', events.map((event) => event.id)],
      type: ['text', events.map((event) => event.type)],
      version: ['int', events.map((event) => event.version)],
      key: ['text', events.map((event) => event.key)],
      body: ['text', events.map((event) => event.body)],
    })} e
    on conflict (tenant_id, type, key) do nothing returning id`)
  return new Set(rows.map((row) => row.id))
}

export interface NewDelivery {
  readonly id: string
  readonly webhookId: string
  readonly eventId: string
  readonly type: string
  readonly ordering: string | null
  readonly position: number
}

export async function insertDeliveries(
  tx: Tx,
  rows: readonly NewDelivery[],
  at: Temporal.Instant,
  dueAt: Temporal.Instant = at,
): Promise<void> {
  await tx.run(sql`
    insert into webhook_deliveries (tenant_id, id, webhook_id, event_id, type, ordering, position, state, due_at, created_at)
    select ${tx.tenantId}::uuid, d.*, 'waiting', ${dueAt}::timestamptz, ${at}::timestamptz from ${rowsIn({
      id: ['uuid', rows.map((row) => row.id)],
      webhook_id: ['uuid', rows.map((row) => row.webhookId)],
      event_id: ['uuid', rows.map((row) => row.eventId)],
      type: ['text', rows.map((row) => row.type)],
      ordering: ['text', rows.map((row) => row.ordering)],
      position: ['bigint', rows.map((row) => row.position)],
    })} d`)
}

/** One try, as it is kept and shown. */
export interface Try {
  readonly at: string
  readonly tookMs: number
  /** Absent: it was taken. */
  readonly cause?: string
  readonly status?: number
  /** What the target said, its beginning. */
  readonly answer?: string
  readonly detail?: string
}

export interface ClaimedDelivery {
  readonly id: string
  readonly eventId: string
  readonly body: string
  readonly attempts: number
  readonly tries: number
  readonly history: readonly Try[]
  /** Ours until then, unless somebody wants it sent again. */
  readonly claimedUntil: Temporal.Instant
}

/**
 * The first of its ordering that has not been taken: none goes before an earlier one. A lookup by the index for each row, never a join
 * over all that waits.
 */
const IS_HEAD = sql`(d.ordering is null or d.id = (
  select e.id from webhook_deliveries e
  where e.tenant_id = d.tenant_id and e.webhook_id = d.webhook_id and e.ordering = d.ordering and e.state <> 'delivered'
  order by e.position limit 1))`

/**
 * For this transaction: every row is found by its index, in order, however much the table has grown since it was last analysed. A plan
 * that sorts all that waits for each handful would cost more the longer a target was away.
 */
export async function byIndex(tx: Tx): Promise<void> {
  await tx.row(sql`
    select set_config('enable_sort', 'off', true), set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true),
      set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true)`)
}

/** Takes what is due, tests first, and keeps it from others until `until`: should we die, it is due again then. */
export async function claimDeliveries(
  tx: Tx,
  webhookId: string,
  { at, until, limit }: { readonly at: Temporal.Instant; readonly until: Temporal.Instant; readonly limit: number },
): Promise<readonly ClaimedDelivery[]> {
  return tx.rows(sql`
    with due as (
      select d.tenant_id, d.id from webhook_deliveries d
      where d.tenant_id = ${tx.tenantId} and d.webhook_id = ${webhookId} and d.state = 'waiting' and d.due_at <= ${at} and ${IS_HEAD}
      order by d.due_at, d.id limit ${limit} for update of d skip locked)
    update webhook_deliveries d set due_at = ${until}, fault = null
    from due, webhook_events v
    where d.tenant_id = due.tenant_id and d.id = due.id and v.tenant_id = d.tenant_id and v.id = d.event_id
    returning d.id, d.event_id as "eventId", v.body, d.attempts, d.tries, d.history, d.due_at as "claimedUntil"`)
}

/** When the next one is due that may go. */
export async function nextDue(tx: Tx, webhookId: string): Promise<Temporal.Instant | null> {
  const row = await tx.row<{ dueAt: Temporal.Instant }>(sql`
    select d.due_at as "dueAt" from webhook_deliveries d
    where d.tenant_id = ${tx.tenantId} and d.webhook_id = ${webhookId} and d.state = 'waiting' and ${IS_HEAD}
    order by d.due_at, d.id limit 1`)
  return row?.dueAt ?? null
}

export interface Fate extends Pick<ClaimedDelivery, 'claimedUntil'> {
  readonly id: string
  readonly state: 'waiting' | 'delivered' | 'dead'
  readonly attempts: number
  readonly tries: number
  readonly dueAt: Temporal.Instant | null
  readonly fault: 'target' | 'message' | null
  readonly cause: string | null
  readonly history: readonly Try[]
}

/**
 * What became of tries at `at`. One that was settled meanwhile stays as it is, and one that is to be sent again unless it was taken. Answers
 * the ids of those that were ours to settle.
 */
export async function saveFates(tx: Tx, fates: readonly Fate[], at: Temporal.Instant): Promise<ReadonlySet<string>> {
  const rows = await tx.rows<{ id: string }>(sql`
    update webhook_deliveries d set state = f.state, attempts = f.attempts, tries = f.tries, due_at = f.due_at, fault = f.fault,
      cause = f.cause, history = f.history, last_attempt_at = ${at}::timestamptz,
      delivered_at = case when f.state = 'delivered' then ${at}::timestamptz end,
      dead_at = case when f.state = 'dead' then ${at}::timestamptz end
    from ${rowsIn({
      id: ['uuid', fates.map((fate) => fate.id)],
      state: ['text', fates.map((fate) => fate.state)],
      attempts: ['int', fates.map((fate) => fate.attempts)],
      tries: ['int', fates.map((fate) => fate.tries)],
      due_at: ['timestamptz', fates.map((fate) => fate.dueAt)],
      fault: ['text', fates.map((fate) => fate.fault)],
      cause: ['text', fates.map((fate) => fate.cause)],
      history: ['jsonb', fates.map((fate) => json(fate.history))],
      claimed_until: ['timestamptz', fates.map((fate) => fate.claimedUntil)],
    })} f
    where d.tenant_id = ${tx.tenantId} and d.id = f.id and d.state = 'waiting'
      and (f.state = 'delivered' or d.due_at = f.claimed_until)
    returning d.id`)
  return new Set(rows.map(({ id }) => id))
}

/** The target is back: what waited only for it goes at once. */
export async function releaseWaiting(tx: Tx, webhookId: string, at: Temporal.Instant): Promise<void> {
  await tx.run(sql`
    update webhook_deliveries set due_at = ${at}
    where tenant_id = ${tx.tenantId} and webhook_id = ${webhookId} and state = 'waiting' and fault = 'target' and due_at > ${at}`)
}

export interface DeliveryRow {
  readonly id: string
  readonly webhookId: string
  readonly eventId: string
  readonly type: string
  readonly key: string
  readonly state: 'waiting' | 'delivered' | 'dead'
  readonly attempts: number
  readonly dueAt: Temporal.Instant | null
  readonly cause: string | null
  readonly isHead: boolean
  /** Of a session's record: the number by which people know the session. */
  readonly sessionNumber: string | null
  readonly createdAt: Temporal.Instant
  readonly lastAttemptAt: Temporal.Instant | null
  readonly deliveredAt: Temporal.Instant | null
  readonly deadAt: Temporal.Instant | null
}

const SHOWN = sql`
  d.id, d.webhook_id as "webhookId", d.event_id as "eventId", d.type, v.key, d.state, d.attempts, d.due_at as "dueAt", d.cause,
  ${IS_HEAD} as "isHead", case when d.type = 'session-record.created' then v.body::json #>> '{data,sessionNumber}' end as "sessionNumber",
  d.created_at as "createdAt", d.last_attempt_at as "lastAttemptAt", d.delivered_at as "deliveredAt",
  d.dead_at as "deadAt"`
const FROM = sql`
  from webhook_deliveries d join webhook_events v on v.tenant_id = d.tenant_id and v.id = d.event_id`

export interface DeliveryFilter {
  readonly webhookId: string
  readonly state?: DeliveryRow['state'] | undefined
  readonly type?: string | undefined
}

function conditions(tx: Tx, { webhookId, state, type }: DeliveryFilter): Sql {
  return allOf([
    sql`d.tenant_id = ${tx.tenantId}`,
    sql`d.webhook_id = ${webhookId}`,
    state === undefined ? undefined : sql`d.state = ${state}`,
    type === undefined ? undefined : sql`d.type = ${type}`,
  ])
}

/** Newest first: ids are in order of time. */
export async function readDeliveries(
  tx: Tx,
  filter: DeliveryFilter,
  before: string | undefined,
  limit: number,
): Promise<readonly DeliveryRow[]> {
  return tx.rows(sql`
    select ${SHOWN} ${FROM}
    where ${conditions(tx, filter)} and (${before ?? null}::uuid is null or d.id < ${before ?? null}::uuid)
    order by d.id desc limit ${limit}`)
}

export async function countMatching(tx: Tx, filter: DeliveryFilter): Promise<number> {
  const row = await tx.row<{ n: number }>(
    sql`select count(*)::int as n from webhook_deliveries d where ${conditions(tx, filter)}`,
  )
  return row?.n ?? 0
}

export interface DeliveryDetail extends DeliveryRow {
  readonly body: string
  readonly history: readonly Try[]
}

export async function deliveryById(tx: Tx, webhookId: string, id: string): Promise<DeliveryDetail | undefined> {
  return tx.row(sql`
    select ${SHOWN}, v.body, d.history ${FROM}
    where d.tenant_id = ${tx.tenantId} and d.webhook_id = ${webhookId} and d.id = ${id}`)
}

/** Sends again from the beginning, whatever became of it: these, or every dead one. Answers how many. */
export async function requeue(
  tx: Tx,
  webhookId: string,
  which: { readonly id: string } | 'dead',
  at: Temporal.Instant,
): Promise<number> {
  const wanted = which === 'dead' ? sql`state = 'dead'` : sql`id = ${which.id}`
  return tx.run(sql`
    update webhook_deliveries set state = 'waiting', tries = 0, due_at = ${at}, fault = null, delivered_at = null, dead_at = null
    where tenant_id = ${tx.tenantId} and webhook_id = ${webhookId} and ${wanted}`)
}

export async function hasDead(tx: Tx, webhookId: string): Promise<boolean> {
  const row = await tx.row(sql`
    select 1 as one from webhook_deliveries where tenant_id = ${tx.tenantId} and webhook_id = ${webhookId} and state = 'dead' limit 1`)
  return row !== undefined
}

/** How things of one type were handed on, each to whom it was. */
export interface HandedOn {
  readonly key: string
  readonly webhookId: string
  readonly webhookName: string
  readonly deliveryId: string
  readonly state: DeliveryRow['state']
  readonly attempts: number
  readonly at: Temporal.Instant | null
}

export async function deliveriesOfKeys(tx: Tx, type: string, keys: readonly string[]): Promise<readonly HandedOn[]> {
  return tx.rows(sql`
    select v.key, w.id as "webhookId", w.name as "webhookName", d.id as "deliveryId", d.state, d.attempts,
      coalesce(d.delivered_at, d.dead_at) as at
    from webhook_events v
    join webhook_deliveries d on d.tenant_id = v.tenant_id and d.event_id = v.id
    join webhooks w on w.tenant_id = d.tenant_id and w.id = d.webhook_id
    where v.tenant_id = ${tx.tenantId} and v.type = ${type} and v.key = any(${keys}::text[])
    order by w.name, w.id`)
}

const KEPT = Temporal.Duration.from({ hours: 30 * 24 })

/** So long nobody mended or removed a target that was given up: nothing waits for it any more. */
const GIVEN_UP = Temporal.Duration.from({ hours: 90 * 24 })

/** What every target has taken, 30 days after it came to be. */
export const forgetEvents: Forget = (tx, at) =>
  tx.run(sql`
    delete from webhook_events where (tenant_id, id) in (
      select v.tenant_id, v.id from webhook_events v
      where v.tenant_id = ${tx.tenantId} and v.created_at < ${at.subtract(KEPT)} and not exists (
        select 1 from webhook_deliveries d join webhooks w on w.tenant_id = d.tenant_id and w.id = d.webhook_id
        where d.tenant_id = v.tenant_id and d.event_id = v.id and d.state <> 'delivered'
          and (w.state <> 'disabled' or w.disabled_at >= ${at.subtract(GIVEN_UP)}))
      limit ${FORGET_AT_ONCE})`)
