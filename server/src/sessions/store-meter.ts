import { rowsOf, sql, type Tx } from '../platform/index.ts'
import type { MeterReading } from '../stations/index.ts'
import { saysOtherwise, type UsageInterval } from './rules/index.ts'

/** Meter values: one narrow row per timestamp and context, found by its natural key. */

export interface MeterRow {
  readonly tenantId: string
  readonly transactionId: string
  readonly month: string
  readonly receivedAt: Temporal.Instant
  readonly reading: MeterReading
}

/** What had come before, by key, and the transactions where it now said something else (the first value stays). */
export interface Again {
  readonly keys: ReadonlySet<string>
  readonly differing: ReadonlySet<string>
}

const nothingAgain: Again = { keys: new Set(), differing: new Set() }

const BIGGEST_INT = 2_147_483_647

const whole = (value: number | undefined): number | null =>
  value === undefined || !Number.isSafeInteger(value) ? null : value
const small = (value: number | undefined): number | null =>
  value === undefined || Math.abs(value) > BIGGEST_INT ? null : value
const list = (values: readonly (number | null)[] | undefined): string | null =>
  values === undefined
    ? null
    : `{${values.map((value) => (value === null ? 'NULL' : (small(value) ?? 'NULL'))).join(',')}}`

/** Sessions whose progress a batch moved, and nothing else of them. */
export interface ProgressRow {
  readonly tenantId: string
  readonly sessionId: string
  readonly progress: string
  readonly energyWh: number
  readonly powerW: number | null
}

const KEEP = `with moved as (
       update sessions s set progress = p.progress, energy_wh = p.energy_wh, power_w = p.power_w, changed_at = $18
       from ${rowsOf(13, 'tenant_id uuid, id uuid, progress text, energy_wh bigint, power_w int')} p
       where s.tenant_id = p.tenant_id and s.id = p.id),
     kept as (
       insert into meter_values as m (tenant_id, month, transaction_id, at, context, received_at, register_wh, power_w,
         currents_ma, voltages_mv, soc_tenths, rest)
       select v.tenant_id, v.month, v.transaction_id, v.at, v.context, v.received_at, v.register_wh, v.power_w,
         v.currents::int[], v.voltages::int[], v.soc, v.rest
       from ${rowsOf(
         1,
         `tenant_id uuid, month date, transaction_id uuid, at timestamptz, context text,
         received_at timestamptz, register_wh bigint, power_w int, currents text, voltages text, soc int,
         rest jsonb`,
       )} v
       on conflict (tenant_id, month, transaction_id, at, context) do update set
         register_wh = coalesce(m.register_wh, excluded.register_wh),
         power_w = coalesce(m.power_w, excluded.power_w),
         currents_ma = coalesce(m.currents_ma, excluded.currents_ma),
         voltages_mv = coalesce(m.voltages_mv, excluded.voltages_mv),
         soc_tenths = coalesce(m.soc_tenths, excluded.soc_tenths),
         rest = coalesce(m.rest, excluded.rest)
       returning m.transaction_id, m.at, m.context, m.register_wh, m.power_w, (old.at is not null) as again)
     select k.transaction_id as "transactionId", k.at, k.context, k.register_wh as "registerWh", k.power_w as "powerW"
     from kept k where k.again`

/**
 * Keeps readings, each once, and moves sessions on: one statement, since most batches are nothing else. A further message under the same key fills empty columns; what it says otherwise is given
 * back. The keys must differ within one call.
 */
export async function keepMeterValues(
  tx: Tx,
  rows: readonly MeterRow[],
  moved: readonly ProgressRow[],
  at: Temporal.Instant,
): Promise<Again> {
  if (rows.length === 0 && moved.length === 0) return nothingAgain
  const again = await tx.named<{
    transactionId: string
    at: Temporal.Instant
    context: string
    registerWh: bigint | null
    powerW: number | null
  }>('meter-values-keep', KEEP, valuesOf(rows, moved, at))
  if (again.length === 0) return nothingAgain
  const said = new Map(rows.map((row) => [keyOf(row.transactionId, row.reading), row.reading]))
  const differing = again.filter((kept) => {
    const reading = said.get(keyOf(kept.transactionId, kept))
    return (
      reading !== undefined &&
      saysOtherwise({ ...kept, registerWh: kept.registerWh === null ? null : Number(kept.registerWh) }, reading)
    )
  })
  return {
    keys: new Set(again.map((kept) => keyOf(kept.transactionId, kept))),
    differing: new Set(differing.map((kept) => kept.transactionId)),
  }
}

