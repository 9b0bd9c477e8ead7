import { isBefore } from '../../../../units/index.ts'
import type { StationCommand } from '../../stations/model.ts'
import type { FactOf, SessionEffect, Step, TransactionFact } from './facts.ts'
import { energyOf, goesBackwards, withReadings } from './meter.ts'
import { namedBy } from './nameless-stop.ts'
import { type Deadlines, type Session, type Transaction, withFlag, withLastHeard } from './session.ts'
import { closeByEstimate, recordLate, settle } from './settle.ts'
import { asCounted, isRepeat, isStopped, withFlow, withReport } from './transaction.ts'

/** After this many questions for meter data an estimate is made (END-METER: 3 within 10 minutes). */
const MOST_METER_QUESTIONS = 3
const METER_QUESTION_SECONDS = 180
/** How long the end of an offline station's session is waited for. */
const OFFLINE_HOURS = 7 * 24
const MOST_STOPS = 3
const STOP_AGAIN_SECONDS = 600
/** What an absent station has not said is looked for again after this. */
const LOOK_AGAIN_SECONDS = 120

const unchanged = (session: Session): Step => ({ session, effects: [] })

export function takeTransaction(session: Session, given: TransactionFact, at: Temporal.Instant): Step {
  if (isRepeat(session, given, at)) return unchanged(session)
  const { session: known, fact } = asCounted(session, given)
  const read = withMeter(known, fact, at)
  const flagged = fact.isNameless === true ? withFlag(read, 'stop-without-number') : read
  const learned = { ...flagged, transaction: withReport(known.transaction, fact, at) }
  return withNoEnergyCleared(session, settle(session, learned, at, fact))
}

export function takeReadings(session: Session, fact: FactOf<'readings'>, at: Temporal.Instant): Step {
  const read = withMeter(session, fact, at)
  const named = withTransaction(read, (transaction) => namedBy(transaction, session.meter, fact.isNameless))
  const learned = flowsOn(session, fact) ? withTransaction(named, notFree) : named
  const arrival = { receivedAt: fact.receivedAt ?? at, wasQueued: false }
  return withNoEnergyCleared(session, settle(session, learned, at, arrival))
}

/** Shown free, and yet it goes on counting: it was not. */
function flowsOn({ meter: { last }, transaction }: Session, { readings, isNameless }: FactOf<'readings'>): boolean {
  const { freeSince } = transaction ?? {}
  if (freeSince === undefined) return false
  // What the clock or we ask for is read when idle, too: the first since then may tell what had flowed before, a second does not.
  const isSecond = isNameless === false && last !== undefined && isBefore(freeSince, last.at)
  return readings.some(({ at, context, registerWh = 0 }) => {
    if (registerWh <= (last?.registerWh ?? 0)) return false
    return context === 'periodic' || (isSecond && isBefore(last.at, at))
  })
}

function notFree(transaction: Transaction): Transaction {
  const { freeSince: _, ...rest } = transaction
  return rest
}

function withTransaction(session: Session, change: (transaction: Transaction) => Transaction): Session {
  if (session.transaction === undefined) return session
  const transaction = change(session.transaction)
  return transaction === session.transaction ? session : { ...session, transaction }
}

type Read = Pick<FactOf<'readings'>, 'readings' | 'wasCorrected'>

function withMeter(session: Session, { readings, wasCorrected }: Read, at: Temporal.Instant): Session {
  const read: Session = { ...session, meter: withReadings(session.meter, readings) }
  const judged = goesBackwards(session.meter, readings) ? withFlag(read, 'register-backwards') : read
  return wasCorrected ? withFlag(withLastHeard(session, judged, at), 'clock-corrected') : judged
}

function withNoEnergyCleared(before: Session, step: Step): Step {
  const flows = energyOf(before.meter) === 0 && energyOf(step.session.meter) > 0
  if (!flows || !before.flags.includes('no-energy')) return step
  return { ...step, effects: [...step.effects, { kind: 'clear-alert', alert: 'session-no-energy' }] }
}

