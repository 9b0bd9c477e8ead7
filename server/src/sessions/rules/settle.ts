import { earlierOf, laterOf } from '../../../../units/index.ts'
import type { SessionEffect, Step } from './facts.ts'
import { energyOf } from './meter.ts'
import {
  type Deadlines,
  deadlineNames,
  isClosed,
  lastReadAt,
  type Session,
  type SessionFlag,
  type SessionState,
  type Transaction,
  withFlag,
  withoutFlags,
} from './session.ts'
import { hasSeenAll } from './seen.ts'
import { flowChanges, isStopped, isWhole } from './transaction.ts'

/** A station's last words before its end count as the reading at the end. */
const END_READING_WITHIN_MS = 5_000
/** Before meter data is asked for, it may come by itself (reference: ocpp.md, section 6). */
const METER_GRACE_SECONDS = 60
/** What was queued is followed by more of it. */
const QUEUE_GRACE_SECONDS = 300

/** Our clock, and whether the report that is settled waited at the station. */
export interface Arrival {
  readonly receivedAt: Temporal.Instant
  readonly wasQueued: boolean
}

export function energyOfSession(session: Session): number {
  return session.corrected?.energyWh ?? session.estimatedWh ?? energyOf(session.meter)
}

export function stopReasonOf(session: Session): string | undefined {
  return session.transaction?.ended?.reason
}

export function hasEndReading(session: Session): boolean {
  const { last } = session.meter
  const ended = session.transaction?.ended
  if (last === undefined || ended === undefined) return false
  return (
    last.context === 'transaction-end' ||
    (lastReadAt(session) ?? last.at).epochMilliseconds >= ended.at.epochMilliseconds - END_READING_WITHIN_MS
  )
}

/** Brings a session that learned something into the state that follows from all it knows, whatever came first. */
export function settle(before: Session, learned: Session, at: Temporal.Instant, arrival: Arrival): Step {
  const { transaction } = learned
  if (transaction === undefined) return { session: learned, effects: [] }
  const startedAt = transaction.started?.at ?? transaction.earliestAt
  // What stays equal stays the same, so that a glance shows what changed.
  const timed = startedAt.equals(learned.startedAt) ? learned : { ...learned, startedAt }
  if (before.state === 'ended') return correct(timed, transaction, arrival)
  if (isClosed(before.state)) return { session: learned, effects: [] }
  const state = stateOf(timed, transaction)
  const flagged = judged({ ...timed, state }, transaction)
  const effects = noticesOf(before, flagged, transaction)
  if (state === 'ended') return closed(flagged, transaction.ended?.at ?? at, 'ended', effects)
  if (state === 'abandoned') {
    return { session: { ...flagged, endedAt: transaction.ended?.at ?? at, deadlines: {} }, effects }
  }
  const going = goingOn(before, flagged)
  const deadlines = deadlinesOf(countedAnew(before, going), transaction, at, arrival)
  return {
    session: { ...going, deadlines: isSame(deadlines, before.deadlines) ? before.deadlines : deadlines },
    effects,
  }
}

function stateOf(session: Session, transaction: Transaction): SessionState {
  const energyWh = energyOf(session.meter)
  if (transaction.ended !== undefined) {
    if (!isWhole(transaction) && !session.flags.includes('orphan')) return 'waiting-for-meter'
    if (energyWh === 0 && (transaction.ended.reason === 'cable-timeout' || isNobodys(session, transaction))) {
      return 'abandoned'
    }
    return hasEndReading(session) || session.flags.includes('orphan') ? 'ended' : 'waiting-for-meter'
  }
  if (transaction.freeSince !== undefined) return 'waiting-for-meter'
  const flows = transaction.flow.at(-1)?.state
  if (flows === 'charging') return 'delivering'
  if (transaction.authorisedAt === undefined) {
    if (energyWh > 0) return 'paused'
    if (flows === 'idle') return 'waiting-for-cable'
    if (transaction.isNumbered) return 'waiting-for-token'
    return flows === undefined ? 'delivering' : 'paused'
  }
  if (flows === 'idle') return energyWh > 0 ? 'paused' : 'waiting-for-cable'
  if (flows === 'ev-connected') return energyWh > 0 ? 'paused' : 'delivering'
  return flows === undefined ? 'delivering' : 'paused'
}

