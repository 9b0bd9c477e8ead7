import { isBefore } from '../../../units/index.ts'
import { must } from '../platform/index.ts'
import type {
  ChargingState,
  EvseStatusReport,
  MeterReading,
  MeterReadReport,
  ReportAnswer,
  StationReport,
  TransactionReport,
} from '../stations/index.ts'
import { last4Of } from '../subscribers/index.ts'
import { type Batch, isNoNumber, isTransaction, type Prepared, placeKey, transactionOf } from './batch.ts'
import { beginOrphan, beginTransaction, runningAt, takePlace } from './begin.ts'
import { type HeldSession, ofNobody, type TransactionRow, withoutWish } from './held.ts'
import { judgeReported } from './judge.ts'
import { learn } from './learn.ts'
import { limitsFor } from './limits.ts'
import {
  type Authoriser,
  instantOfReport,
  isAligned,
  isClosed,
  isRepeat,
  type ReportInstant,
  type ReportTimes,
  type Session,
  type TransactionFact,
  withLimits,
} from './rules/index.ts'
import { keyOf } from './store-meter.ts'

/** Decides on one report, in memory. Never refuses: what is absurd is kept, flagged and judged afterwards. */
export function takeReport(batch: Batch, prepared: Prepared, authorisers: readonly Authoriser[]): ReportAnswer {
  const { body } = prepared.report
  if (isTransaction(body)) return takeTransactionReport(batch, prepared, body, authorisers)
  if (body.kind === 'meter-read') takeMeterRead(batch, prepared, body)
  if (body.kind === 'evse-status') takeStatus(batch, prepared, body)
  return { kind: 'noted' }
}

function takeTransactionReport(
  batch: Batch,
  prepared: Prepared,
  body: TransactionReport,
  authorisers: readonly Authoriser[],
): ReportAnswer {
  const { report } = prepared
  const known = transactionOf(batch, prepared) ?? beginTransaction(batch, prepared, body)
  const session = must(batch.sessions.get(known.sessionId), 'session of a transaction')
  const { machine } = session.row
  const when = instantOfReport({ ...report, ...body, ...neighbours(machine, body) })
  // 2.x: who stops may be told before the end is.
  const isEnd = body.kind === 'transaction-ended' || body.trigger === 'stop-authorized'
  const judged =
    body.idToken === undefined
      ? undefined
      : judgeReported(
          batch,
          prepared,
          body.idToken,
          { session, at: when.at, purpose: isEnd ? 'stop' : 'start' },
          authorisers,
        )
  const byWish = body.remoteStartId !== undefined && body.remoteStartId === session.row.remoteStartId
  const token = judged === undefined ? (byWish ? 'may-charge' : undefined) : judged.mayCharge ? 'may-charge' : 'refused'
  const chargingState = body.chargingState ?? shownBefore(batch, report, body, when)
  const fact: TransactionFact = {
    kind: body.kind,
    number: known.number,
    readings: body.readings,
    wasQueued: when.wasQueued,
    wasCorrected: when.wasCorrected,
    receivedAt: report.receivedAt,
    ...(isNamelessEnd(machine, body) ? { isNameless: true as const } : {}),
    ...(body.seqNo === undefined ? {} : { seqNo: body.seqNo }),
    ...(chargingState === undefined ? {} : { chargingState }),
    ...(body.stopReason === undefined ? {} : { stopReason: body.stopReason }),
    ...(hasStopped(body) ? { hasStopped: true as const } : {}),
    ...(token === undefined || isEnd ? {} : { token }),
  }
  if (!isRepeat(machine, fact, when.at)) {
    if (judged !== undefined && !isEnd) adoptToken(batch, session, prepared, body, judged)
    adoptPlace(batch, session, body, when.at)
    keepReadings(batch, prepared, known, body.readings)
    learn(session, fact, when.at)
  } else if (isReused(machine, body, when)) {
    batch.strangers.push({ report, number: known.number, sessionId: session.row.id, isReused: true })
  }
  return {
    kind: 'transaction',
    number: known.number,
    ...(judged === undefined ? {} : { token: judged.answer }),
  }
}

/** A status this fresh is of the car that now begins. */
const JUST_SHOWN_SECONDS = 60

/** 1.6: some stations tell that it charges, and then that it began. */
function shownBefore(
  { places }: Batch,
  { stationId, receivedAt }: StationReport,
  { kind, evse, seqNo }: TransactionReport,
  { wasQueued, wasCorrected }: ReportInstant,
): ChargingState | undefined {
  if (kind !== 'transaction-started' || seqNo !== undefined || evse === undefined || wasQueued || wasCorrected)
    return undefined
  const { phase, statusAt } = places.get(placeKey(stationId, evse)) ?? {}
  if (phase !== 'charging' && phase !== 'suspended-ev' && phase !== 'suspended-evse') return undefined
  if (statusAt === null || statusAt === undefined) return undefined
  return isBefore(statusAt.add({ seconds: JUST_SHOWN_SECONDS }), receivedAt) ? undefined : phase
}

