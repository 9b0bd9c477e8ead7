import type { Bus, Clock, Database } from '../platform/index.ts'
import { textFromInstant } from '../../../units/index.ts'
import type { ReportBody, ShortStep, ShortWay, StationReport } from '../stations/index.ts'
import type { SessionRow, TransactionRow } from './held.ts'
import {
  energyOfRunning,
  movedOn,
  type Onward,
  type Running,
  runningFrom,
  SAME_CLOCK_MS,
  toMilliseconds,
} from './rules/index.ts'
import type { MeterRow } from './store-meter.ts'
import { isNotAsKnown, type Move, moveStatement } from './store-running.ts'

/**
 * Running sessions at hand, so that the next meter value of one costs a single statement and no reading. Only hints: the
 * statement itself refuses when a row is not as we know it, and the report goes the whole way.
 */
export interface AtHand extends ShortWay {
  /** As it was just committed by the database transaction `writtenBy`. Forgets it where its next report may change more than its progress. */
  keep(row: SessionRow, transaction: TransactionRow, writtenBy: string): void
  forget(sessionId: string): void
}

export interface AtHandDeps {
  readonly database: Database
  readonly clock: Clock
  readonly bus: Bus
}

interface Kept {
  readonly tenantId: string
  readonly stationId: string
  readonly sessionId: string
  readonly evseId: number
  readonly connectorId: number | null
  readonly transaction: TransactionRow
  readonly startedAtMs: number
  running: Running
  writtenBy: string
  isMoving: boolean
}

interface Step extends ShortStep, Move {
  readonly kept: Kept
}

/** Some 2 KB each. The oldest make room: their next report goes the whole way and brings them back. */
const MOST_KEPT = 50_000
const TELL_MS = 250

export function openAtHand({ database, clock, bus }: AtHandDeps): AtHand {
  const shelf = openShelf()
  const teller = openTeller(bus)
  const { forget } = shelf
  return {
    keep(row, transaction, writtenBy) {
      forget(row.id)
      const running = runningFrom(row.machine)
      if (running === undefined) return
      const { tenantId, stationId, id: sessionId, evseId, connectorId } = row
      const startedAtMs = (row.machine.transaction?.started?.at ?? row.machine.startedAt).epochMilliseconds
      const kept = { tenantId, stationId, sessionId, evseId, connectorId, transaction, startedAtMs, running, writtenBy }
      shelf.put({ ...kept, isMoving: false })
    },
    forget,
    step(report) {
      const said = onwardFrom(report.body)
      const kept = said === undefined ? undefined : shelf.find(report.stationId, said)
      if (said === undefined || kept === undefined || kept.isMoving || !isAsExpected(kept, report, said))
        return undefined
      const running = movedOn(kept.running, said)
      return running === undefined ? undefined : stepOf(kept, running, report, said)
    },
    async save(steps: readonly Step[]) {
      const inOrder = steps.toSorted((left, right) => (left.sessionId < right.sessionId ? -1 : 1))
      for (const { kept } of steps) kept.isMoving = true
      try {
        const tenantIds = [...new Set(steps.map((step) => step.tenantId))]
        const [row] = await database.inTenantsAtOnce<{ writtenBy: string }>(
          tenantIds,
          moveStatement(inOrder, clock.now()),
        )
        for (const { kept, running } of steps) {
          kept.running = running
          kept.writtenBy = row?.writtenBy ?? ''
          kept.isMoving = false
          teller.tell(kept)
        }
        return true
      } catch (error) {
        for (const { kept } of steps) forget(kept.sessionId)
        if (isNotAsKnown(error)) return false
        throw error
      }
    },
  }
}

const nameOf = (stationId: string, number: string): string => `${stationId}#${number}`
const placeOf = ({ stationId, evseId }: Pick<Kept, 'stationId' | 'evseId'>): string => `${stationId}/${evseId}`

