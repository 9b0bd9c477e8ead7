import { newId, type Tx } from '../platform/index.ts'
import type { IsCurrent, ReportAnswer, StationReport } from '../stations/index.ts'
import { type Batch, loadBatch } from './batch.ts'
import type { SessionsDeps } from './deps.ts'
import type { HeldSession } from './held.ts'
import { energyOfSession, textFromProgress, withFlag } from './rules/index.ts'
import { hasProgressOnly, saveSessions } from './save-sessions.ts'
import { powerOf } from './store.ts'
import { keepMeterValues, keepSigned, keyOf, type ProgressRow } from './store-meter.ts'
import { takeReport } from './take-report.ts'

/**
 * Takes a batch of reports of many stations and tenants inside its transaction: loads what they need with one query per
 * table, decides on one after the other in memory, saves with one statement per table. Answers at the same index. Nothing
 * is refused: what is absurd is kept, flagged and judged afterwards.
 */
export async function takeReports(
  tx: Tx,
  deps: SessionsDeps,
  reports: readonly StationReport[],
  isCurrent?: Promise<IsCurrent>,
): Promise<readonly ReportAnswer[]> {
  const concerned = reports.filter(concernsSessions)
  if (concerned.length === 0) return reports.map(() => ({ kind: 'noted' }))
  const batch = await loadBatch(tx, deps, concerned)
  const counts = (await isCurrent) ?? (() => true)
  const answers = batch.prepared.map(
    (one): ReportAnswer => (counts(one.report) ? takeReport(batch, one, deps.authorisers ?? []) : { kind: 'noted' }),
  )
  const at = deps.clock.now()
  await saveSessions(
    tx,
    deps,
    {
      sessions: [...batch.sessions.values()],
      transactions: batch.newTransactions,
      opened: [...batch.opened.values()],
      stations: batch.stations,
      readings: saveReadings(tx, batch, at),
    },
    at,
  )
  await tellStrangers(tx, deps, batch, at)
  tx.afterCommit(() => keepAtHand(deps, batch))
  const byReport = new Map(concerned.map((report, index) => [report, answers[index]]))
  return reports.map((report) => byReport.get(report) ?? { kind: 'noted' })
}

/** The sessions as they are now committed, under the transaction that a report named, or that bears its readings. */
function keepAtHand({ atHand }: SessionsDeps, { sessions, transactions, bearers, writtenBy }: Batch): void {
  if (atHand === undefined) return
  const concerned = new Map([...bearers.values(), ...transactions.values()].map((row) => [row.sessionId, row]))
  for (const [sessionId, transaction] of concerned) {
    const session = sessions.get(sessionId)
    if (session?.isTouched === true) atHand.keep(session.row, transaction, writtenBy)
  }
}

function concernsSessions({ body }: StationReport): boolean {
  switch (body.kind) {
    case 'transaction-started':
    case 'transaction-updated':
    case 'transaction-ended':
    case 'meter-read':
      return true
    // What a connector shows matters to a session only where its phase is told (1.6), or where it is free again.
    case 'evse-status':
      return body.evse > 0 && (body.phase !== undefined || body.status === 'available')
    case 'booted':
    case 'problem':
    case 'recorded':
      return false
  }
}

async function saveReadings(tx: Tx, batch: Batch, at: Temporal.Instant): Promise<void> {
  const rows = [...batch.meterRows.values()]
  const moved = [...batch.sessions.values()].filter(hasProgressOnly)
  const again = await keepMeterValues(tx, rows, moved.map(progressOf), at)
  for (const session of moved) session.isSaved = true
  const signed = rows
    .filter((row) => !again.keys.has(keyOf(row.transactionId, row.reading)))
    .flatMap((row) => (row.reading.signed ?? []).map((text) => ({ ...row, id: newId(), signed: text })))
  await keepSigned(tx, signed)
  for (const [sessionId, bearer] of batch.bearers) {
    const session = batch.sessions.get(sessionId)
    if (session === undefined || !again.differing.has(bearer.id)) continue
    session.row = { ...session.row, machine: withFlag(session.row.machine, 'reading-differs') }
    session.isTouched = true
    session.isSaved = false
  }
}

function progressOf({ row }: HeldSession): ProgressRow {
  const { tenantId, id: sessionId, machine } = row
  const energyWh = energyOfSession(machine)
  return { tenantId, sessionId, progress: textFromProgress(machine), energyWh, powerW: powerOf(machine) }
}

/** A station named a transaction that is not its own: a lost start, or one that guesses. People look. */
async function tellStrangers(tx: Tx, deps: SessionsDeps, batch: Batch, at: Temporal.Instant): Promise<void> {
  if (batch.strangers.length === 0) return
  await deps.raiseAlerts(
    tx,
    batch.strangers.map(({ report, number, sessionId, isReused = false }) => ({
      tenantId: report.tenantId,
      kind: isReused ? 'transaction-number-reused' : 'unknown-transaction',
      severity: isReused ? 'critical' : 'major',
      subject: report.stationId,
      stationId: report.stationId,
      sessionId,
      evidence: { transactionNumber: number.slice(0, 36), report: report.body.kind },
      at,
    })),
  )
}
