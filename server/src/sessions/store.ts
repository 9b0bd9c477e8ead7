import { rowsIn, rowsOf, sql, type Tx } from '../platform/index.ts'
import type { SessionRow, TransactionRow } from './held.ts'
import {
  dueAt,
  energyOfSession,
  type Session,
  sessionFromText,
  stopReasonOf,
  textFromProgress,
  textToSave,
} from './rules/index.ts'
import type { Owned } from './store-validity.ts'

/** Sessions and their places: loading with locks, and saving with one statement per table. */

const SESSION_COLUMNS = `s.tenant_id as "tenantId", s.id, s.number, s.station_id as "stationId", s.evse_id as "evseId",
  s.connector_id as "connectorId", s.started_by as "startedBy", s.started_by_id as "startedById",
  s.started_by_name as "startedByName", s.id_token_id as "idTokenId", s.token_last4 as "tokenLast4",
  s.remote_start_id as "remoteStartId", s.wish_uid_hash as "wishUidHash", s.tariff_id as "tariffId",
  s.tariff_version as "tariffVersion", s.stop_reason as "closedWhy", s.change_count as "changeCount",
  s.machine as "machineText", s.progress as "progressText"`

type Raw = Omit<SessionRow, 'machine'> & { readonly machineText: string; readonly progressText: string }

const rowFrom = ({ machineText, progressText, ...row }: Raw): SessionRow => ({
  ...row,
  machine: sessionFromText(row.id, machineText, progressText),
})

export interface Named {
  readonly tenantId: string
  readonly stationId: string
}

export interface KnownReport extends TransactionRow {
  readonly session: SessionRow
}

const SESSIONS_LOCK_BY_NUMBER = `select ${SESSION_COLUMNS}, t.id as "transactionId", t.number as "transactionNumber", t.start_key as "startKey",
       t.month::text as month
     from ${rowsOf(1, 'tenant_id uuid, station_id uuid, number text')} n
     join transactions t using (tenant_id, station_id, number)
     join sessions s on s.tenant_id = t.tenant_id and s.id = t.session_id
     order by s.id for update of s`

/** Transactions by the station's number, each with its session, locked. Never of another station: a guessed number finds nothing. */
export async function lockSessionsOfNumbers(
  tx: Tx,
  names: readonly (Named & { readonly number: string })[],
): Promise<readonly KnownReport[]> {
  if (names.length === 0) return []
  const rows = await tx.named<
    Raw & {
      readonly transactionId: string
      readonly transactionNumber: string
      readonly startKey: Buffer | null
      readonly month: string
    }
  >('sessions-lock-by-number', SESSIONS_LOCK_BY_NUMBER, [
    names.map((name) => name.tenantId),
    names.map((name) => name.stationId),
    names.map((name) => name.number),
  ])
  return rows.map(({ transactionId, transactionNumber, startKey, month, ...raw }) => {
    const { tenantId, stationId, id: sessionId } = raw
    const session = rowFrom(raw)
    return { tenantId, stationId, sessionId, id: transactionId, number: transactionNumber, startKey, month, session }
  })
}

/** Sessions by id, locked in one order. `skipLocked` leaves out what somebody else holds. */
export async function lockSessions(
  tx: Tx,
  wanted: readonly Owned[],
  { skipLocked = false }: { readonly skipLocked?: boolean } = {},
): Promise<readonly SessionRow[]> {
  return sessionsById(tx, wanted, `for update of s${skipLocked ? ' skip locked' : ''}`)
}

/** The same as they are, unlocked: for who only looks. */
export async function readSessions(tx: Tx, wanted: readonly Owned[]): Promise<readonly SessionRow[]> {
  return sessionsById(tx, wanted, '')
}

async function sessionsById(tx: Tx, wanted: readonly Owned[], lock: string): Promise<readonly SessionRow[]> {
  if (wanted.length === 0) return []
  const rows = await tx.named<Raw>(
    `sessions-by-id ${lock}`.trim(),
    `select ${SESSION_COLUMNS} from ${rowsOf(1, 'tenant_id uuid, id uuid')} n
     join sessions s using (tenant_id, id)
     order by s.id ${lock}`,
    [wanted.map(({ tenantId }) => tenantId), wanted.map(({ id }) => id)],
  )
  return rows.map(rowFrom)
}

const SESSIONS_LOCK_OPEN = `select ${SESSION_COLUMNS} from ${rowsOf(1, 'tenant_id uuid, station_id uuid')} n
     join sessions s using (tenant_id, station_id)
     where s.state not in ('ended', 'refused', 'abandoned')
     order by s.id for update of s`

/** All open sessions of some stations, locked in the same order. */
export async function lockOpenSessions(tx: Tx, stations: readonly Owned[]): Promise<readonly SessionRow[]> {
  if (stations.length === 0) return []
  const rows = await tx.named<Raw>('sessions-lock-open', SESSIONS_LOCK_OPEN, [
    stations.map(({ tenantId }) => tenantId),
    stations.map(({ id }) => id),
  ])
  return rows.map(rowFrom)
}

