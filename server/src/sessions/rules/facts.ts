import type {
  ChargingState,
  ConnectorPhase,
  ConnectorStatus,
  MeterReading,
  StationCommand,
  StopReason,
  TransactionReport,
} from '../../stations/model.ts'
import type { Session } from './session.ts'

/** One report about a transaction, after VALID has judged its token. */
export interface TransactionFact {
  readonly kind: TransactionReport['kind']
  readonly number: string
  readonly seqNo?: number
  readonly chargingState?: ChargingState
  readonly stopReason?: StopReason
  /** 2.x: the delivery was stopped, while the transaction goes on as long as its car is connected. */
  readonly hasStopped?: true
  /** Verdict on the token shown for charging; absent: none was shown (a token that ends is none for charging). */
  readonly token?: 'may-charge' | 'refused'
  readonly readings: readonly MeterReading[]
  /** 1.6: it names no transaction, and this one is surely meant (`nameless-stop.ts`). */
  readonly isNameless?: true
  readonly wasQueued: boolean
  readonly wasCorrected: boolean
  /** Our clock: deadlines of what was queued are not over before we have had time to hear the rest. */
  readonly receivedAt: Temporal.Instant
}

/** What a session can learn. */
export type Fact =
  /** How the station answered a remote start. `unknown`: no answer came. */
  | { readonly kind: 'wish-answered'; readonly outcome: 'accepted' | 'refused' | 'unknown' }
  | TransactionFact
  /** `isNameless` (1.6): told under -1 or 0, of what runs at its connector; false: under its number. */
  | {
      readonly kind: 'readings'
      readonly readings: readonly MeterReading[]
      readonly wasCorrected: boolean
      readonly isNameless?: boolean
      /** Our clock, where it is not the time of the fact itself. */
      readonly receivedAt?: Temporal.Instant
    }
  | { readonly kind: 'evse-status'; readonly status: ConnectorStatus; readonly phase?: ConnectorPhase }
  /** A transaction began on the same EVSE after ours: ours lost its end. `registerWh`: where the next one starts. */
  | { readonly kind: 'displaced'; readonly registerWh?: number }
  /** 2.x: what the station says of messages still waiting (GetTransactionStatus). */
  | { readonly kind: 'queue-answered'; readonly messagesInQueue: boolean; readonly ongoing?: boolean }
  | { readonly kind: 'stop-asked' }
  /** The station was told to stop and knows of no such transaction. */
  | { readonly kind: 'stop-refused' }
  /** `hasJustReturned`: the station is back since a moment ago; what waited there may still be on its way. */
  | { readonly kind: 'deadline'; readonly isOnline: boolean; readonly hasJustReturned?: boolean }

export type FactKind = Fact['kind']
export type FactOf<K extends FactKind> = Extract<Fact, { readonly kind: K }>

export type AlertKind =
  | 'session-estimated'
  | 'session-not-authorised'
  | 'session-no-energy'
  | 'session-over-limit'
  | 'no-tariff'
  | 'stop-not-obeyed'

/** What is to be done when the new state is saved. */
export type SessionEffect =
  | { readonly kind: 'command'; readonly command: StationCommand }
  | {
      readonly kind: 'alert'
      readonly alert: AlertKind
      readonly severity: 'critical' | 'major' | 'minor'
      readonly evidence: Readonly<Record<string, string | number>>
    }
  | { readonly kind: 'clear-alert'; readonly alert: AlertKind }
  | { readonly kind: 'record'; readonly reason: 'ended' | 'estimate' | 'truth' }

/** A line of the session's history. */
export interface Change {
  readonly kind: 'state' | 'charging' | 'authorised' | 'flag'
  readonly value: string
  readonly at: Temporal.Instant
  readonly cause: string
}

/** What a handler returns: the session after the fact, and what must be done. */
export interface Step {
  readonly session: Session
  readonly effects: readonly SessionEffect[]
}

export interface Decision extends Step {
  readonly changes: readonly Change[]
}