/** 2.x: by a card, from afar, or as its card is not good; where only the car's going ends a transaction, that end comes later. */
function hasStopped({ kind, trigger }: TransactionReport): boolean {
  return kind === 'transaction-updated' && ['stop-authorized', 'remote-stop', 'deauthorized'].includes(trigger)
}

/** 1.6: it says -1 or 0, and its session is known. */
function isNamelessEnd({ flags }: Session, { kind, seqNo, transaction }: TransactionReport): boolean {
  if (kind !== 'transaction-ended' || seqNo !== undefined || !('number' in transaction)) return false
  return isNoNumber(transaction.number) && !flags.includes('orphan')
}

const REUSED_AFTER_SECONDS = 60

/** 2.x: begun again, by a clock that is right, when it was over: the station gives a number twice. */
function isReused({ transaction }: Session, body: TransactionReport, when: ReportInstant): boolean {
  const { ended } = transaction ?? {}
  if (body.kind !== 'transaction-started' || body.seqNo === undefined || ended === undefined) return false
  return !when.wasCorrected && isBefore(ended.at.add({ seconds: REUSED_AFTER_SECONDS }), when.at)
}

/** What is known of the transaction bounds the time of a queued report. */
function neighbours(machine: Session, body: TransactionReport): Pick<ReportTimes, 'notBefore' | 'notAfter'> {
  const { transaction } = machine
  if (transaction === undefined) return {}
  if (body.kind === 'transaction-started') return { notAfter: transaction.earliestAt }
  const { started, ended, newest } = transaction
  const follows = body.seqNo !== undefined && newest.seqNo !== undefined && body.seqNo > newest.seqNo
  const notBefore = follows ? newest.at : started?.at
  return {
    ...(notBefore === undefined ? {} : { notBefore }),
    ...(ended === undefined ? {} : { notAfter: ended.at }),
  }
}

/** A token shown for the first time, or the first that may charge, is whose session it is; also where a wish was awaited there. */
function adoptToken(
  batch: Batch,
  session: HeldSession,
  { tokenHash }: Prepared,
  body: TransactionReport,
  judged: ReturnType<typeof judgeReported>,
): void {
  const { row } = session
  const isWish = row.remoteStartId !== null
  if (isWish && (!judged.mayCharge || isOfWish(row, body, tokenHash))) return
  const isFirst = row.tokenLast4 === null || (judged.mayCharge && row.machine.transaction?.authorisedAt === undefined)
  if (judged.isAnybody && isWish) session.row = ofNobody(row)
  if (judged.isAnybody || !isFirst || body.idToken === undefined) return
  session.row = {
    ...(isWish ? withoutWish(row) : row),
    startedBy: 'card',
    idTokenId: judged.row?.id ?? null,
    tokenLast4: judged.row?.last4 ?? last4Of(body.idToken.uid, body.idToken.type),
    machine: withLimits(row.machine, limitsFor(batch.stations.get(row.stationId), judged.row?.class)),
  }
  if (judged.row !== undefined) {
    batch.tokenSessions.push({ idTokenId: judged.row.id, sessionId: row.id, stationId: row.stationId })
  }
}

/** What was wished for begins, or has begun already. */
function isOfWish(row: HeldSession['row'], body: TransactionReport, tokenHash: Buffer | undefined): boolean {
  if (row.machine.transaction?.authorisedAt !== undefined) return true
  if (tokenHash !== undefined && row.wishUidHash?.equals(tokenHash) === true) return true
  return body.remoteStartId === row.remoteStartId && row.idTokenId !== null
}

/** 2.x names the EVSE once only, and in any report. */
function adoptPlace(batch: Batch, session: HeldSession, body: TransactionReport, at: Temporal.Instant): void {
  const { row } = session
  // A wish named the EVSE that was meant; the station names the one it is.
  const isOpen = row.evseId === 0 || row.machine.wish !== undefined
  const evseId = isOpen && isPlace(body.evse) ? body.evse : row.evseId
  if (evseId !== row.evseId) takePlace(batch, session, evseId, at, body.readings[0]?.registerWh)
  const connectorId = row.connectorId ?? (isPlace(body.connector) ? body.connector : null)
  session.row = { ...row, evseId, connectorId, machine: { ...row.machine, evse: evseId } }
}

export function isPlace(number: number | undefined): number is number {
  return number !== undefined && number > 0 && number <= 255
}