const SESSIONS_TAKE_NUMBERS = `update tenants t set next_session_number = t.next_session_number + w.count
     from ${rowsOf(1, 'tenant_id uuid, count int')} w
     where t.tenant_id = w.tenant_id
     returning t.tenant_id as "tenantId", t.next_session_number - w.count as first`

/** As many numbers of the tenant's one sequence as asked for, in order. */
export async function takeNumbers(tx: Tx, wanted: ReadonlyMap<string, number>): Promise<ReadonlyMap<string, bigint>> {
  const tenantIds = [...wanted.keys()].sort()
  const rows = await tx.named<{ tenantId: string; first: bigint }>('sessions-take-numbers', SESSIONS_TAKE_NUMBERS, [
    tenantIds,
    tenantIds.map((tenantId) => wanted.get(tenantId) ?? 0),
  ])
  return new Map(rows.map((row) => [row.tenantId, row.first]))
}

/** The id of this database transaction, as rows bear it that it writes. */
export async function currentTransaction(tx: Tx): Promise<string> {
  const [row] = await tx.named<{ id: string }>(
    'current-transaction',
    'select pg_current_xact_id()::xid::text as id',
    [],
  )
  return row?.id ?? ''
}

const machinesOf = (rows: readonly SessionRow[]): string[] => rows.map((row) => textToSave(row.id, row.machine))
const progressOf = (rows: readonly SessionRow[]): string[] => rows.map((row) => textFromProgress(row.machine))

/** What the columns beside `machine` say of it. */
function shown(rows: readonly SessionRow[]): readonly unknown[] {
  const machines = rows.map((row) => row.machine)
  return [
    machines.map((machine) => machine.state),
    // Arrays of arrays must be rectangular; a text of flags each is not bound by that.
    machines.map((machine) => `{${machine.flags.join(',')}}`),
    machines.map((machine) => machine.startedAt),
    machines.map((machine) => machine.endedAt ?? null),
    rows.map((row) => stopReasonOf(row.machine) ?? row.closedWhy),
    machines.map(energyOfSession),
    machines.map(powerOf),
    machines.map((machine) => machine.recorded?.revision ?? 0),
    machines.map((machine) => dueAt(machine) ?? null),
  ]
}

/** What flows now; nothing once the transaction is over. */
export function powerOf(machine: Session): number | null {
  if (machine.transaction?.ended !== undefined) return null
  // Its end was lost, or it is over: the last reading is no news of what flows.
  if (machine.state === 'waiting-for-meter' || machine.state === 'ended') return null
  const watts = machine.meter.power?.powerW
  return watts === undefined || Math.abs(watts) > 2_000_000_000 ? null : watts
}

const SESSIONS_INSERT = `insert into sessions (tenant_id, id, number, station_id, evse_id, connector_id, started_by, started_by_id,
       started_by_name, id_token_id, token_last4, remote_start_id, wish_uid_hash, tariff_id, tariff_version, machine,
       state, flags, started_at, ended_at, stop_reason, energy_wh, power_w, revision, due_at, progress, change_count,
       changed_at)
     select v.tenant_id, v.id, v.number, v.station_id, v.evse_id, v.connector_id, v.started_by, v.started_by_id,
       v.started_by_name, v.id_token_id, v.token_last4, v.remote_start_id, v.wish_uid_hash, v.tariff_id,
       v.tariff_version, v.machine, v.state, v.flags::text[], v.started_at, v.ended_at, v.stop_reason, v.energy_wh,
       v.power_w, v.revision, v.due_at, v.progress, v.change_count, $28
     from ${rowsOf(
       1,
       `tenant_id uuid, id uuid, number bigint, station_id uuid, evse_id int, connector_id int,
       started_by text, started_by_id uuid, started_by_name text, id_token_id uuid, token_last4 text,
       remote_start_id int, wish_uid_hash bytea, tariff_id uuid, tariff_version int, machine text, state text,
       flags text, started_at timestamptz, ended_at timestamptz, stop_reason text, energy_wh bigint,
       power_w int, revision int, due_at timestamptz, progress text, change_count int`,
     )} v`

export async function insertSessions(tx: Tx, rows: readonly SessionRow[], at: Temporal.Instant): Promise<void> {
  if (rows.length === 0) return
  await tx.named('sessions-insert', SESSIONS_INSERT, [
    rows.map((row) => row.tenantId),
    rows.map((row) => row.id),
    rows.map((row) => row.number),
    rows.map((row) => row.stationId),
    rows.map((row) => row.evseId),
    rows.map((row) => row.connectorId),
    rows.map((row) => row.startedBy),
    rows.map((row) => row.startedById),
    rows.map((row) => row.startedByName),
    rows.map((row) => row.idTokenId),
    rows.map((row) => row.tokenLast4),
    rows.map((row) => row.remoteStartId),
    rows.map((row) => row.wishUidHash),
    rows.map((row) => row.tariffId),
    rows.map((row) => row.tariffVersion),
    machinesOf(rows),
    ...shown(rows),
    progressOf(rows),
    rows.map((row) => row.changeCount),
    at,
  ])
}

