import { allOf, json, rowsIn, type Sql, sql, type Tx } from '../../platform/index.ts'
import type { CommandBy, CommandFailure } from '../handed-in.ts'
import type { CommandAnswer, CommandKind } from '../model.ts'

export const commandStates = ['queued', 'sent', 'answered', 'effect-seen', 'failed', 'timed-out'] as const
export type CommandState = (typeof commandStates)[number]

export interface CommandRow {
  readonly id: string
  readonly stationId: string
  /** Where its station stands: who may see it. */
  readonly siteId: string | null
  readonly isStationConnected: boolean
  readonly sessionId: string | null
  readonly kind: CommandKind
  readonly request: unknown
  readonly sealed: Buffer
  readonly state: CommandState
  readonly expectedEffect: string | null
  readonly exact: unknown
  readonly answer: CommandAnswer | null
  readonly effect: { readonly what: string; readonly at: string } | null
  /** In a queued one: it is not to go out, and ends with this. */
  readonly failure: CommandFailure | null
  readonly timesLost: number
  readonly byKind: CommandBy['kind']
  readonly byName: string | null
  readonly createdAt: Temporal.Instant
  readonly sentAt: Temporal.Instant | null
  readonly answeredAt: Temporal.Instant | null
  readonly effectAt: Temporal.Instant | null
  readonly failedAt: Temporal.Instant | null
  readonly dueAt: Temporal.Instant | null
}

const columns = sql`c.id, c.station_id as "stationId",
  (select at.site_id from stations at where at.tenant_id = c.tenant_id and at.id = c.station_id) as "siteId",
  exists (select from stations at where at.tenant_id = c.tenant_id and at.id = c.station_id and at.connected_at is not null) as "isStationConnected",
  c.session_id as "sessionId", c.kind, c.request, c.sealed, c.state,
  c.expected_effect as "expectedEffect", c.exact, c.answer, c.effect, c.failure, c.times_lost as "timesLost", c.by_kind as "byKind",
  c.by_name as "byName", c.created_at as "createdAt", c.sent_at as "sentAt", c.answered_at as "answeredAt",
  c.effect_at as "effectAt", c.failed_at as "failedAt", c.due_at as "dueAt"`

export interface NewCommand {
  readonly id: string
  readonly tenantId: string
  readonly stationId: string
  readonly sessionId: string | undefined
  readonly kind: CommandKind
  readonly request: unknown
  readonly sealed: Buffer
  readonly expectedEffect: string | undefined
  readonly effectEvse: number | undefined
  readonly by: CommandBy
  readonly failure?: CommandFailure
  readonly at: Temporal.Instant
  readonly dueAt: Temporal.Instant
}

export async function insertCommand(tx: Tx, command: NewCommand): Promise<void> {
  const { tenantId, stationId, by } = command
  await tx.run(sql`
    insert into commands (tenant_id, id, station_id, session_id, kind, request, sealed, state, expected_effect,
      effect_evse_id, by_kind, by_id, by_name, created_at, failure, due_at)
    values (${tenantId}, ${command.id}, ${stationId}, ${command.sessionId ?? null}, ${command.kind},
      ${json(command.request)}::jsonb, ${command.sealed}, 'queued', ${command.expectedEffect ?? null},
      ${command.effectEvse ?? null}, ${by.kind}, ${by.id ?? null}, ${by.name ?? null}, ${command.at},
      ${command.failure ?? null}, ${command.dueAt})`)
}

/** How often the platform asked this of a station by itself since then, up to `most`. */
export async function countAsked(
  tx: Tx,
  asked: {
    readonly tenantId: string
    readonly stationId: string
    readonly kind: CommandKind
    readonly since: Temporal.Instant
    readonly most: number
  },
): Promise<number> {
  const row = await tx.row<{ n: bigint }>(sql`
    select count(*) as n from (
      select 1 from commands where tenant_id = ${asked.tenantId} and station_id = ${asked.stationId}
        and created_at > ${asked.since} and kind = ${asked.kind} and by_kind = 'system'
        and failure is distinct from 'asked-too-often' limit ${asked.most}) as asked`)
  return Number(row?.n ?? 0)
}

export interface StationForCommand {
  readonly protocol: string | null
  readonly isConnected: boolean
}

export async function loadStationForCommand(
  tx: Tx,
  tenantId: string,
  stationId: string,
): Promise<StationForCommand | undefined> {
  return tx.row<StationForCommand>(sql`
    select protocol, connected_at is not null as "isConnected" from stations
    where tenant_id = ${tenantId} and id = ${stationId} and removed_at is null`)
}

