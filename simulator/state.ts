import type { SettingKey } from './settings.ts'

/**
 * Milliseconds since 1970. The machine counts in plain numbers rather than Temporal.Instant: hundreds of stations
 * look at their deadlines several times a second.
 */
export type Ms = number

export const protocols = ['ocpp1.6', 'ocpp2.0.1', 'ocpp2.1'] as const
export type Protocol = (typeof protocols)[number]

/** The words of 1.6, which are the finer ones; 2.x sees them through its dialect. */
export type ConnectorStatus =
  | 'Available'
  | 'Preparing'
  | 'Charging'
  | 'SuspendedEV'
  | 'SuspendedEVSE'
  | 'Finishing'
  | 'Unavailable'
  | 'Faulted'

export type ChargingState = 'Idle' | 'EVConnected' | 'Charging' | 'SuspendedEV' | 'SuspendedEVSE'

/** Why an event of a transaction is sent, in the words of OCPP 2.x. */
export type TriggerReason =
  | 'AbnormalCondition'
  | 'Authorized'
  | 'CablePluggedIn'
  | 'ChargingStateChanged'
  | 'Deauthorized'
  | 'EVCommunicationLost'
  | 'EVConnectTimeout'
  | 'MeterValueClock'
  | 'MeterValuePeriodic'
  | 'RemoteStart'
  | 'RemoteStop'
  | 'ResetCommand'
  | 'StopAuthorized'
  | 'Trigger'
  | 'UnlockCommand'

/** Why a transaction ended, in the words of OCPP 2.x; a dialect maps what its version lacks. */
export type StoppedReason =
  | 'DeAuthorized'
  | 'EVDisconnected'
  | 'GroundFault'
  | 'ImmediateReset'
  | 'Local'
  | 'Other'
  | 'PowerLoss'
  | 'Reboot'
  | 'Remote'
  | 'Timeout'
  /** 1.6 only. */
  | 'HardReset'
  | 'SoftReset'
  | 'UnlockCommand'

export type ReadingContext = 'Transaction.Begin' | 'Transaction.End' | 'Sample.Periodic' | 'Sample.Clock' | 'Trigger'

/** `type` as OCPP 2.x writes it; 1.6 does not send it. */
export interface Token {
  readonly uid: string
  readonly type: string
}

/** What the central system said about a token. */
export interface TokenInfo {
  readonly status: string
  readonly groupUid: string | undefined
}

export interface EvseSpec {
  readonly id: number
  readonly connectors: number
  /** As OCPI names it. */
  readonly connectorType: string
  readonly current: 'AC' | 'DC'
  readonly phases: 1 | 3
  readonly maxPowerW: number
}

export interface Car {
  readonly batteryWh: number
  /** 0 to 100, with its fraction. */
  readonly socPercent: number
  readonly maxAcPowerW: number
  readonly maxDcPowerW: number
  readonly phases: 1 | 3
  /** Stops asking at this state of charge. */
  readonly wantsPercent: number
}

/** One moment of a meter. `at` is the station's clock. */
export interface Reading {
  readonly at: Ms
  readonly context: ReadingContext
  readonly registerWh: number
  readonly powerW: number
  readonly currentsA: readonly number[]
  readonly volts: number
  readonly socPercent: number | undefined
  /** Which measurands are told of it, as the settings were when it was taken. */
  readonly measurands: readonly string[]
}

export interface Authorisation {
  readonly token: Token
  readonly groupUid: string | undefined
  readonly remoteStartId: number | undefined
}

export interface Transaction {
  /** 2.x: the transaction's number, unique for ever. 1.6: known to this station only. */
  readonly id: string
  /** The station's clock. */
  readonly startedAt: Ms
  readonly meterStartWh: number
  readonly token: Token | undefined
  readonly groupUid: string | undefined
  readonly nextSeqNo: number
  readonly chargingState: ChargingState
  /** From when on the car draws energy. */
  readonly energyFrom: Ms | undefined
  readonly nextSampleAt: Ms | undefined
  readonly nextEndedSampleAt: Ms | undefined
  /** What the last message will repeat: the first reading and, where asked for, those between. */
  readonly kept: readonly Reading[]
  /** The station gives no energy because the central system refused the token. */
  readonly isWithheld: boolean
  /** Set when authorisation was taken back but the transaction goes on until the cable is out (TxStopPoint). */
  readonly stopped: StoppedReason | undefined
}