/** What is kept, by its transaction and by its EVSE. */
function openShelf() {
  const byName = new Map<string, Kept>()
  const byPlace = new Map<string, Kept>()
  const bySession = new Map<string, Kept>()
  const forget = (sessionId: string): void => {
    const kept = bySession.get(sessionId)
    if (kept === undefined) return
    bySession.delete(sessionId)
    byName.delete(nameOf(kept.stationId, kept.transaction.number))
    if (byPlace.get(placeOf(kept)) === kept) byPlace.delete(placeOf(kept))
  }
  return {
    forget,
    put(kept: Kept): void {
      const [oldest] = bySession.values()
      if (bySession.size >= MOST_KEPT && oldest !== undefined) forget(oldest.sessionId)
      bySession.set(kept.sessionId, kept)
      byName.set(nameOf(kept.stationId, kept.transaction.number), kept)
      byPlace.set(placeOf(kept), kept)
    },
    /** 1.6 readings need not name a transaction: then they are of the one session that is open at their EVSE. */
    find(stationId: string, { number, evse }: Said): Kept | undefined {
      if (number !== undefined) return byName.get(nameOf(stationId, number))
      return evse === undefined || evse === 0 ? undefined : byPlace.get(placeOf({ stationId, evseId: evse }))
    },
  }
}

interface Said extends Onward {
  readonly number: string | undefined
  readonly evse: number | undefined
  readonly connector: number | undefined
}

/** What a meter value says; undefined for whatever may be more. */
function onwardFrom(body: ReportBody): Said | undefined {
  if (body.kind === 'meter-read') {
    const { transactionNumber: number, evse, connector } = body
    const readings = toMilliseconds(body.readings)
    const last = readings.at(-1)
    if (last === undefined) return undefined
    return { number, evse, connector, readings, reportedAtMs: last.at.epochMilliseconds }
  }
  if (body.kind !== 'transaction-updated' || body.trigger !== 'meter-value') return undefined
  const { transaction, evse, connector, readings, seqNo, chargingState, idToken, remoteStartId, offline } = body
  if (idToken !== undefined || remoteStartId !== undefined || offline || !('number' in transaction)) return undefined
  return {
    number: transaction.number,
    evse,
    connector,
    readings: toMilliseconds(readings),
    reportedAtMs: body.reportedAt.epochMilliseconds,
    ...(seqNo === undefined ? {} : { seqNo }),
    ...(chargingState === undefined ? {} : { chargingState }),
  }
}

/** The time is the station's own and right, and the place is the session's. */
function isAsExpected(kept: Kept, { receivedAt }: StationReport, said: Said): boolean {
  const { reportedAtMs, evse, connector } = said
  const ageMs = receivedAt.epochMilliseconds - reportedAtMs
  if (ageMs > SAME_CLOCK_MS || ageMs < -SAME_CLOCK_MS || reportedAtMs < kept.startedAtMs) return false
  if (kept.running.isNumbered !== (said.seqNo !== undefined)) return false
  if (evse !== undefined && evse !== kept.evseId) return false
  return connector === undefined || connector === kept.connectorId
}

function stepOf(kept: Kept, running: Running, report: StationReport, { readings, seqNo }: Said): Step {
  const { tenantId, stationId, sessionId, transaction, writtenBy } = kept
  const { receivedAt, epoch } = report
  const rows = readings.map((reading): MeterRow => {
    return { tenantId, transactionId: transaction.id, month: transaction.month, receivedAt, reading }
  })
  const answer =
    seqNo === undefined ? ({ kind: 'noted' } as const) : ({ kind: 'transaction', number: transaction.number } as const)
  return { tenantId, stationId, epoch, sessionId, writtenBy, running, readings: rows, answer, kept }
}

/** Live pages hear of a session's power some times a second, however often it is read. */
function openTeller(bus: Bus): { tell(kept: Kept): void } {
  const waiting = new Map<string, Kept>()
  const tellAll = (): void => {
    for (const kept of waiting.values()) if (bus.isHeard(kept.tenantId)) bus.publish(kept.tenantId, meterRead(kept))
    waiting.clear()
  }
  return {
    tell(kept) {
      if (waiting.size === 0) setTimeout(tellAll, TELL_MS).unref()
      waiting.set(kept.sessionId, kept)
    },
  }
}

function meterRead({ sessionId, stationId, evseId, running }: Kept) {
  const atMs = running.powerAtMs ?? running.lastAtMs
  return {
    type: 'meter.read',
    version: 1,
    at: textFromInstant(Temporal.Instant.fromEpochMilliseconds(atMs)),
    sessionId,
    stationId,
    evseId,
    ...(running.powerAtMs === undefined ? {} : { powerW: running.powerW }),
    registerWh: running.lastWh,
    energyWh: energyOfRunning(running),
  }
}