/** Stations with commands that wait for their turn. */
export async function loadWaitingStations(tx: Tx, stationIds: readonly string[]): Promise<readonly string[]> {
  const rows = await tx.rows<{ stationId: string }>(sql`
    select distinct station_id as "stationId" from commands
    where tenant_id = ${tx.tenantId} and station_id = any(${stationIds}::uuid[]) and state = 'queued' and failure is null`)
  return rows.map(({ stationId }) => stationId)
}

/** Which of these stations have commands: that wait for their turn, and whose effect is still to be seen. */
export async function loadCommandStates(
  tx: Tx,
  stationIds: readonly string[],
): Promise<ReadonlyMap<string, { readonly waits: boolean; readonly expects: boolean }>> {
  const rows = await tx.rows<{ stationId: string; waits: boolean; expects: boolean }>(sql`
    select station_id as "stationId", bool_or(state = 'queued' and failure is null) as waits,
      bool_or(state in ('sent', 'answered') and expected_effect is not null) as expects
    from commands
    where tenant_id = ${tx.tenantId} and station_id = any(${stationIds}::uuid[]) and state in ('queued', 'sent', 'answered')
    group by station_id`)
  return new Map(rows.map(({ stationId, ...state }) => [stationId, state]))
}

/**
 * The next command of a station, locked, if this socket still owns it. One that is being sent by nobody else.
 */
export async function lockNextQueued(
  tx: Tx,
  { stationId, epoch }: { readonly stationId: string; readonly epoch: bigint },
): Promise<CommandRow | undefined> {
  return tx.row<CommandRow>(sql`
    select ${columns} from commands c
    join stations s on s.tenant_id = c.tenant_id and s.id = c.station_id and s.epoch = ${epoch}
    where c.tenant_id = ${tx.tenantId} and c.station_id = ${stationId} and c.state = 'queued' and c.failure is null
    order by c.created_at, c.id limit 1 for update of c skip locked`)
}

/** Those of these that are due, for this transaction alone. */
export async function lockDueCommands(
  tx: Tx,
  ids: readonly string[],
  at: Temporal.Instant,
): Promise<readonly CommandRow[]> {
  return tx.rows<CommandRow>(sql`
    select ${columns} from commands c
    where c.tenant_id = ${tx.tenantId} and c.id = any(${ids}::uuid[]) and c.due_at <= ${at}
    order by c.created_at, c.id for update skip locked`)
}

/** One that is on its way out just now is held by its dispatcher, and not among them. */
export async function lockQueuedOf(tx: Tx, sessionId: string): Promise<readonly CommandRow[]> {
  return tx.rows<CommandRow>(sql`
    select ${columns} from commands c
    where c.tenant_id = ${tx.tenantId} and c.session_id = ${sessionId} and c.state = 'queued'
    order by c.created_at, c.id for update skip locked`)
}

export async function markSent(
  tx: Tx,
  { id, exact, at, dueAt }: { id: string; exact: unknown; at: Temporal.Instant; dueAt: Temporal.Instant },
): Promise<void> {
  await tx.run(sql`
    update commands set state = 'sent', exact = ${json(exact)}::jsonb, sent_at = ${at}, due_at = ${dueAt}
    where tenant_id = ${tx.tenantId} and id = ${id}`)
}

export interface Ending {
  readonly id: string
  readonly state: 'answered' | 'failed' | 'timed-out'
  readonly answer?: CommandAnswer
  readonly failure?: CommandFailure
  readonly at: Temporal.Instant
  readonly dueAt?: Temporal.Instant
}

/** Keeps how a command ended. An effect that was seen, and settings that were reported, before the answer came stay. False: somebody else ended it. */
export async function saveEnding(tx: Tx, ending: Ending): Promise<boolean> {
  const { id, state, answer, failure, at, dueAt } = ending
  const isAnswered = state === 'answered'
  const changed = await tx.run(sql`
    update commands set
      state = case when ${isAnswered} and effect_at is not null then 'effect-seen' else ${state} end,
      answer = coalesce(${answer === undefined ? null : json(answer)}::jsonb
        || case when answer ? 'settings' then jsonb_build_object('settings', answer->'settings') else '{}' end, answer),
      failure = ${failure ?? null},
      answered_at = case when ${answer !== undefined} then ${at}::timestamptz else answered_at end,
      failed_at = case when ${isAnswered} then null else ${at}::timestamptz end,
      due_at = case when effect_at is null then ${dueAt ?? null}::timestamptz end
    where tenant_id = ${tx.tenantId} and id = ${id} and state in ('queued', 'sent', 'answered')`)
  return changed === 1
}