export interface EvseState {
  readonly spec: EvseSpec
  /** The connector whose cable is in a car. */
  readonly connector: number | undefined
  readonly car: Car | undefined
  readonly registerWh: number
  readonly powerW: number
  /** Until when the register has been counted. */
  readonly countedAt: Ms
  /** A token the central system has been asked about. */
  readonly asking: Token | undefined
  readonly authorised: Authorisation | undefined
  readonly cableDeadline: Ms | undefined
  readonly transaction: Transaction | undefined
  /** A transaction has ended and its cable is still in. */
  readonly isFinishing: boolean
}

export interface Faults {
  /** EVSEs with a ground failure: nothing flows, what runs ends. */
  readonly groundFailure: readonly number[]
  /** EVSEs whose connector does not lock: a warning, and no session begins. */
  readonly connectorLock: readonly number[]
  /** No meter values are sent any more. */
  readonly meterSilent: boolean
  /** StopTransaction, or the event Ended, is never sent. */
  readonly neverStops: boolean
  /** The share (0 to 1) of answers that get lost on their way to the station. */
  readonly dropReplies: number
  /** Calls of the central system get no answer. */
  readonly mute: boolean
  /** Every message is delivered so many times, each time under a new id. */
  readonly repeatMessages: number
  readonly delivery: 'in-order' | 'reversed' | 'shuffled'
  /** Messages about transactions leave that much later. */
  readonly lateSeconds: number
  /** The station's clock is wrong by this much and is not corrected by the central system. */
  readonly clockOffsetSeconds: number | undefined
  readonly clockDriftPpm: number
}

export const noFaults: Faults = {
  groundFailure: [],
  connectorLock: [],
  meterSilent: false,
  neverStops: false,
  dropReplies: 0,
  mute: false,
  repeatMessages: 1,
  delivery: 'in-order',
  lateSeconds: 0,
  clockOffsetSeconds: undefined,
  clockDriftPpm: 0,
}

export type BootReason = 'PowerUp' | 'RemoteReset' | 'ScheduledReset' | 'Triggered'

/** What a station wants to say, in no version's words yet: the dialect renders it at the moment it leaves. */
export type Message =
  | { readonly kind: 'boot'; readonly reason: BootReason }
  | { readonly kind: 'heartbeat' }
  | {
      readonly kind: 'status'
      /** 0: the station as a whole. */
      readonly evse: number
      readonly connector: number
      readonly status: ConnectorStatus
      readonly isPlugged: boolean
      readonly errorCode: string | undefined
      readonly at: Ms
      /** Asked for by TriggerMessage. */
      readonly isAskedFor: boolean
    }
  | {
      readonly kind: 'authorize'
      readonly evse: number
      readonly token: Token
      readonly purpose: 'start' | 'stop' | 'remote-start'
      readonly remoteStartId: number | undefined
    }
  | TransactionMessage
  | {
      readonly kind: 'meter'
      readonly evse: number
      readonly transactionId: string | undefined
      readonly reading: Reading
    }
  | {
      readonly kind: 'problem'
      readonly evse: number
      readonly code: string
      readonly isCleared: boolean
      readonly at: Ms
      readonly eventId: number
    }
  /** A message of one version only, made by its dialect. */
  | { readonly kind: 'raw'; readonly action: string; readonly payload: Payload }

export interface TransactionMessage {
  readonly kind: 'transaction'
  readonly event: 'Started' | 'Updated' | 'Ended'
  readonly transactionId: string
  readonly seqNo: number
  readonly at: Ms
  readonly trigger: TriggerReason
  readonly isOffline: boolean
  readonly evse: number
  readonly connector: number | undefined
  /** 2.x sends the EVSE only with the first event after it is known. */
  readonly tellsEvse: boolean
  readonly token: Token | undefined
  readonly remoteStartId: number | undefined
  /** Only where it has changed. */
  readonly chargingState: ChargingState | undefined
  readonly stoppedReason: StoppedReason | undefined
  readonly registerWh: number
  readonly readings: readonly Reading[]
}

export type Payload = Readonly<Record<string, unknown>>

/** One message that waits to be delivered, or has been sent and waits for its answer. */
export interface OutboxEntry {
  readonly id: number
  readonly message: Message
  /** `transaction`: kept while offline, tried again, in order. `now`: lost with the connection. */
  readonly lane: 'now' | 'transaction'
  readonly attempts: number
  readonly notBefore: Ms
  /** May leave before the station is accepted: the boot, and what the central system asked for. */
  readonly mayLeaveEarly: boolean
}