/**
 * A look that comes too early finds nothing to do and is put off; a time that is not touched leaves all indexes of the row
 * alone.
 */
const NEXT_LOOK = `case when v.due_at is null or s.due_at is null then v.due_at else least(v.due_at, s.due_at) end`

const SESSIONS_UPDATE = `update sessions s set machine = v.machine, state = v.state, flags = v.flags::text[], started_at = v.started_at,
       ended_at = v.ended_at, stop_reason = v.stop_reason, energy_wh = v.energy_wh, power_w = v.power_w,
       revision = v.revision, due_at = ${NEXT_LOOK}, evse_id = v.evse_id, connector_id = v.connector_id,
       started_by = v.started_by, id_token_id = v.id_token_id, token_last4 = v.token_last4, progress = v.progress,
       change_count = v.change_count, changed_at = $20
     from ${rowsOf(
       1,
       `tenant_id uuid, id uuid, machine text, state text, flags text, started_at timestamptz,
       ended_at timestamptz, stop_reason text, energy_wh bigint, power_w int, revision int,
       due_at timestamptz, evse_id int, connector_id int, started_by text, id_token_id uuid, token_last4 text,
       progress text, change_count int`,
     )} v
     where s.tenant_id = v.tenant_id and s.id = v.id`

/** One statement for all sessions of a batch: what a report may change of them. */
export async function updateSessions(tx: Tx, rows: readonly SessionRow[], at: Temporal.Instant): Promise<void> {
  if (rows.length === 0) return
  await tx.named('sessions-update', SESSIONS_UPDATE, [
    rows.map((row) => row.tenantId),
    rows.map((row) => row.id),
    machinesOf(rows),
    ...shown(rows),
    rows.map((row) => row.evseId),
    rows.map((row) => row.connectorId),
    rows.map((row) => row.startedBy),
    rows.map((row) => row.idTokenId),
    rows.map((row) => row.tokenLast4),
    progressOf(rows),
    rows.map((row) => row.changeCount),
    at,
  ])
}

/** Sessions that were looked at too early are looked at again when they want it. */
export async function putOffLooks(tx: Tx, rows: readonly SessionRow[]): Promise<void> {
  if (rows.length === 0) return
  await tx.run(sql`
    update sessions s set due_at = v.due_at
    from ${rowsIn({
      tenant_id: ['uuid', rows.map((row) => row.tenantId)],
      id: ['uuid', rows.map((row) => row.id)],
      due_at: ['timestamptz', rows.map((row) => dueAt(row.machine) ?? null)],
    })} v
    where s.tenant_id = v.tenant_id and s.id = v.id`)
}

/** Tariff versions that were fixed anew, since a session turned out to have begun earlier. */
export async function saveTariffs(tx: Tx, rows: readonly SessionRow[]): Promise<void> {
  if (rows.length === 0) return
  await tx.run(sql`
    update sessions s set tariff_id = v.tariff_id, tariff_version = v.version
    from ${rowsIn({
      tenant_id: ['uuid', rows.map((row) => row.tenantId)],
      id: ['uuid', rows.map((row) => row.id)],
      tariff_id: ['uuid', rows.map((row) => row.tariffId)],
      version: ['int', rows.map((row) => row.tariffVersion)],
    })} v
    where s.tenant_id = v.tenant_id and s.id = v.id`)
}

export interface ChangeRow {
  readonly tenantId: string
  readonly sessionId: string
  readonly n: number
  readonly kind: string
  readonly value: string
  readonly at: Temporal.Instant
  readonly cause: string
}

const SESSION_CHANGES_INSERT = `insert into session_changes (tenant_id, session_id, n, at, kind, value, cause)
     select * from ${rowsOf(1, `tenant_id uuid, session_id uuid, n int, at timestamptz, kind text, value text, cause text`)} v`

/** Adds to the sessions' histories; the caller holds the sessions' rows, which count their lines. */
export async function insertChanges(tx: Tx, rows: readonly ChangeRow[]): Promise<void> {
  if (rows.length === 0) return
  await tx.named('session-changes-insert', SESSION_CHANGES_INSERT, [
    rows.map((row) => row.tenantId),
    rows.map((row) => row.sessionId),
    rows.map((row) => row.n),
    rows.map((row) => row.at),
    rows.map((row) => row.kind),
    rows.map((row) => row.value),
    rows.map((row) => row.cause),
  ])
}