/** 2.x: connected and gone, with no card shown that may charge, and nothing taken. */
function isNobodys({ flags }: Session, { isNumbered, authorisedAt, wasRefused, flow }: Transaction): boolean {
  const hasCharged = flow.some(({ state }) => state === 'charging')
  const isSound = !flags.includes('register-backwards') && !flags.includes('orphan')
  // Of a refused card that goes on a station may not tell that it charges.
  const isTold = !wasRefused || flow.length > 0
  return isNumbered && isSound && authorisedAt === undefined && isTold && !hasCharged
}

/** Flags that follow from what is known now, and go when a late report explains them. */
function judged(session: Session, transaction: Transaction): Session {
  const energyWh = energyOf(session.meter)
  const delivered = energyWh > 0 || transaction.flow.some((point) => point.state === 'charging')
  const { started, ended, authorisedAt, wasRefused } = transaction
  // Of an orphan nobody knows who was allowed what.
  const isOrphan = session.flags.includes('orphan')
  const hours = ended === undefined ? 0 : hoursBetween(session.startedAt, ended.at)
  const truths: readonly (readonly [SessionFlag, boolean])[] = [
    ['not-authorised', !isOrphan && authorisedAt === undefined && (wasRefused || delivered)],
    ['stop-before-start', started !== undefined && ended !== undefined && hours < 0],
    // A tenth more than the outlet can give, and a minute for clocks that differ.
    [
      'implausible-energy',
      ended !== undefined && energyWh > session.limits.maxPowerW * 1.1 * (Math.max(0, hours) + 1 / 60),
    ],
    ['begin-reading-missing', ended !== undefined && session.state !== 'abandoned' && lacksBegin(session)],
  ]
  return truths.reduce((so, [flag, holds]) => (holds ? withFlag(so, flag) : withoutFlags(so, flag)), session)
}

function lacksBegin(session: Session): boolean {
  const { first } = session.meter
  if (first === undefined) return true
  return first.context !== 'transaction-begin' && first.at.since(notBefore(session)).total('seconds') > 60
}

/** 2.x: when energy can first have flowed. Card first, the meter may be read only once the cable is in; nothing is missing then. */
function notBefore({ startedAt, transaction }: Session): Temporal.Instant {
  const { flow = [], started, seen = [] } = transaction ?? {}
  const [first] = flow
  const charges = flow.find(({ state }) => state === 'charging')
  if (started?.seqNo === undefined || first === undefined || charges?.seqNo === undefined) return startedAt
  // A state is told as it changes (OCPP 2.x part 2, chargingState): nothing had flowed before the first, where that says so.
  const isIdle = first.state === 'idle' || first.state === 'ev-connected'
  if (first.seqNo !== started.seqNo && !isIdle) return startedAt
  return hasSeenAll(seen, started.seqNo, charges.seqNo) ? laterOf(startedAt, charges.at) : startedAt
}

function noticesOf(before: Session, after: Session, transaction: Transaction): readonly SessionEffect[] {
  const wasTold = flowsWithoutLeave(before)
  if (wasTold && !after.flags.includes('not-authorised')) {
    return [{ kind: 'clear-alert', alert: 'session-not-authorised' }]
  }
  // A gap may still hold the token.
  const hasGap = transaction.isNumbered && (transaction.started === undefined || transaction.seen.length > 2)
  if (wasTold || !flowsWithoutLeave(after) || hasGap) return []
  return [{ kind: 'alert', alert: 'session-not-authorised', severity: 'major', evidence: { evse: after.evse } }]
}

/** Not where a card was refused, and nothing flows (2.x, cable first). */
function flowsWithoutLeave({ state, flags, meter, transaction }: Session): boolean {
  if (!flags.includes('not-authorised')) return false
  return (
    state === 'delivering' ||
    energyOf(meter) > 0 ||
    transaction?.flow.some((point) => point.state === 'charging') === true
  )
}