function takeMeterRead(batch: Batch, prepared: Prepared, body: MeterReadReport): void {
  const { report } = prepared
  const last = body.readings.at(-1)
  if (last === undefined) return
  const found = bearerOf(batch, prepared, body)
  if (found === undefined) return
  const { session, transaction } = found
  const { machine } = session.row
  const latest = body.readings.reduce(
    (at, reading) => (Temporal.Instant.compare(reading.at, at) > 0 ? reading.at : at),
    last.at,
  )
  const startedAt = machine.transaction?.started?.at
  const when = instantOfReport({
    ...report,
    reportedAt: latest,
    offline: false,
    ...(startedAt === undefined ? {} : { notBefore: startedAt }),
  })
  keepReadings(batch, prepared, transaction, body.readings)
  const { readings } = body
  const { wasQueued } = when
  // A time that is the start of an interval, or is told at its end, says nothing of the station’s clock.
  const wasCorrected = when.wasCorrected && !readings.some(isAligned)
  if (machine.transaction !== undefined) {
    const { transactionNumber: number } = body
    const said = number === undefined ? {} : { isNameless: isNoNumber(number) }
    const { receivedAt } = report
    return learn(session, { kind: 'readings', readings, wasCorrected, receivedAt, ...said }, when.at)
  }
  // An orphan has no start: its first readings are the first that is heard of it.
  const { number } = transaction
  const { receivedAt } = report
  const fact = { kind: 'transaction-updated', number, readings, wasCorrected, wasQueued, receivedAt } as const
  learn(session, fact, when.at)
}

/** Whose readings these are: of the transaction they name, else of the session at their EVSE. */
function bearerOf(
  batch: Batch,
  prepared: Prepared,
  body: MeterReadReport,
): { readonly session: HeldSession; readonly transaction: TransactionRow } | undefined {
  const { report } = prepared
  const named = transactionOf(batch, prepared)
  if (named !== undefined) {
    return { session: must(batch.sessions.get(named.sessionId), 'session of a transaction'), transaction: named }
  }
  const running = runningAt(batch, report.stationId, body.evse)
  const transaction = running === undefined ? undefined : batch.bearers.get(running.row.id)
  if (running !== undefined && transaction !== undefined && body.evse > 0) {
    const wantsReading =
      running.row.machine.transaction?.isNumbered !== true || running.row.machine.state === 'waiting-for-meter'
    return wantsReading ? { session: running, transaction } : undefined
  }
  if (body.transactionNumber === undefined || isOfIdleMeter(batch, report.stationId, body)) return undefined
  return beginOrphan(batch, prepared, body.transactionNumber, body.evse, body.readings)
}

/** Read when idle, too. */
const idleContexts: ReadonlySet<string> = new Set(['clock', 'trigger'])

/** 1.6 stations may say -1 or 0 of what no transaction is: the main meter, or a connector that is free. */
function isOfIdleMeter(
  { places }: Batch,
  stationId: string,
  { transactionNumber = '', evse, readings }: MeterReadReport,
): boolean {
  if (!isNoNumber(transactionNumber)) return false
  const isFree = places.get(placeKey(stationId, evse))?.status === 'available'
  return evse === 0 || (isFree && readings.every(({ context }) => idleContexts.has(context)))
}

function takeStatus(batch: Batch, prepared: Prepared, body: EvseStatusReport): void {
  const { report } = prepared
  const place = batch.places.get(placeKey(report.stationId, body.evse))
  const session =
    batch.opened.get(placeKey(report.stationId, body.evse)) ?? batch.sessions.get(place?.openSessionId ?? '')
  if (session === undefined || isClosed(session.row.machine.state)) return
  const { status, phase, connector } = body
  const { connectorId } = session.row
  // The other plug of its EVSE (2.x) says nothing of it; where the station named none, only the EVSE as a whole does.
  if (connector > 0 && connectorId !== null && connector !== connectorId) return
  if (connectorId === null && status === 'available' && place?.status === 'occupied') return
  const reportedAt = body.reportedAt ?? report.receivedAt
  const startedAt = session.row.machine.transaction?.started?.at
  const { at } = instantOfReport({
    ...report,
    reportedAt,
    offline: false,
    ...(startedAt === undefined ? {} : { notBefore: startedAt }),
  })
  learn(session, { kind: 'evse-status', status, ...(phase === undefined ? {} : { phase }) }, at)
}

/** One row per timestamp and context: what comes twice in one batch fills what is missing. */
function keepReadings(
  batch: Batch,
  { report }: Prepared,
  { id, tenantId, month }: TransactionRow,
  readings: readonly MeterReading[],
): void {
  for (const reading of readings) {
    const key = keyOf(id, reading)
    const before = batch.meterRows.get(key)
    batch.meterRows.set(key, {
      tenantId,
      transactionId: id,
      month,
      receivedAt: report.receivedAt,
      reading: before === undefined ? reading : { ...reading, ...before.reading },
    })
  }
}