/** Columns of readings, from `month` to `rest`; of what is undefined all are null. */
export function readingColumns(rows: readonly (MeterRow | undefined)[]): readonly unknown[] {
  const readings = rows.map((row) => row?.reading)
  return [
    rows.map((row) => row?.month),
    rows.map((row) => row?.transactionId),
    readings.map((reading) => reading?.at),
    readings.map((reading) => reading?.context),
    rows.map((row) => row?.receivedAt),
    readings.map((reading) => whole(reading?.registerWh)),
    readings.map((reading) => small(reading?.powerW)),
    readings.map((reading) => list(reading?.currentsMa)),
    readings.map((reading) => list(reading?.voltagesMv)),
    readings.map((reading) => small(reading?.socTenths)),
    readings.map((reading) => (reading?.rest === undefined ? null : JSON.stringify(reading.rest))),
  ]
}

function valuesOf(rows: readonly MeterRow[], moved: readonly ProgressRow[], at: Temporal.Instant): readonly unknown[] {
  return [
    rows.map((row) => row.tenantId),
    ...readingColumns(rows),
    moved.map((session) => session.tenantId),
    moved.map((session) => session.sessionId),
    moved.map((session) => session.progress),
    moved.map((session) => session.energyWh),
    moved.map((session) => session.powerW),
    at,
  ]
}

export function keyOf(
  transactionId: string,
  reading: { readonly at: Temporal.Instant; readonly context: string },
): string {
  return `${transactionId}/${reading.at.epochMilliseconds}/${reading.context}`
}

/** What was kept of intervals of energy, for sessions of the transaction's tenant. */
export async function intervalsOf(
  tx: Tx,
  sessionIds: readonly string[],
): Promise<readonly (UsageInterval & { readonly sessionId: string })[]> {
  if (sessionIds.length === 0) return []
  const rows = await tx.rows<{ sessionId: string; at: Temporal.Instant; context: string; intervalWh: bigint }>(sql`
    select t.session_id as "sessionId", m.at, m.context, (e.value ->> 'intervalWh')::bigint as "intervalWh"
    from transactions t
    join meter_values m on m.tenant_id = t.tenant_id and m.month = t.month and m.transaction_id = t.id
    cross join lateral jsonb_array_elements(m.rest) e
    where t.tenant_id = ${tx.tenantId} and t.session_id = any(${sessionIds}::uuid[]) and e.value ? 'intervalWh'
    order by m.at, m.context`)
  return rows.map((row) => ({ ...row, intervalWh: Number(row.intervalWh) }))
}

const SIGNED_METER_VALUES_KEEP = `insert into signed_meter_values (tenant_id, id, transaction_id, at, context, signed)
     select * from ${rowsOf(1, `tenant_id uuid, id uuid, transaction_id uuid, at timestamptz, context text, signed text`)} v`

/** Signed readings exactly as they came, apart. */
export async function keepSigned(
  tx: Tx,
  rows: readonly (MeterRow & { readonly id: string; readonly signed: string })[],
): Promise<void> {
  if (rows.length === 0) return
  await tx.named('signed-meter-values-keep', SIGNED_METER_VALUES_KEEP, [
    rows.map((row) => row.tenantId),
    rows.map((row) => row.id),
    rows.map((row) => row.transactionId),
    rows.map((row) => row.reading.at),
    rows.map((row) => row.reading.context),
    rows.map((row) => row.signed),
  ])
}

export interface KeptReading {
  readonly tenantId: string
  readonly sessionId: string
  readonly at: Temporal.Instant
  readonly context: string
  readonly receivedAt: Temporal.Instant
  readonly registerWh: number | null
  readonly powerW: number | null
  readonly currentsMa: readonly (number | null)[] | null
  readonly voltagesMv: readonly (number | null)[] | null
  readonly socTenths: number | null
}

const READINGS_OF_SESSIONS = `select m.tenant_id as "tenantId", t.session_id as "sessionId", m.at, m.context, m.received_at as "receivedAt",
       m.register_wh as "registerWh", m.power_w as "powerW", m.currents_ma as "currentsMa",
       m.voltages_mv as "voltagesMv", m.soc_tenths as "socTenths"
     from ${rowsOf(1, 'tenant_id uuid, session_id uuid')} w
     cross join lateral (
       select t.tenant_id, t.session_id, t.month, t.id from transactions t
       where t.tenant_id = w.tenant_id and t.session_id = w.session_id offset 0) t
     cross join lateral (
       select m.* from meter_values m
       where m.tenant_id = t.tenant_id and m.month = t.month and m.transaction_id = t.id offset 0) m
     order by m.at, m.context`

/** All readings of some sessions, in the stations' order of time. Looked up session by session, however many there are. */
export async function readingsOf(
  tx: Tx,
  sessions: readonly { readonly tenantId: string; readonly id: string }[],
): Promise<readonly KeptReading[]> {
  if (sessions.length === 0) return []
  const rows = await tx.named<Omit<KeptReading, 'registerWh'> & { readonly registerWh: bigint | null }>(
    'meter-values-of-sessions',
    READINGS_OF_SESSIONS,
    [sessions.map((session) => session.tenantId), sessions.map((session) => session.id)],
  )
  return rows.map((row) => ({ ...row, registerWh: row.registerWh === null ? null : Number(row.registerWh) }))
}
