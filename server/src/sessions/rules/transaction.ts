import { earlierOf, isBefore } from '../../../../units/index.ts'
import type { TransactionFact } from './facts.ts'
import { addSeen, hasSeen, hasSeenAll, type SeenRanges } from './seen.ts'
import { type FlowPoint, type Session, type Transaction, withFlag } from './session.ts'

/**
 * The natural key of a report (the OCPP message id is none: stations make a new one for each retry). 2.x: a sequence
 * number that was seen, unless it is surely another's; 1.6, and where the numbers say nothing: a start, and a stop, that is known.
 */
export function isRepeat(session: Pick<Session, 'transaction' | 'flags'>, fact: TransactionFact, at: Temporal.Instant) {
  const { transaction } = session
  if (transaction === undefined) return false
  if (fact.seqNo !== undefined && transaction.isMiscounted !== true) {
    return hasSeen(transaction.seen, fact.seqNo) && !isOfAnother(session, fact, at)
  }
  if (fact.kind === 'transaction-started') return transaction.started !== undefined
  if (fact.kind === 'transaction-ended') return transaction.ended !== undefined
  return false
}

/** Reports this much later than all that is known are no repeats: two clocks as close as this are one. */
const LATER_SECONDS = 60

/** 2.x: this number was seen, and yet the report is another: the station's counter stands still, or began anew. */
function isOfAnother(
  { transaction, flags }: Pick<Session, 'transaction' | 'flags'>,
  { kind, seqNo, wasCorrected }: TransactionFact,
  at: Temporal.Instant,
): boolean {
  if (transaction === undefined) return false
  const { started, ended, newest } = transaction
  if (kind === 'transaction-started') return started === undefined
  if (kind === 'transaction-ended') return ended === undefined
  // After its end it may be another transaction under the same name.
  if (ended !== undefined && isBefore(ended.at, at)) return false
  if (seqNo === started?.seqNo || seqNo === ended?.seqNo) return true
  const isClockRight = !wasCorrected && !flags.includes('clock-corrected')
  return ended === undefined && isClockRight && isBefore(newest.at.add({ seconds: LATER_SECONDS }), at)
}

/** Beyond so many gaps the numbers are of something else than this transaction, and keeping them would cost more with each report. */
const MOST_SEEN = 2_000

/** From the first report that shows it, the numbers of a transaction say nothing: time orders what is still told, as in 1.6. */
export function asCounted(session: Session, fact: TransactionFact) {
  const { transaction } = session
  if (transaction === undefined || fact.seqNo === undefined) return { session, fact }
  const { seqNo, ...uncounted } = fact
  if (transaction.isMiscounted === true) return { session, fact: uncounted }
  const isNew = !hasSeen(transaction.seen, seqNo)
  if (isNew && transaction.seen.length < MOST_SEEN) return { session, fact }
  const timed: Session = { ...session, transaction: { ...transaction, isMiscounted: true } }
  return { session: isNew ? timed : withFlag(timed, 'numbers-repeated'), fact: uncounted }
}

/** Puts a report into what is known, in whatever order reports come: what was sent once is merged, never overwritten. */
export function withReport(known: Transaction | undefined, fact: TransactionFact, at: Temporal.Instant): Transaction {
  const mark = { at, ...(fact.seqNo === undefined ? {} : { seqNo: fact.seqNo }) }
  const before = known ?? {
    number: fact.number,
    isNumbered: fact.seqNo !== undefined,
    seen: [],
    newest: mark,
    earliestAt: at,
    wasRefused: false,
    flow: [],
  }
  const started = before.started ?? (fact.kind === 'transaction-started' ? mark : undefined)
  const ended = before.ended ?? (fact.kind === 'transaction-ended' ? endOf(fact, mark) : undefined)
  const authorisedAt = authorisedBy(before, fact, at)
  const stopped = stoppedBy(before, fact, mark)
  return {
    ...goingOn(before, fact, at),
    seen: fact.seqNo === undefined ? before.seen : addSeen(before.seen, fact.seqNo),
    newest: comesAfter(mark, before.newest) ? mark : before.newest,
    earliestAt: earlierOf(before.earliestAt, at),
    wasRefused: before.wasRefused || (fact.token === 'refused' && fact.kind !== 'transaction-ended'),
    flow: fact.chargingState === undefined ? before.flow : withFlow(before, { ...mark, state: fact.chargingState }),
    ...(started === undefined ? {} : { started }),
    ...(ended === undefined ? {} : { ended }),
    ...(authorisedAt === undefined ? {} : { authorisedAt }),
    ...(stopped === undefined ? {} : { stopped }),
  }
}

