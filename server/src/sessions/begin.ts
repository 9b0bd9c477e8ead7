import { newId, randomInt31 } from '../platform/index.ts'
import type { MeterReading, StationReport, TransactionReport } from '../stations/index.ts'
import {
  addSession,
  addTransaction,
  type Batch,
  isNoNumber,
  type Prepared,
  placeKey,
  sessionsAt,
  tokenKey,
} from './batch.ts'
import { type HeldSession, heldNew, type StartedBy, type TransactionRow } from './held.ts'
import { isAnybody } from './judge.ts'
import { learn } from './learn.ts'
import { limitsFor } from './limits.ts'
import {
  instantOfReport,
  isClosed,
  type Session,
  sessionOfNamelessStop,
  sessionOfTransaction,
  type StopCandidate,
} from './rules/index.ts'

/** Finds or makes the session of a transaction that is heard of for the first time. */
export function beginTransaction(batch: Batch, prepared: Prepared, body: TransactionReport): TransactionRow {
  const { report } = prepared
  const isNumbered = body.seqNo !== undefined
  if (!isNumbered && body.kind !== 'transaction-started') {
    const number = 'number' in body.transaction ? body.transaction.number : ''
    const meant = body.kind === 'transaction-ended' && isNoNumber(number) ? endedBy(batch, prepared, body) : undefined
    if (meant !== undefined) return addNew(batch, report, meant, uniqueName(number), prepared.startKey ?? null)
    return beginOrphan(batch, prepared, number, body.evse ?? 0, body.readings).transaction
  }
  const { at } = instantOfReport({ ...report, ...body })
  const wish = wishOf(batch, prepared, body)
  const evseId = place(body.evse) ?? wish?.row.evseId ?? 0
  const isLatest = displaceAt(batch, report.stationId, evseId, at, body.readings[0]?.registerWh)
  const startedBy: StartedBy = body.idToken === undefined || isAnybody(body.idToken) ? 'station' : 'card'
  if (wish !== undefined) wish.row = { ...wish.row, evseId, machine: { ...wish.row.machine, evse: evseId } }
  const session =
    wish ?? makeSession(batch, report, { evseId, connectorId: place(body.connector) ?? null, startedBy, at })
  if (isLatest && evseId > 0) batch.opened.set(placeKey(report.stationId, evseId), session)
  const number = 'number' in body.transaction ? body.transaction.number : String(randomInt31())
  return addNew(batch, report, session, number, prepared.startKey ?? null)
}

/** The session that a stop without a number surely ends. */
function endedBy(batch: Batch, { report, tokenHash }: Prepared, body: TransactionReport): HeldSession | undefined {
  const { at, wasCorrected } = instantOfReport({ ...report, ...body })
  if (wasCorrected) return undefined
  const token = tokenHash === undefined ? undefined : batch.tokens.get(tokenKey(report.tenantId, tokenHash))
  const cardOf = ({ idTokenId, wishUidHash }: HeldSession['row']): StopCandidate['card'] => {
    if (tokenHash === undefined) return 'none'
    return (token !== undefined && token.id === idTokenId) || wishUidHash?.equals(tokenHash) === true ? 'own' : 'other'
  }
  const candidates = sessionsAt(batch, report.stationId).map((session) => {
    return { session, machine: session.row.machine, card: cardOf(session.row) }
  })
  const registerWh = body.readings.findLast(({ context }) => context === 'transaction-end')?.registerWh
  return sessionOfNamelessStop(candidates, { at, registerWh })?.session
}

/** A number that is none cannot name a transaction: what is kept instead is unique. */
const uniqueName = (number: string): string => `${number || '?'}:${newId()}`

/** A wish meets its start by `remoteStartId` (2.x), else by token, EVSE and time (1.6). */
function wishOf(batch: Batch, { report, tokenHash }: Prepared, body: TransactionReport): HeldSession | undefined {
  const open = sessionsAt(batch, report.stationId).filter(
    ({ row }) => row.machine.transaction === undefined && !isClosed(row.machine.state),
  )
  if (body.remoteStartId !== undefined) return open.find(({ row }) => row.remoteStartId === body.remoteStartId)
  if (tokenHash === undefined) return undefined
  const byToken = open.filter(({ row }) => row.wishUidHash?.equals(tokenHash) === true)
  return byToken.find(({ row }) => row.evseId === body.evse) ?? byToken[0]
}

/** 2.x, card first: the EVSE is named when the cable comes. From then on the session holds it. */
export function takePlace(
  batch: Batch,
  session: HeldSession,
  evseId: number,
  at: Temporal.Instant,
  registerWh: number | undefined,
): void {
  const { stationId } = session.row
  if (displaceAt(batch, stationId, evseId, at, registerWh)) batch.opened.set(placeKey(stationId, evseId), session)
}