/** The connector's status tells that a stop was lost; in 1.6 it is also all that tells what the car does. */
export function takeStatus(session: Session, fact: FactOf<'evse-status'>, at: Temporal.Instant): Step {
  const { transaction } = session
  const { phase } = fact
  if (transaction === undefined || transaction.ended !== undefined) return unchanged(session)
  if (fact.status === 'available') return shownFree(session, transaction, at)
  if (transaction.isNumbered) return unchanged(session)
  if (phase !== 'charging' && phase !== 'suspended-ev' && phase !== 'suspended-evse') return unchanged(session)
  const flow = withFlow(transaction, { at, state: phase })
  const learned = { ...session, transaction: { ...notFree(transaction), flow } }
  return settle(session, learned, at, { receivedAt: at, wasQueued: false })
}

/** The stop may still come from the station's queue; else the meter is asked, and an estimate made (END-METER). */
function shownFree(session: Session, transaction: Transaction, at: Temporal.Instant): Step {
  if (transaction.freeSince !== undefined) return unchanged(session)
  if (Temporal.Instant.compare(at, transaction.newest.at) <= 0) return unchanged(session)
  const learned = { ...session, transaction: { ...transaction, freeSince: at } }
  return settle(session, learned, at, { receivedAt: at, wasQueued: false })
}

/** Preparing, then available again: no cable came. Preparing, then finishing: a cable, but nobody authorised in time. */
export function takeStatusWhileWaiting(session: Session, fact: FactOf<'evse-status'>, at: Temporal.Instant): Step {
  const { wish } = session
  if (wish === undefined || session.transaction !== undefined) return unchanged(session)
  if (fact.phase === 'preparing') return unchanged({ ...session, wish: { ...wish, hasPrepared: true } })
  const isOver = wish.hasPrepared && (fact.status === 'available' || fact.phase === 'finishing')
  return isOver ? abandon(session, at) : unchanged(session)
}

export function takeWishAnswer(session: Session, fact: FactOf<'wish-answered'>, at: Temporal.Instant): Step {
  if (fact.outcome === 'refused') {
    return unchanged({ ...session, state: 'refused', endedAt: at, deadlines: {} })
  }
  // Without an answer the station may still have begun: the cable's time decides.
  return unchanged({
    ...session,
    state: 'waiting-for-cable',
    deadlines: { cable: at.add({ seconds: session.limits.cableSeconds }) },
  })
}

export function noAnswer(session: Session, _: FactOf<'deadline'>, at: Temporal.Instant): Step {
  return takeWishAnswer(session, { kind: 'wish-answered', outcome: 'unknown' }, at)
}

export function takeStopWish(session: Session, _: FactOf<'stop-asked'>, at: Temporal.Instant): Step {
  const { transaction } = session
  if (transaction === undefined) return abandon(session, at)
  // A station cannot be told to stop what it has no number for: what is known is the end.
  const isNameless = session.flags.includes('orphan') && !/^[1-9]/.test(transaction.number)
  return isNameless ? closeByEstimate(session, undefined) : told(session, transaction, at)
}

/** It may have forgotten the transaction: it is asked whether it runs, or (1.6) what the connector shows. */
export function takeStopRefused(session: Session): Step {
  const { transaction, evse } = session
  if (session.flags.includes('orphan')) return closeByEstimate(session, undefined)
  if (transaction === undefined) return unchanged(session)
  const command: StationCommand | undefined = transaction.isNumbered
    ? { kind: 'transaction-status', transactionNumber: transaction.number }
    : evse > 0
      ? { kind: 'trigger', message: 'status', evse }
      : undefined
  return { session, effects: command === undefined ? [] : [{ kind: 'command', command }] }
}

/** It does not run any more and nothing of it will come: what is known is all there is. */
export function takeForgotten(session: Session, fact: FactOf<'queue-answered'>): Step {
  const isForgotten = fact.ongoing === false && !fact.messagesInQueue
  return isForgotten && session.transaction !== undefined ? closeByEstimate(session, undefined) : unchanged(session)
}

export function takeDisplaced(session: Session, fact: FactOf<'displaced'>): Step {
  return session.transaction === undefined ? unchanged(session) : closeByEstimate(session, fact.registerWh)
}

