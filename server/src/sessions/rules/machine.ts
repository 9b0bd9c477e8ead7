import type { Change, Decision, Fact, FactKind, FactOf, Step } from './facts.ts'
import {
  cableIsLate,
  meterIsLate,
  noAnswer,
  takeDeadline,
  takeDisplaced,
  takeForgotten,
  takeLateRecord,
  takeQueueAnswer,
  takeReadings,
  takeStatus,
  takeStatusWhileWaiting,
  takeStopRefused,
  takeStopWish,
  takeTransaction,
  takeWishAnswer,
} from './handlers.ts'
import type { Session, SessionState } from './session.ts'

/** In these states this kind of fact is taken by this handler; `to`: where it may lead, other than staying. */
export interface Transition {
  readonly from: readonly SessionState[]
  readonly fact: FactKind
  /** Where it leads when reports come in order. */
  readonly to: readonly SessionState[]
  /** Where it may lead besides, when reports come late or in another order. */
  readonly late: readonly SessionState[]
  readonly why: string
  readonly take: (session: Session, fact: Fact, at: Temporal.Instant) => Step
}

function row<K extends FactKind>(
  from: readonly SessionState[],
  fact: K,
  to: readonly SessionState[],
  why: string,
  take: (session: Session, fact: FactOf<K>, at: Temporal.Instant) => Step,
  late: readonly SessionState[] = [],
): Transition {
  return { from, fact, to, late, why, take: take as Transition['take'] }
}

const beforeEnergy = ['waiting-for-station', 'waiting-for-cable', 'waiting-for-token'] as const
const running = ['delivering', 'paused'] as const
const begun = ['waiting-for-cable', 'waiting-for-token', 'delivering', 'paused'] as const
const anywhere = [...begun, 'waiting-for-meter', 'ended', 'abandoned'] as const

/** The whole machine, for every channel and protocol. A pair of state and fact without a row changes nothing. */
export const transitions: readonly Transition[] = [
  row(
    ['waiting-for-station'],
    'wish-answered',
    ['waiting-for-cable', 'refused'],
    'the station will try, or will not',
    takeWishAnswer,
  ),
  row(['waiting-for-station'], 'deadline', ['waiting-for-cable'], 'no answer: it may still have begun', noAnswer),
  row(
    ['waiting-for-station', 'waiting-for-cable'],
    'evse-status',
    ['abandoned'],
    'the connector went back: no cable, or nobody authorised in time',
    takeStatusWhileWaiting,
  ),
  row(beforeEnergy, 'transaction-started', begun, 'the transaction begins', takeTransaction, anywhere),
  row(beforeEnergy, 'transaction-updated', begun, 'cable, token or energy', takeTransaction, anywhere),
  row(
    beforeEnergy,
    'transaction-ended',
    ['waiting-for-meter', 'ended', 'abandoned'],
    'ended before energy flowed',
    takeTransaction,
    anywhere,
  ),
  row(running, 'transaction-started', [], 'a start that came late', takeTransaction, anywhere),
  row(running, 'transaction-updated', running, 'the car or the station pauses or goes on', takeTransaction, anywhere),
  row(running, 'transaction-ended', ['waiting-for-meter', 'ended'], 'the transaction ends', takeTransaction, anywhere),
  row(
    [...running, 'waiting-for-token'],
    'evse-status',
    [...running, 'waiting-for-meter'],
    'what the connector shows (1.6); free: its end is lost or late',
    takeStatus,
  ),
  row([...running, 'waiting-for-cable', 'waiting-for-token'], 'readings', [], 'meter values', takeReadings, running),
  row(['waiting-for-meter'], 'transaction-started', ['ended'], 'what was missing', takeTransaction, [
    ...begun,
    'abandoned',
  ]),
  row(['waiting-for-meter'], 'transaction-updated', ['ended'], 'what was missing', takeTransaction, [
    ...begun,
    'abandoned',
  ]),
  row(['waiting-for-meter'], 'transaction-ended', ['ended'], 'what was missing', takeTransaction, ['abandoned']),
  row(['waiting-for-meter'], 'readings', ['ended'], 'the missing reading', takeReadings, running),
  row(['waiting-for-meter'], 'evse-status', [], 'the connector was not free after all (1.6)', takeStatus, begun),
  row(['waiting-for-meter'], 'queue-answered', ['ended'], 'nothing more will come', takeQueueAnswer, begun),
  row(['waiting-for-meter'], 'deadline', ['ended'], 'asked in vain: an estimate', meterIsLate),
  row(['waiting-for-cable'], 'deadline', ['abandoned'], 'no cable in time', cableIsLate, ['ended']),
  row([...running, 'waiting-for-token'], 'deadline', [], 'no energy, or too long: told to stop', takeDeadline, [
    'ended',
  ]),
  row(['waiting-for-station', 'waiting-for-cable'], 'stop-asked', ['abandoned'], 'stopped by a person', takeStopWish),
  row([...running, 'waiting-for-token'], 'stop-asked', [], 'stopped by a person', takeStopWish, ['ended']),
  row(
    begun,
    'stop-refused',
    ['ended'],
    'asked whether it runs; an orphan that the station knows nothing of: an estimate',
    takeStopRefused,
  ),
  row(begun, 'queue-answered', ['ended'], 'the station has forgotten it: an estimate', takeForgotten),
  row(
    [...begun, 'waiting-for-meter'],
    'displaced',
    ['ended'],
    'another transaction began on the EVSE: an estimate',
    takeDisplaced,
  ),
  row(['ended'], 'transaction-started', [], 'the truth after an estimate: a further revision', takeTransaction),
  row(['ended'], 'transaction-updated', [], 'the truth after an estimate: a further revision', takeTransaction),
  row(['ended'], 'transaction-ended', [], 'the truth after an estimate: a further revision', takeTransaction),
  row(['ended'], 'readings', [], 'the truth after an estimate: a further revision', takeReadings),
  row(['ended'], 'deadline', [], 'what came after an estimate, in one further revision', takeLateRecord),
]

const byStateAndFact = new Map(
  transitions.flatMap((transition) => transition.from.map((state) => [`${state}/${transition.fact}`, transition])),
)

function transitionOf(state: SessionState, fact: FactKind): Transition | undefined {
  return byStateAndFact.get(`${state}/${fact}`)
}

/** Decides what a fact makes of a session. Pure: `at` is the fact's time, for deadlines our clock. */
export function decide(session: Session, fact: Fact, at: Temporal.Instant): Decision {
  const transition = transitionOf(session.state, fact.kind)
  if (transition === undefined) return { session, effects: [], changes: [] }
  const step = transition.take(session, fact, at)
  return { ...step, changes: changesBetween(session, step.session, fact, at) }
}

function changesBetween(before: Session, after: Session, fact: Fact, at: Temporal.Instant): readonly Change[] {
  const changes: Change[] = []
  const note = (kind: Change['kind'], value: string): void => {
    changes.push({ kind, value, at, cause: fact.kind })
  }
  const flows = after.transaction?.flow.at(-1)?.state
  if (flows !== undefined && flows !== before.transaction?.flow.at(-1)?.state) note('charging', flows)
  if (after.transaction?.authorisedAt !== undefined && before.transaction?.authorisedAt === undefined) {
    note('authorised', 'yes')
  }
  if (after.state !== before.state) note('state', after.state)
  for (const flag of after.flags) if (!before.flags.includes(flag)) note('flag', flag)
  return changes
}
