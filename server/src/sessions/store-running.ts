import { isThere, rowsOf, type Statement } from '../platform/index.ts'
import { energyOfRunning, type Running, textFromRunning } from './rules/index.ts'
import { type MeterRow, readingColumns } from './store-meter.ts'

/** A running session that one report moves on. */
export interface Move {
  readonly tenantId: string
  readonly stationId: string
  /** Of the socket that said it: an older one can write nothing. */
  readonly epoch: bigint
  readonly sessionId: string
  /** The transaction that wrote the session's row last, as we know it: anybody else's write makes it another. */
  readonly writtenBy: string
  readonly running: Running
  readonly readings: readonly MeterRow[]
}

/*
 * A row for each reading, or one without where a report had none; `moves`: the last of its session. Each row is looked for
 * by its whole key, one after the other (`lateral … offset 0`): left to itself the planner reads all stations of the tenant
 * for every batch.
 */
const MOVE = `with said as materialized (
    select v.* from ${rowsOf(
      1,
      `tenant_id uuid, station_id uuid, epoch bigint, session_id uuid, written_by xid, progress text,
      energy_wh bigint, flows_w int, moves boolean, month date, transaction_id uuid, at timestamptz,
      context text, received_at timestamptz, register_wh bigint, power_w int, currents text, voltages text,
      soc int, rest jsonb`,
    )} v
    cross join lateral (
      select from stations st
      where st.tenant_id = v.tenant_id and st.id = v.station_id and st.epoch = v.epoch
        and ${isThere('st')}
      offset 0) newest),
  moved as (
    update sessions s set progress = v.progress, energy_wh = v.energy_wh, power_w = v.flows_w, changed_at = $21
    from said v
    where v.moves and s.tenant_id = v.tenant_id and s.id = v.session_id and s.xmin = v.written_by
    returning 1),
  kept as (
    insert into meter_values (tenant_id, month, transaction_id, at, context, received_at, register_wh, power_w,
      currents_ma, voltages_mv, soc_tenths, rest)
    select v.tenant_id, v.month, v.transaction_id, v.at, v.context, v.received_at, v.register_wh, v.power_w,
      v.currents::int[], v.voltages::int[], v.soc, v.rest
    from said v where v.at is not null)
  select pg_current_xact_id()::xid::text as "writtenBy",
    1 / (case when (select count(*) from moved) = $22::int then 1 else 0 end) as whole`

interface Row {
  readonly move: Move
  readonly row: MeterRow | undefined
  readonly isLast: boolean
}

/**
 * Moves sessions on and keeps their readings, in one statement that takes all or nothing: where a session is not as we know
 * it, a socket is not the newest, or a reading is there already, it fails, and the reports go the whole way.
 */
export function moveStatement(moves: readonly Move[], at: Temporal.Instant): Statement {
  const rows = moves.flatMap((move): readonly Row[] => {
    const last = move.readings.length - 1
    if (last < 0) return [{ move, row: undefined, isLast: true }]
    return move.readings.map((row, index) => ({ move, row, isLast: index === last }))
  })
  return {
    name: 'sessions-move-on',
    text: MOVE,
    values: [
      rows.map(({ move }) => move.tenantId),
      rows.map(({ move }) => move.stationId),
      rows.map(({ move }) => move.epoch),
      rows.map(({ move }) => move.sessionId),
      rows.map(({ move }) => move.writtenBy),
      rows.map(({ move, isLast }) => (isLast ? textFromRunning(move.running) : null)),
      rows.map(({ move }) => energyOfRunning(move.running)),
      rows.map(({ move: { running } }) => (running.powerAtMs === undefined ? null : running.powerW)),
      rows.map(({ isLast }) => isLast),
      ...readingColumns(rows.map(({ row }) => row)),
      at,
      moves.length,
    ],
  }
}

/** Not as we knew it (division by zero, above), or there already. */
export function isNotAsKnown(error: unknown): boolean {
  const { code } = error as { readonly code?: unknown }
  return code === '22012' || code === '23505'
}