export interface StationState {
  readonly identity: string
  readonly protocol: Protocol
  readonly vendor: string
  readonly model: string
  readonly serial: string
  readonly firmware: string
  /** How 2.1 tells connector states: StatusNotification is deprecated there. */
  readonly statusByEvent: boolean

  /** The state of the seeded generator. */
  readonly random: number
  readonly power: 'on' | 'off'
  readonly isConnected: boolean
  readonly registration: 'none' | 'Accepted' | 'Pending' | 'Rejected'
  readonly bootReason: BootReason
  readonly nextBootAt: Ms | undefined
  readonly nextHeartbeatAt: Ms | undefined
  readonly nextAlignedAt: Ms | undefined
  /** When a station that was reset goes down, and when one that is down comes back. */
  readonly downAt: Ms | undefined
  readonly upAt: Ms | undefined
  /** A reset that waits until no transaction runs (2.x OnIdle). */
  readonly resetWhenIdle: boolean
  readonly clockOffsetMs: number
  readonly clockSetAt: Ms

  readonly settings: Readonly<Partial<Record<SettingKey, string>>>
  readonly faults: Faults
  /** The levels set out of service: `station`, `1` (EVSE), `1.1` (connector). Kept over reboots. */
  readonly inoperative: readonly string[]
  readonly scheduled: readonly { readonly level: string; readonly isOperative: boolean }[]
  readonly localList: { readonly version: number; readonly entries: Readonly<Record<string, TokenInfo>> }
  readonly cache: Readonly<Record<string, TokenInfo>>

  readonly evses: readonly EvseState[]
  /** What was last told of each connector, by `evse.connector`. */
  readonly reported: Readonly<Record<string, string>>
  readonly outbox: readonly OutboxEntry[]
  readonly nextEntry: number
  readonly nextEventId: number
  /** 1.6: the numbers the central system gave to transactions that are not finished yet. */
  readonly numbers: Readonly<Record<string, number>>
}

/** What an answer of the central system means, whatever the version. */
export type Answer =
  | {
      readonly kind: 'boot'
      readonly status: 'Accepted' | 'Pending' | 'Rejected'
      readonly intervalSeconds: number
      readonly serverTime: Ms | undefined
    }
  | { readonly kind: 'heartbeat'; readonly serverTime: Ms | undefined }
  | { readonly kind: 'token'; readonly token: TokenInfo | undefined; readonly transactionNumber: number | undefined }
  | { readonly kind: 'noted' }

export type Input =
  | { readonly kind: 'tick' }
  | { readonly kind: 'power-on' }
  | { readonly kind: 'plug'; readonly evse: number; readonly connector?: number; readonly car?: Partial<Car> }
  | { readonly kind: 'unplug'; readonly evse: number }
  | { readonly kind: 'card'; readonly evse: number; readonly uid: string; readonly type?: string }
  | { readonly kind: 'socket-open' }
  | { readonly kind: 'socket-closed' }
  | { readonly kind: 'call'; readonly action: string; readonly payload: Payload }
  | { readonly kind: 'answered'; readonly entry: number; readonly payload: Payload }
  /** `unsent`: the connection went before an answer could come; this does not count as an attempt. */
  | { readonly kind: 'failed'; readonly entry: number; readonly why: 'no-reply' | 'refused' | 'unsent' }
  | { readonly kind: 'faults'; readonly faults: Partial<Faults> }
  | { readonly kind: 'reboot' }

/** Something worth telling whoever watches the station. */
export type Fact =
  | { readonly kind: 'registered'; readonly status: 'Accepted' | 'Pending' | 'Rejected' }
  | { readonly kind: 'token-refused'; readonly evse: number; readonly uid: string; readonly status: string }
  | { readonly kind: 'card-ignored'; readonly evse: number; readonly why: string }
  | { readonly kind: 'cable-timeout'; readonly evse: number }
  | { readonly kind: 'transaction-started'; readonly evse: number; readonly transactionId: string }
  | {
      readonly kind: 'transaction-ended'
      readonly evse: number
      readonly transactionId: string
      readonly reason: StoppedReason
      readonly energyWh: number
    }
  | { readonly kind: 'message-discarded'; readonly message: Message }
  | { readonly kind: 'rebooting' }

export type Output =
  | { readonly kind: 'connect' }
  | { readonly kind: 'disconnect' }
  /** The central system set another password: from now on the station connects with it. */
  | { readonly kind: 'password'; readonly password: string }
  | { readonly kind: 'answer'; readonly payload: Payload }
  | { readonly kind: 'not-supported' }
  | { readonly kind: 'fact'; readonly fact: Fact }
