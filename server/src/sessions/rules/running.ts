import type { MeterReading } from '../../stations/model.ts'
import { readingContexts } from '../../stations/model.ts'
import type { SeenRanges } from './seen.ts'
import type { Session, Transaction } from './session.ts'

/**
 * A session whose energy flows, as plain numbers: all that is needed to take its next meter value without the machine.
 * Instants are milliseconds since 1970. What a step makes of it is exactly what the machine would make (`running.test.ts`).
 */
export interface Running {
  readonly isNumbered: boolean
  readonly first: { readonly atMs: number; readonly context: number; readonly registerWh: number }
  readonly lastAtMs: number
  readonly lastContext: number
  readonly lastWh: number
  /** Undefined: no power was read yet. */
  readonly powerAtMs: number | undefined
  readonly powerW: number
  readonly mostW: number
  readonly seen: SeenRanges
  readonly newestAtMs: number
  readonly newestSeqNo: number | undefined
  /** What flows, where the station says so, and the number of the report that said it. */
  readonly flow: { readonly state: string; readonly seqNo: number | undefined } | undefined
}

/** A report that may only move a session on. */
export interface Onward {
  readonly seqNo?: number
  readonly reportedAtMs: number
  readonly chargingState?: string
  readonly readings: readonly MeterReading[]
}

const BEGIN = readingContexts.indexOf('transaction-begin')
const END = readingContexts.indexOf('transaction-end')
const BIGGEST_INT = 2_000_000_000

/** Undefined where the next report may change more than the progress: a gap, an end that was told. */
export function runningFrom({
  state,
  meter,
  transaction,
  deadlines,
  flags,
  estimatedWh,
}: Session): Running | undefined {
  const { first, last, power } = meter
  if ((state !== 'delivering' && state !== 'paused') || transaction === undefined) return undefined
  if (transaction.ended !== undefined || estimatedWh !== undefined || flags.includes('orphan')) return undefined
  if (first === undefined || last === undefined || last.registerWh < first.registerWh) return undefined
  const waitsForEnergy = deadlines['no-energy'] !== undefined
  if (deadlines.cable !== undefined || (waitsForEnergy && deadlines.stop !== undefined)) return undefined
  const hasEnergy = last.registerWh > first.registerWh
  if (!hasEnergy && !(waitsForEnergy && mayBegin(transaction, flags))) return undefined
  if (deadlines.duration === undefined && deadlines.stop === undefined) return undefined
  const { isNumbered, isMiscounted, isNameless, seen, newest } = transaction
  if (isMiscounted === true || isNameless === true) return undefined
  const flow = transaction.flow.at(-1)
  // One range: nothing is missing.
  if (isNumbered && (seen.length !== 2 || seen[1] !== newest.seqNo)) return undefined
  return {
    isNumbered,
    first: { atMs: first.at.epochMilliseconds, context: contextNumber(first.context), registerWh: first.registerWh },
    lastAtMs: last.at.epochMilliseconds,
    lastContext: contextNumber(last.context),
    lastWh: last.registerWh,
    powerAtMs: power?.at.epochMilliseconds,
    powerW: power?.powerW ?? 0,
    mostW: power?.mostW ?? Number.NEGATIVE_INFINITY,
    seen,
    newestAtMs: newest.at.epochMilliseconds,
    newestSeqNo: newest.seqNo,
    flow: flow === undefined ? undefined : { state: flow.state, seqNo: flow.seqNo },
  }
}

/**
 * Whether the first energy changes nothing but the progress: it flows already by all that is known, and nobody was told that it
 * does not. (That its deadline is void then, every reader sees by itself: `sessionFromText`.)
 */
function mayBegin({ authorisedAt, flow }: Transaction, flags: Session['flags']): boolean {
  const flows = flow.at(-1)?.state
  return authorisedAt !== undefined && (flows === undefined || flows === 'charging') && !flags.includes('no-energy')
}

/** The session after one more report; undefined where the machine must be asked. */
export function movedOn(running: Running, report: Onward): Running | undefined {
  const numbered = running.isNumbered ? numberedOn(running, report) : running
  if (numbered === undefined) return undefined
  let { lastAtMs, lastContext, lastWh, powerAtMs, powerW, mostW } = running
  if (lastContext === END) return undefined
  for (const reading of report.readings) {
    const atMs = reading.at.epochMilliseconds
    const { registerWh } = reading
    // Strictly later than all before it: so it is no repeat either.
    if (atMs <= lastAtMs || atMs <= running.first.atMs || (powerAtMs !== undefined && atMs <= powerAtMs))
      return undefined
    if (reading.signed !== undefined || !isWithinBounds(reading)) return undefined
    const context = contextNumber(reading.context)
    if (context === BEGIN || context === END) return undefined
    if (registerWh !== undefined) {
      if (registerWh < lastWh) return undefined
      lastAtMs = atMs
      lastContext = context
      lastWh = registerWh
    }
    if (reading.powerW !== undefined) {
      powerAtMs = atMs
      powerW = reading.powerW
      mostW = Math.max(mostW, powerW)
    }
  }
  return { ...numbered, lastAtMs, lastContext, lastWh, powerAtMs, powerW, mostW }
}

function numberedOn(running: Running, { seqNo, reportedAtMs, chargingState }: Onward): Running | undefined {
  const { newestSeqNo, seen, flow } = running
  if (seqNo === undefined || newestSeqNo === undefined || seqNo !== newestSeqNo + 1) return undefined
  if (reportedAtMs < running.newestAtMs) return undefined
  if (chargingState !== undefined) {
    if (flow?.state !== chargingState || flow.seqNo === undefined || flow.seqNo < (seen[0] ?? 0)) return undefined
  }
  return { ...running, seen: [seen[0] ?? 0, seqNo], newestAtMs: reportedAtMs, newestSeqNo: seqNo }
}

function isWithinBounds({ registerWh, powerW }: MeterReading): boolean {
  if (registerWh === undefined && powerW === undefined) return false
  if (registerWh !== undefined && !Number.isSafeInteger(registerWh)) return false
  return powerW === undefined || (powerW <= BIGGEST_INT && powerW >= -BIGGEST_INT)
}

/** As `textFromProgress` writes it. */
export function textFromRunning(running: Running): string {
  const { first, lastAtMs, lastContext, lastWh, powerAtMs, powerW, mostW, seen, newestAtMs, newestSeqNo } = running
  const watts = powerAtMs === undefined ? '0' : `[${powerAtMs},${powerW},${mostW}]`
  return `[[${first.atMs},${first.context},${first.registerWh}],[${lastAtMs},${lastContext},${lastWh}],${watts},[${seen.join(',')}],[${newestAtMs},${newestSeqNo ?? 'null'}]]`
}

export function energyOfRunning({ first, lastWh }: Running): number {
  return lastWh - first.registerWh
}

const numbers = new Map<string, number>(readingContexts.map((context, index) => [context, index]))

function contextNumber(context: MeterReading['context']): number {
  return numbers.get(context) ?? -1
}