/** One transaction at a time on an EVSE: an older one that still runs there lost its end. False when the new one is the older. */
function displaceAt(
  batch: Batch,
  stationId: string,
  evseId: number,
  at: Temporal.Instant,
  registerWh: number | undefined,
): boolean {
  if (evseId === 0) return false
  const others = sessionsAt(batch, stationId).filter(({ row }) => row.evseId === evseId && isRunning(row.machine))
  const isAfterAll = others.every(({ row }) => {
    const newest = row.machine.transaction?.newest.at ?? row.machine.startedAt
    return Temporal.Instant.compare(at, newest) > 0
  })
  if (!isAfterAll) return false
  for (const other of others) {
    learn(other, { kind: 'displaced', ...(registerWh === undefined ? {} : { registerWh }) }, at)
  }
  return true
}

function isRunning(machine: Session): boolean {
  return !isClosed(machine.state) && machine.transaction !== undefined && machine.transaction.ended === undefined
}

/** The session whose transaction runs at an EVSE, or whose last reading is still waited for. */
export function runningAt(batch: Batch, stationId: string, evseId: number): HeldSession | undefined {
  const place = placeKey(stationId, evseId)
  const open = batch.opened.get(place) ?? batch.sessions.get(batch.places.get(place)?.openSessionId ?? '')
  return open === undefined || isClosed(open.row.machine.state) || open.row.machine.transaction === undefined
    ? undefined
    : open
}

/**
 * What names a transaction that is none of this station's: kept as an orphan for people to judge. Nothing of another
 * station is looked at. A stop with no number ends the station's one open orphan.
 */
export function beginOrphan(
  batch: Batch,
  prepared: Prepared,
  number: string,
  evse: number,
  readings: readonly MeterReading[],
): { readonly session: HeldSession; readonly transaction: TransactionRow } {
  const { report, startKey } = prepared
  const open = openOrphan(batch, report.stationId, evse)
  const reportedAt = readings.at(-1)?.at ?? report.receivedAt
  const { at } = instantOfReport({ ...report, reportedAt, offline: false })
  const session =
    open ??
    makeSession(batch, report, {
      evseId: place(evse) ?? 0,
      connectorId: null,
      startedBy: 'station',
      at,
      isOrphan: true,
    })
  const name = isNoNumber(number) ? uniqueName(number) : number
  if (open === undefined) {
    batch.strangers.push({ report, number, sessionId: session.row.id })
    if (place(evse) !== undefined) batch.opened.set(placeKey(report.stationId, evse), session)
  }
  const bearer = batch.bearers.get(session.row.id)
  if (bearer !== undefined && startKey === undefined && isNoNumber(number)) return { session, transaction: bearer }
  return { session, transaction: addNew(batch, report, session, name, startKey ?? null) }
}

function openOrphan(batch: Batch, stationId: string, evse: number): HeldSession | undefined {
  const orphans = sessionsAt(batch, stationId).filter(
    ({ row }) => row.machine.flags.includes('orphan') && isRunning(row.machine),
  )
  const here = orphans.filter(({ row }) => evse <= 0 || row.evseId === evse)
  return here.length === 1 ? here[0] : undefined
}

function makeSession(
  batch: Batch,
  report: StationReport,
  given: {
    readonly evseId: number
    readonly connectorId: number | null
    readonly startedBy: StartedBy
    readonly at: Temporal.Instant
    readonly isOrphan?: boolean
  },
): HeldSession {
  const { evseId, connectorId, startedBy, at, isOrphan = false } = given
  if (!batch.stations.has(report.stationId)) throw again()
  const limits = limitsFor(batch.stations.get(report.stationId))
  const made = heldNew({
    tenantId: report.tenantId,
    stationId: report.stationId,
    evseId,
    connectorId,
    startedBy,
    machine: sessionOfTransaction({ evse: evseId, limits, isOrphan }, at),
  })
  addSession(batch, made)
  return made
}

/**
 * The station was removed while this waited for its EVSE: done again from the beginning, as after a serialisation fault (40001), its
 * socket is nobody's any more.
 */
function again(): Error {
  return Object.assign(new Error('the station was removed meanwhile'), { code: '40001' })
}

function addNew(
  batch: Batch,
  { tenantId, stationId, receivedAt }: StationReport,
  session: HeldSession,
  number: string,
  startKey: Buffer | null,
): TransactionRow {
  const month = `${receivedAt.toString().slice(0, 7)}-01`
  const row = { tenantId, id: newId(), stationId, number, startKey, sessionId: session.row.id, month }
  batch.newTransactions.push(row)
  addTransaction(batch.transactions, row)
  if (!batch.bearers.has(session.row.id)) batch.bearers.set(session.row.id, row)
  return row
}

function place(number: number | undefined): number | undefined {
  return number !== undefined && number > 0 && number <= 255 ? number : undefined
}
