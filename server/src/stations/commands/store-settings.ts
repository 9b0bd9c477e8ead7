import { json, sql, type Tx } from '../../platform/index.ts'
import type { CommandAnswer } from '../model.ts'
import { MOST_LOST } from '../rules/asking-limits.ts'

/** Reports of settings that come in parts after the answer (2.x NotifyReport): they belong to the command that asked. */

export type Settings = NonNullable<CommandAnswer['settings']>

/** From now on parts under this number belong to the command. What came under an earlier one is forgotten, and what came too late. */
export async function expectReport(
  tx: Tx,
  { id, stationId, reportId }: { readonly id: string; readonly stationId: string; readonly reportId: number },
): Promise<void> {
  await tx.run(sql`update commands set report_id = ${reportId} where tenant_id = ${tx.tenantId} and id = ${id}`)
  await tx.run(sql`
    delete from settings_parts p using commands c
    where p.tenant_id = ${tx.tenantId} and p.station_id = ${stationId}
      and c.tenant_id = p.tenant_id and c.id = p.command_id
      and (c.id = ${id} or c.state not in ('sent', 'answered'))`)
}

/** The command that waits for this report, locked; undefined: none does any more. */
export async function lockReport(tx: Tx, stationId: string, reportId: number): Promise<string | undefined> {
  const row = await tx.row<{ id: string }>(sql`
    select id from commands
    where tenant_id = ${tx.tenantId} and station_id = ${stationId} and state in ('sent', 'answered')
      and report_id = ${reportId} and expected_effect = 'settings-reported' and effect_at is null
    order by created_at desc limit 1 for update`)
  return row?.id
}

/** How many settings have come so far. */
export async function countSettings(tx: Tx, id: string): Promise<number> {
  const row = await tx.row<{ n: bigint }>(sql`
    select coalesce(sum(jsonb_array_length(settings)), 0)::bigint as n from settings_parts
    where tenant_id = ${tx.tenantId} and command_id = ${id}`)
  return Number(row?.n ?? 0)
}

/** A part under a number that came already changes nothing. */
export async function savePart(
  tx: Tx,
  part: { readonly id: string; readonly stationId: string; readonly seqNo: number; readonly settings: Settings },
): Promise<void> {
  await tx.run(sql`
    insert into settings_parts (tenant_id, command_id, seq_no, station_id, settings)
    values (${tx.tenantId}, ${part.id}, ${part.seqNo}, ${part.stationId}, ${json(part.settings)}::jsonb)
    on conflict do nothing`)
}

/** All parts in the order of their numbers, taken out. */
export async function takeParts(tx: Tx, id: string): Promise<readonly Settings[]> {
  const rows = await tx.rows<{ seqNo: number; settings: Settings }>(sql`
    delete from settings_parts where tenant_id = ${tx.tenantId} and command_id = ${id}
    returning seq_no as "seqNo", settings`)
  return rows.toSorted((left, right) => left.seqNo - right.seqNo).map(({ settings }) => settings)
}

/** The whole report becomes part of the answer. */
export async function addSettings(
  tx: Tx,
  { id, settings }: { readonly id: string; readonly settings: Settings },
): Promise<void> {
  await tx.run(sql`
    update commands set answer = jsonb_set(coalesce(answer, '{"outcome": "accepted", "raw": {}}'), '{settings}',
      ${json(settings)}::jsonb)
    where tenant_id = ${tx.tenantId} and id = ${id}`)
}

/** What was reported has a gap: it waits for its turn once more, unless that was tried often enough. Answers whether it does. */
export async function askAgain(tx: Tx, id: string): Promise<boolean> {
  const count = await tx.run(sql`
    update commands set state = 'queued', sent_at = null, answered_at = null, answer = null, times_lost = times_lost + 1
    where tenant_id = ${tx.tenantId} and id = ${id} and state = 'answered' and times_lost < ${MOST_LOST}`)
  return count > 0
}

/** What the station said of these settings last, by name in lower case. */
export async function settingsSaid(
  tx: Tx,
  stationId: string,
  names: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await tx.rows<{ name: string; value: string | null }>(sql`
    select distinct on (name) lower(s->>'name') as name, s->>'value' as value
    from (
      select created_at, answer from commands
      where tenant_id = ${tx.tenantId} and station_id = ${stationId} and kind = 'read-settings' and answer ? 'settings'
      order by created_at desc limit ${LATEST_READS}) c
    cross join lateral jsonb_array_elements(c.answer->'settings') s
    where lower(s->>'name') = any(${names.map((name) => name.toLowerCase())}::text[]) and s->>'value' is not null
    order by name, c.created_at desc`)
  return new Map(rows.map(({ name, value }) => [name, value ?? '']))
}

/** What was said longer ago is forgotten. */
const LATEST_READS = 20