/** Ends a session; from now on it is never opened again. */
export function closed(
  session: Session,
  endedAt: Temporal.Instant,
  reason: 'ended' | 'estimate' | 'truth',
  effects: readonly SessionEffect[] = [],
): Step {
  const ended: Session = { ...session, state: 'ended', endedAt: laterOf(endedAt, session.startedAt), deadlines: {} }
  const content = contentOf(ended)
  if (ended.recorded?.content === content) return { session: ended, effects }
  const revision = (ended.recorded?.revision ?? 0) + 1
  return { session: { ...ended, recorded: { revision, content } }, effects: [...effects, { kind: 'record', reason }] }
}

/** A session that ended has learned more. A decision of people holds until the station says something new. */
function correct(session: Session, transaction: Transaction, arrival: Arrival): Step {
  const { corrected, ...measured } = session
  if (corrected === undefined) return correctMeasured(session, transaction, arrival)
  const step = correctMeasured(withoutFlags(measured, 'corrected'), transaction, arrival)
  return step.effects.length > 0 || step.session.deadlines.meter !== undefined ? step : { session, effects: [] }
}

/**
 * A session that ended by estimate has learned more: with the whole truth the estimate goes. What is less is mostly followed by more, as
 * from a queue: one record is made of all of it, a while later.
 */
function correctMeasured(session: Session, transaction: Transaction, { receivedAt }: Arrival): Step {
  const isOrphan = session.flags.includes('orphan')
  if (transaction.ended !== undefined && (isOrphan || (isWhole(transaction) && hasEndReading(session)))) {
    const { estimatedWh: _, ...rest } = withoutFlags(session, 'estimated', 'gap', 'end-lost')
    return closed(judged(rest, transaction), transaction.ended.at, 'truth')
  }
  const now = closeByEstimate(session, undefined, 'truth')
  if (now.effects.length === 0) return now
  const { recorded: _, ...said } = now.session
  const meter = session.deadlines.meter ?? receivedAt.add({ seconds: QUEUE_GRACE_SECONDS })
  const known = session.recorded === undefined ? said : { ...said, recorded: session.recorded }
  return { session: { ...known, deadlines: { meter } }, effects: [] }
}

/** What came after the estimate has had its time: its record. */
export function recordLate(session: Session): Step {
  // Decided by people meanwhile, who saw it.
  if (session.corrected !== undefined) return { session: { ...session, deadlines: {} }, effects: [] }
  return closed(session, session.endedAt ?? lastKnown(session), 'truth')
}

/**
 * Ends a session whose meter data did not come (END-METER), marked as an estimate: by the last reading received, else by
 * where the next transaction starts (registers are continuous), else nothing, for people to judge.
 */
export function closeByEstimate(
  session: Session,
  nextStartWh: number | undefined,
  reason: 'estimate' | 'truth' = 'estimate',
): Step {
  const { meter, transaction } = session
  const endedAt = transaction?.ended?.at ?? lastKnown(session)
  if (hasEndReading(session)) return closed(withFlag(session, 'gap'), endedAt, reason)
  const { first, last } = meter
  const hasMoved = first !== undefined && last !== undefined && last.registerWh !== first.registerWh
  const byNext =
    first === undefined || nextStartWh === undefined ? undefined : Math.max(0, nextStartWh - first.registerWh)
  const estimatedWh = hasMoved ? energyOf(meter) : (byNext ?? session.estimatedWh ?? 0)
  const flagged = withFlag({ ...session, estimatedWh }, 'estimated')
  const marked = transaction?.ended === undefined ? withFlag(flagged, 'end-lost') : flagged
  const effects: readonly SessionEffect[] =
    reason === 'estimate'
      ? [{ kind: 'alert', alert: 'session-estimated', severity: 'major', evidence: { energyWh: estimatedWh } }]
      : []
  return closed(marked, endedAt, reason, effects)
}

function lastKnown(session: Session): Temporal.Instant {
  const { transaction, startedAt } = session
  const heard = transaction === undefined ? startedAt : transaction.newest.at
  const known = laterOf(heard, lastReadAt(session) ?? heard)
  const freeSince = transaction?.freeSince
  return freeSince === undefined ? known : earlierOf(known, freeSince)
}

