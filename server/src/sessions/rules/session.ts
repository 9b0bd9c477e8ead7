import type { WattHours, Watts } from '../../../../units/index.ts'
import type { ChargingState, ReadingContext, StopReason } from '../../stations/model.ts'
import type { SeenRanges } from './seen.ts'

/** From the wish to the last record. `sessions/rules/machine.ts` has the table of how they follow each other. */
export const sessionStates = [
  'waiting-for-station',
  'waiting-for-cable',
  'waiting-for-token',
  'delivering',
  'paused',
  'waiting-for-meter',
  'ended',
  'refused',
  'abandoned',
] as const
export type SessionState = (typeof sessionStates)[number]

export const closedStates = ['ended', 'refused', 'abandoned'] as const satisfies readonly SessionState[]

export function isClosed(state: SessionState): boolean {
  return (closedStates as readonly SessionState[]).includes(state)
}

/** Why a person should look at a session. Review is a flag, never a state. */
export const sessionFlags = [
  'begin-reading-missing',
  'clock-corrected',
  'corrected',
  'end-lost',
  'estimated',
  'gap',
  'implausible-energy',
  'no-energy',
  'no-tariff',
  'not-authorised',
  'numbers-repeated',
  'orphan',
  'over-limit',
  'reading-differs',
  'register-backwards',
  'stop-before-start',
  'stop-without-number',
] as const
export type SessionFlag = (typeof sessionFlags)[number]

/** An import register at a moment, as the station stamped it. */
export interface RegisterPoint {
  readonly at: Temporal.Instant
  readonly context: ReadingContext
  readonly registerWh: WattHours
}

/** What must be remembered of all readings; the readings themselves are rows. */
export interface Meter {
  readonly first?: RegisterPoint
  readonly last?: RegisterPoint
  /** The latest, and the most there was: of a meter that tells power alone, all that shows that energy has flowed. */
  readonly power?: { readonly at: Temporal.Instant; readonly powerW: Watts; readonly mostW: Watts }
}

/** A change of what flows. `seqNo` orders the points of stations that number their reports, `at` all others. */
export interface FlowPoint {
  readonly at: Temporal.Instant
  readonly seqNo?: number
  readonly state: ChargingState
}

/** The station's own record of the delivery, put together from its reports in whatever order they come. */
export interface Transaction {
  readonly number: string
  /** 1.6: the station said -1 or 0 of it: it never heard the number that we gave it. */
  readonly isNameless?: true
  /** True where the station numbers its reports (2.x): then gaps show. */
  readonly isNumbered: boolean
  /** 2.x: a number came twice for different reports: no number orders anything, or shows a gap, any more. */
  readonly isMiscounted?: true
  readonly seen: SeenRanges
  readonly started?: { readonly at: Temporal.Instant; readonly seqNo?: number }
  readonly ended?: { readonly at: Temporal.Instant; readonly seqNo?: number; readonly reason?: StopReason }
  /** Latest report by number (or time): what flows now is known up to here. */
  readonly newest: { readonly at: Temporal.Instant; readonly seqNo?: number }
  readonly earliestAt: Temporal.Instant
  /** Since when the connector shows free though no end was told (1.6): the stop was lost, or is late. */
  readonly freeSince?: Temporal.Instant
  /** 2.x: its latest word that the delivery was stopped, by whoever may; its end comes when the car goes. */
  readonly stopped?: { readonly at: Temporal.Instant; readonly seqNo?: number }
  /** The first report with a token that may charge. */
  readonly authorisedAt?: Temporal.Instant
  /** A token was shown and none may charge. */
  readonly wasRefused: boolean
  /** Sorted, no two neighbours from consecutive reports alike. */
  readonly flow: readonly FlowPoint[]
}

export interface Wish {
  readonly askedAt: Temporal.Instant
  readonly remoteStartId: number
  /** 1.6: the connector was seen to prepare, so that going back to available means that no cable came. */
  readonly hasPrepared: boolean
}

/** How long things may take, as it was when the session began. */
export interface Limits {
  readonly answerSeconds: number
  readonly cableSeconds: number
  readonly noEnergySeconds: number
  readonly durationSeconds: number
  readonly maxPowerW: Watts
}