function stoppedBy({ stopped }: Transaction, { hasStopped }: TransactionFact, mark: Mark): Transaction['stopped'] {
  if (hasStopped !== true) return stopped
  return stopped === undefined || comesAfter(mark, stopped) ? mark : stopped
}

/** 2.x: it did what it was told, and only waits for the car to go (TxStopPoint without Authorized). */
export function isStopped({ stopped, flow }: Transaction): boolean {
  return stopped !== undefined && !flow.some((point) => point.state === 'charging' && comesAfter(point, stopped))
}

/** 2.x: its connector showed free, and yet it says more of itself since: it was not. */
function goingOn(known: Transaction, fact: TransactionFact, at: Temporal.Instant): Transaction {
  const { freeSince, ...rest } = known
  const goesOn = known.isNumbered && fact.kind !== 'transaction-ended'
  return goesOn && freeSince !== undefined && isBefore(freeSince, at) ? rest : known
}

function endOf(fact: TransactionFact, mark: Transaction['newest']): NonNullable<Transaction['ended']> {
  return { ...mark, ...(fact.stopReason === undefined ? {} : { reason: fact.stopReason }) }
}

/** The token in a report that ends a transaction is the one that stops it, and begins nothing. */
function authorisedBy(known: Transaction, fact: TransactionFact, at: Temporal.Instant): Temporal.Instant | undefined {
  if (fact.token !== 'may-charge' || fact.kind === 'transaction-ended') return known.authorisedAt
  return known.authorisedAt === undefined ? at : earlierOf(known.authorisedAt, at)
}

/**
 * Adds what flows since a moment. Left out is only what repeats the point before it when every report in between is
 * known: so the same reports give the same changes in every order.
 */
export function withFlow(known: Pick<Transaction, 'flow' | 'seen'>, point: FlowPoint): readonly FlowPoint[] {
  const { flow, seen } = known
  const index = flow.findLastIndex((other) => !comesAfter(other, point)) + 1
  const before = flow[index - 1]
  if (before?.state === point.state && (isSamePlace(before, point) || follows(seen, before, point))) return flow
  const more = flow.toSpliced(index, 0, point)
  return more.length > MOST_FLOW ? withoutShortest(more) : more
}

/** More than a true charge has: what is kept of each session is written again and again. */
const MOST_FLOW = 1_000

/** A pause of the car that is shorter is priced as charging (architecture: priced time). */
const SHORT_PAUSE_MS = 30_000

/** Where the car comes and goes without end, one while is taken for what was before it: a short pause, which costs nothing, else the shortest. */
function withoutShortest(flow: readonly FlowPoint[]): readonly FlowPoint[] {
  let shortest = 1
  let least = Number.POSITIVE_INFINITY
  for (let index = 1; index + 1 < flow.length; index += 1) {
    const lasted = millisecondsAfter(flow[index], flow[index + 1])
    const weight = flow[index]?.state === 'suspended-ev' ? lasted : lasted + SHORT_PAUSE_MS
    if (weight < least) [shortest, least] = [index, weight]
  }
  const isSameAround = flow[shortest - 1]?.state === flow[shortest + 1]?.state
  return flow.toSpliced(shortest, isSameAround ? 2 : 1)
}

function millisecondsAfter(one: FlowPoint | undefined, next: FlowPoint | undefined): number {
  return (next?.at.epochMilliseconds ?? 0) - (one?.at.epochMilliseconds ?? 0)
}

function follows(seen: SeenRanges, before: FlowPoint, point: FlowPoint): boolean {
  if (before.seqNo === undefined || point.seqNo === undefined) return false
  return hasSeenAll(seen, before.seqNo, point.seqNo - 1)
}

/** The points where something changed. */
export function flowChanges(flow: readonly FlowPoint[]): readonly FlowPoint[] {
  return flow.filter((point, index) => index === 0 || flow[index - 1]?.state !== point.state)
}

/** Nothing of the transaction is missing any more: begin, end, and every number between. */
export function isWhole(transaction: Transaction): boolean {
  const { started, ended, isNumbered, isMiscounted, seen } = transaction
  if (started === undefined || ended === undefined) return false
  if (!isNumbered || isMiscounted === true) return true
  if (started.seqNo === undefined || ended.seqNo === undefined) return false
  return hasSeenAll(seen, started.seqNo, ended.seqNo)
}

type Mark = Transaction['newest']

function comesAfter(left: Mark, right: Mark): boolean {
  if (left.seqNo !== undefined && right.seqNo !== undefined) return left.seqNo > right.seqNo
  return isBefore(right.at, left.at)
}

function isSamePlace(left: Mark, right: Mark): boolean {
  return left.seqNo === right.seqNo && left.at.equals(right.at)
}