/** What of a session decides its record, as text: a further revision is made only when this changes. */
function contentOf(session: Session): string {
  const { transaction, startedAt, endedAt } = session
  const flow = flowChanges(transaction?.flow ?? []).map((point) => [point.at.epochMilliseconds, point.state])
  return JSON.stringify([
    energyOfSession(session),
    startedAt.epochMilliseconds,
    endedAt?.epochMilliseconds,
    transaction?.authorisedAt?.epochMilliseconds,
    transaction?.ended?.reason,
    session.flags.filter((flag) => flag === 'estimated' || flag === 'gap' || flag === 'end-lost'),
    flow,
  ])
}

/** 2.x: it had stopped as it was told, and charges again: that it was told is over, and its limits hold as before. */
function goingOn(before: Session, session: Session): Session {
  const had = before.transaction !== undefined && isStopped(before.transaction)
  if (!had || session.transaction === undefined || isStopped(session.transaction)) return session
  const { stop: _, ...deadlines } = session.deadlines
  return { ...session, stopAsked: 0, deadlines }
}

/** Who connects first and is let charge later begins then: what was counted until then is counted anew. */
function countedAnew(before: Session, session: Session): Session {
  const since = before.transaction?.authorisedAt
  const now = session.transaction?.authorisedAt
  if (now === undefined || since?.equals(now) === true) return session
  const { duration: _, 'no-energy': __, ...deadlines } = session.deadlines
  return { ...session, deadlines }
}

function deadlinesOf(session: Session, transaction: Transaction, at: Temporal.Instant, arrival: Arrival): Deadlines {
  const { state, limits, deadlines } = session
  if (state === 'waiting-for-meter') {
    return { meter: deadlines.meter ?? laterOf(at, arrival.receivedAt).add({ seconds: METER_GRACE_SECONDS }) }
  }
  const soonest = arrival.wasQueued ? arrival.receivedAt.add({ seconds: QUEUE_GRACE_SECONDS }) : at
  const begunAt = laterOf(session.startedAt, transaction.authorisedAt ?? session.startedAt)
  const after = (seconds: number): Temporal.Instant => laterOf(begunAt.add({ seconds }), soonest)
  const isWaitingForCable =
    state === 'waiting-for-cable' && transaction.authorisedAt !== undefined && !arrival.wasQueued
  const cable = isWaitingForCable ? (deadlines.cable ?? at.add({ seconds: limits.cableSeconds })) : undefined
  // Of a register that fell nobody knows that nothing flows: doubt never stops a charge.
  const isInDoubt = session.flags.includes('register-backwards')
  const isOpenForEnergy = (state === 'delivering' || state === 'paused') && energyOf(session.meter) === 0 && !isInDoubt
  // The first of a queue gives the rest of it time.
  const known = deadlines['no-energy']
  const counted = known !== undefined && arrival.wasQueued ? laterOf(known, soonest) : known
  const noEnergy = isOpenForEnergy ? (counted ?? after(limits.noEnergySeconds)) : undefined
  // Once over, its place is taken by `stop`.
  const duration = deadlines.stop === undefined ? (deadlines.duration ?? after(limits.durationSeconds)) : undefined
  return {
    ...(cable === undefined ? {} : { cable }),
    ...(noEnergy === undefined || deadlines.stop !== undefined ? {} : { 'no-energy': noEnergy }),
    ...(duration === undefined ? {} : { duration }),
    ...(deadlines.stop === undefined ? {} : { stop: deadlines.stop }),
  }
}

function isSame(left: Deadlines, right: Deadlines): boolean {
  return deadlineNames.every((name) => {
    const [one, other] = [left[name], right[name]]
    return one === undefined || other === undefined ? one === other : one.equals(other)
  })
}

/** The next moment a session wants to be looked at. */
export function dueAt(session: Session): Temporal.Instant | undefined {
  return Object.values(session.deadlines).reduce<Temporal.Instant | undefined>(
    (soonest, at) => (soonest === undefined ? at : earlierOf(soonest, at)),
    undefined,
  )
}

function hoursBetween(from: Temporal.Instant, to: Temporal.Instant): number {
  return (to.epochMilliseconds - from.epochMilliseconds) / 3_600_000
}