export interface SeenEffect {
  readonly tenantId: string
  readonly stationId: string
  readonly effect: string
  readonly evse: number | null
  /** Absent: the effect is of no transaction in particular. */
  readonly transactionNumber?: string
  readonly at: Temporal.Instant
}

/**
 * Open commands of a station that waited for this effect, there and of that transaction, have got it; none that was sent since it was seen, which
 * a slow database may write down first. Answers their ids.
 */
export async function saveEffects(
  tx: Tx,
  effects: readonly SeenEffect[],
): Promise<readonly { readonly tenantId: string; readonly id: string }[]> {
  return tx.rows(sql`
    update commands c set effect = jsonb_build_object('what', seen.effect, 'at', seen.at), effect_at = seen.at,
      state = case when c.state = 'answered' then 'effect-seen' else c.state end,
      due_at = case when c.state = 'answered' then null else c.due_at end
    from ${rowsIn({
      tenant_id: ['uuid', effects.map(({ tenantId }) => tenantId)],
      station_id: ['uuid', effects.map(({ stationId }) => stationId)],
      effect: ['text', effects.map(({ effect }) => effect)],
      evse_id: ['int', effects.map(({ evse }) => evse)],
      transaction: ['text', effects.map(({ transactionNumber }) => transactionNumber ?? null)],
      at: ['timestamptz', effects.map(({ at }) => at)],
    })} seen
    where c.tenant_id = seen.tenant_id and c.station_id = seen.station_id and c.state in ('sent', 'answered')
      and c.expected_effect = seen.effect and c.effect_at is null and c.sent_at <= seen.at
      and (c.effect_evse_id is null or seen.evse_id is null or c.effect_evse_id = seen.evse_id)
      and coalesce(c.request->>'transactionNumber' = seen.transaction, true)
    returning c.tenant_id as "tenantId", c.id`)
}

async function loadCommands(tx: Tx, condition: Sql, limit: number): Promise<readonly CommandRow[]> {
  return tx.rows<CommandRow>(sql`
    select ${columns} from commands c where c.tenant_id = ${tx.tenantId} and ${condition}
    order by c.created_at desc, c.id desc limit ${limit}`)
}

export async function findCommand(tx: Tx, id: string): Promise<CommandRow | undefined> {
  const [row] = await loadCommands(tx, sql`c.id = ${id}`, 1)
  return row
}

export interface CommandQuestion {
  readonly stationId: string | undefined
  readonly state: string | undefined
  readonly sites: 'all' | readonly string[]
  /** The key of the last row seen: (created at, id). */
  readonly after: readonly (string | number)[] | undefined
  readonly limit: number
}

/** The newest first. */
export async function listCommands(tx: Tx, asked: CommandQuestion): Promise<readonly CommandRow[]> {
  const { after, limit } = asked
  const page =
    after === undefined ? sql`true` : sql`(c.created_at, c.id) < (${after[0]}::timestamptz, ${after[1]}::uuid)`
  return loadCommands(tx, sql`${matching(asked)} and ${page}`, limit)
}

export async function countCommands(tx: Tx, asked: Omit<CommandQuestion, 'after' | 'limit'>): Promise<number> {
  const row = await tx.row<{ count: bigint }>(
    sql`select count(*) from commands c where c.tenant_id = ${tx.tenantId} and ${matching(asked)}`,
  )
  return Number(row?.count ?? 0)
}

function matching({ stationId, state, sites }: Omit<CommandQuestion, 'after' | 'limit'>): Sql {
  return allOf([
    stationId === undefined ? undefined : sql`c.station_id = ${stationId}`,
    state === undefined ? undefined : sql`c.state = ${state}`,
    sites === 'all'
      ? undefined
      : sql`exists (select 1 from stations s where s.tenant_id = c.tenant_id and s.id = c.station_id
          and s.site_id = any(${sites}::uuid[]))`,
  ])
}

/** Whether a station has commands whose effect is still to be seen. */
export async function hasOpenEffects(tx: Tx, stationId: string): Promise<boolean> {
  const row = await tx.row(sql`
    select 1 from commands where tenant_id = ${tx.tenantId} and station_id = ${stationId}
      and state in ('sent', 'answered') and expected_effect is not null limit 1`)
  return row !== undefined
}

/** The socket broke before the answer came, and asking again does no harm: it waits for its turn once more. */
export async function requeue(tx: Tx, id: string, dueAt: Temporal.Instant): Promise<void> {
  await tx.run(sql`
    update commands set state = 'queued', sent_at = null, times_lost = times_lost + 1, due_at = ${dueAt}
    where tenant_id = ${tx.tenantId} and id = ${id} and state = 'sent'`)
}