export const deadlineNames = ['answer', 'cable', 'no-energy', 'duration', 'stop', 'meter'] as const
export type DeadlineName = (typeof deadlineNames)[number]

export type Deadlines = { readonly [name in DeadlineName]?: Temporal.Instant }

/** What the last session data record said, so that only a different truth makes a further revision. */
export interface Recorded {
  readonly revision: number
  readonly content: string
}

export interface Session {
  readonly state: SessionState
  readonly flags: readonly SessionFlag[]
  readonly evse: number
  readonly startedAt: Temporal.Instant
  readonly endedAt?: Temporal.Instant
  readonly wish?: Wish
  readonly transaction?: Transaction
  readonly meter: Meter
  /** The last register was stamped by a clock that is wrong: when it was heard by ours. */
  readonly lastHeard?: { readonly stamp: Temporal.Instant; readonly at: Temporal.Instant }
  readonly limits: Limits
  readonly deadlines: Deadlines
  /** How often meter data was asked for (END-METER), and how often the station was told to stop. */
  readonly meterAsked: number
  readonly stopAsked: number
  /** Set when the energy is our estimate (END-METER), until the truth comes. */
  readonly estimatedWh?: WattHours
  readonly recorded?: Recorded
  /** What a decision on doubtful usage data made of its energy (END-VALIDATE); a later truth takes it away again. */
  readonly corrected?: { readonly energyWh: WattHours }
}

/** A session that begins with a wish (remote start). */
export function sessionOfWish(
  given: { readonly evse: number; readonly remoteStartId: number; readonly limits: Limits },
  at: Temporal.Instant,
): Session {
  const { evse, remoteStartId, limits } = given
  return {
    ...bornAt(at, evse, limits),
    state: 'waiting-for-station',
    wish: { askedAt: at, remoteStartId, hasPrepared: false },
    deadlines: { answer: at.add({ seconds: limits.answerSeconds }) },
  }
}

/** A session that begins with the first report of a transaction; that report is then decided on like any other. */
export function sessionOfTransaction(
  given: { readonly evse: number; readonly limits: Limits; readonly isOrphan?: boolean },
  at: Temporal.Instant,
): Session {
  return { ...bornAt(at, given.evse, given.limits), flags: given.isOrphan === true ? ['orphan'] : [] }
}

function bornAt(at: Temporal.Instant, evse: number, limits: Limits): Session {
  return {
    state: 'waiting-for-token',
    flags: [],
    evse,
    startedAt: at,
    meter: {},
    limits,
    deadlines: {},
    meterAsked: 0,
    stopAsked: 0,
  }
}

/** Other limits hold, as those of the class of a token that is shown later than the session began; its end is counted anew. */
export function withLimits(session: Session, limits: Limits): Session {
  if (session.limits.durationSeconds === limits.durationSeconds) return session
  const { duration: _, ...deadlines } = session.deadlines
  const durationSeconds = limits.durationSeconds
  return { ...session, limits: { ...session.limits, durationSeconds }, deadlines }
}

/** After readings whose clock is wrong, where they changed which register is the last. */
export function withLastHeard(before: Session, read: Session, at: Temporal.Instant): Session {
  const { last } = read.meter
  return last === undefined || last === before.meter.last ? read : { ...read, lastHeard: { stamp: last.at, at } }
}

/** When the last register was read: by the station's clock, or by ours where that is known to be wrong. */
export function lastReadAt({ meter: { last }, lastHeard }: Session): Temporal.Instant | undefined {
  const isWrong = last !== undefined && lastHeard?.stamp.epochMilliseconds === last.at.epochMilliseconds
  return isWrong ? lastHeard?.at : last?.at
}

export function withFlag(session: Session, flag: SessionFlag): Session {
  return session.flags.includes(flag) ? session : { ...session, flags: [...session.flags, flag].sort() }
}

export function withoutFlags(session: Session, ...flags: readonly SessionFlag[]): Session {
  return session.flags.some((flag) => flags.includes(flag))
    ? { ...session, flags: session.flags.filter((flag) => !flags.includes(flag)) }
    : session
}