export function takeQueueAnswer(session: Session, fact: FactOf<'queue-answered'>, at: Temporal.Instant): Step {
  const { messagesInQueue, ongoing } = fact
  const hasEnded = session.transaction?.ended !== undefined
  // Its connector showed free, and it runs all the same.
  if (ongoing === true && !hasEnded) {
    return settle(session, withTransaction(session, notFree), at, { receivedAt: at, wasQueued: false })
  }
  // What still runs will say more by itself.
  if (messagesInQueue || ongoing === true) {
    return unchanged({ ...session, deadlines: { meter: at.add({ seconds: METER_QUESTION_SECONDS }) } })
  }
  const isAll = hasEnded ? session.meter.last?.context === 'transaction-end' : ongoing === false
  return isAll ? closeByEstimate(session, undefined) : unchanged(session)
}

/** The cable did not come. A transaction that already runs is told to stop, and says itself how it ended. */
export function cableIsLate(session: Session, fact: FactOf<'deadline'>, at: Temporal.Instant): Step {
  if (!isOver(session.deadlines.cable, at)) return takeDeadline(session, fact, at)
  if (session.transaction === undefined) return abandon(session, at)
  return mayHaveMoreToTell(fact) ? putOff(session, 'cable', at) : stopped(session, at, [])
}

/** What a station did while it was away it tells when it is back: until then nothing is known to be missing. */
function mayHaveMoreToTell({ isOnline, hasJustReturned = false }: FactOf<'deadline'>): boolean {
  return !isOnline || hasJustReturned
}

function putOff(session: Session, name: 'cable' | 'no-energy', at: Temporal.Instant): Step {
  const deadlines = { ...session.deadlines, [name]: at.add({ seconds: LOOK_AGAIN_SECONDS }) }
  return unchanged({ ...session, deadlines })
}

/** No energy, too long, or not stopped when told. */
export function takeDeadline(session: Session, fact: FactOf<'deadline'>, at: Temporal.Instant): Step {
  const { deadlines } = session
  if (isOver(deadlines.duration, at)) return tooLong(session, at)
  if (isOver(deadlines['no-energy'], at)) return noEnergyCame(session, fact, at)
  return isOver(deadlines.stop, at) ? notStopped(session, fact, at) : unchanged(session)
}

function noEnergyCame(session: Session, fact: FactOf<'deadline'>, at: Temporal.Instant): Step {
  const { 'no-energy': _, ...deadlines } = session.deadlines
  const hasStopped = session.transaction !== undefined && isStopped(session.transaction)
  if (energyOf(session.meter) > 0 || hasStopped || isUnread(session)) return unchanged({ ...session, deadlines })
  if (mayHaveMoreToTell(fact)) return putOff(session, 'no-energy', at)
  const alert: SessionEffect = {
    kind: 'alert',
    alert: 'session-no-energy',
    severity: 'minor',
    evidence: { seconds: session.limits.noEnergySeconds },
  }
  return stopped(withFlag({ ...session, deadlines }, 'no-energy'), at, [alert])
}

/** It said that it charged, or how much flowed, and has read its register at the start only, as 1.6 stations may: nobody knows of no energy. */
function isUnread({ meter, transaction }: Session): boolean {
  const { first, last, power } = meter
  const isRead = first !== undefined && last !== undefined && isBefore(first.at, last.at)
  const hasCharged = transaction?.flow.some(({ state }) => state === 'charging') === true
  return !isRead && (hasCharged || (power?.mostW ?? 0) > 0)
}

function tooLong(session: Session, at: Temporal.Instant): Step {
  if (session.flags.includes('orphan')) return closeByEstimate(session, undefined)
  const alert: SessionEffect = {
    kind: 'alert',
    alert: 'session-over-limit',
    severity: 'major',
    evidence: { seconds: session.limits.durationSeconds },
  }
  return stopped(withFlag(session, 'over-limit'), at, [alert])
}

/** Told three times while it listened: then people must look. What is offline is told when it is back, for a week. */
function notStopped(session: Session, fact: FactOf<'deadline'>, at: Temporal.Instant): Step {
  if (session.flags.includes('orphan')) return closeByEstimate(session, undefined)
  const lastHeard = session.transaction?.newest.at ?? session.startedAt
  if (isOver(lastHeard.add({ hours: OFFLINE_HOURS }), at)) return closeByEstimate(session, undefined)
  const given = laterThan(lastHeard.add({ hours: OFFLINE_HOURS }), at.add({ seconds: STOP_AGAIN_SECONDS }))
  if (session.transaction !== undefined && isStopped(session.transaction)) {
    return unchanged({ ...session, deadlines: { stop: given } })
  }
  const again = at.add({ seconds: STOP_AGAIN_SECONDS })
  if (!fact.isOnline) return unchanged({ ...session, deadlines: { stop: again } })
  if (session.stopAsked < MOST_STOPS) return stopped(session, at, [])
  const alert: SessionEffect = {
    kind: 'alert',
    alert: 'stop-not-obeyed',
    severity: 'critical',
    evidence: { asked: session.stopAsked },
  }
  return { session: { ...session, deadlines: { stop: given } }, effects: [alert] }
}

export function takeLateRecord(session: Session, _: FactOf<'deadline'>, at: Temporal.Instant): Step {
  return isOver(session.deadlines.meter, at) ? recordLate(session) : unchanged(session)
}

export function meterIsLate(session: Session, fact: FactOf<'deadline'>, at: Temporal.Instant): Step {
  const endedAt = session.transaction?.ended?.at ?? session.transaction?.freeSince ?? session.startedAt
  if (isOver(endedAt.add({ hours: OFFLINE_HOURS }), at)) return closeByEstimate(session, undefined)
  const deadlines: Deadlines = { meter: at.add({ seconds: METER_QUESTION_SECONDS }) }
  if (!fact.isOnline) return unchanged({ ...session, deadlines })
  if (session.meterAsked >= MOST_METER_QUESTIONS) return closeByEstimate(session, undefined)
  return {
    session: { ...session, deadlines, meterAsked: session.meterAsked + 1 },
    effects: questionsFor(session),
  }
}

function questionsFor({ transaction, evse }: Session): readonly SessionEffect[] {
  if (transaction === undefined) return []
  const { number } = transaction
  const status: SessionEffect = {
    kind: 'command',
    command: { kind: 'transaction-status', transactionNumber: number },
  }
  // An event of a transaction comes only while it runs; the meter of its EVSE answers when idle, too.
  const running = transaction.ended === undefined ? { transactionNumber: number } : {}
  const meter: SessionEffect = { kind: 'command', command: { kind: 'fetch-meter', evse, ...running } }
  if (!transaction.isNumbered) return [meter]
  return evse > 0 ? [status, meter] : [status]
}

function stopped(session: Session, at: Temporal.Instant, effects: readonly SessionEffect[]): Step {
  const { transaction, flags } = session
  if (transaction === undefined || flags.includes('orphan')) return { session, effects }
  return told(session, transaction, at, effects)
}

function told(
  session: Session,
  transaction: Transaction,
  at: Temporal.Instant,
  effects: readonly SessionEffect[] = [],
): Step {
  const { cable: _, ...deadlines } = session.deadlines
  const command: SessionEffect = {
    kind: 'command',
    command: { kind: 'stop-transaction', transactionNumber: transaction.number },
  }
  const { duration: __, ...kept } = deadlines
  return {
    session: {
      ...session,
      stopAsked: session.stopAsked + 1,
      deadlines: { ...kept, stop: at.add({ seconds: STOP_AGAIN_SECONDS }) },
    },
    effects: [...effects, command],
  }
}

function abandon(session: Session, at: Temporal.Instant): Step {
  return unchanged({ ...session, state: 'abandoned', endedAt: at, deadlines: {} })
}

function isOver(deadline: Temporal.Instant | undefined, at: Temporal.Instant): boolean {
  return deadline !== undefined && Temporal.Instant.compare(deadline, at) <= 0
}

function laterThan(left: Temporal.Instant, right: Temporal.Instant): Temporal.Instant {
  return Temporal.Instant.compare(left, right) >= 0 ? left : right
}
