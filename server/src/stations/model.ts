/**
 * The small station model: what stations report and what is asked of them, in the nouns of OCPP 2.x.
 * Protocols translate to and from it; nothing above `stations/` knows a protocol.
 */

/** What a driver shows. `type` as OCPP 2.x writes it; 1.6 gives none: `undefined`. Compared without case. */
export interface IdToken {
  readonly uid: string
  readonly type?: string
}

export const connectorPhases = ['preparing', 'charging', 'suspended-ev', 'suspended-evse', 'finishing'] as const
export type ConnectorPhase = (typeof connectorPhases)[number]

export const connectorStatuses = ['available', 'occupied', 'reserved', 'unavailable', 'faulted'] as const
export type ConnectorStatus = (typeof connectorStatuses)[number]

/** What flows, as OCPP 2.x `chargingState`. */
export const chargingStates = ['idle', 'ev-connected', 'charging', 'suspended-ev', 'suspended-evse'] as const
export type ChargingState = (typeof chargingStates)[number]

/** Where in a transaction a reading was taken (OCPP `ReadingContext`). */
export const readingContexts = [
  'transaction-begin',
  'transaction-end',
  'periodic',
  'clock',
  'trigger',
  'interruption-begin',
  'interruption-end',
  'other',
] as const
export type ReadingContext = (typeof readingContexts)[number]

/**
 * One moment of a meter. Energy is the import register in Wh (whole; rounded where it came in), power in W,
 * currents in mA and voltages in mV per phase (index 0 = L1), state of charge in tenths of a percent.
 * `rest`: sampled values that have no column, as they came. `signed`: signed data exactly as received.
 */
export interface MeterReading {
  readonly at: Temporal.Instant
  readonly context: ReadingContext
  readonly registerWh?: number
  readonly powerW?: number
  readonly currentsMa?: readonly (number | null)[]
  readonly voltagesMv?: readonly (number | null)[]
  readonly socTenths?: number
  readonly rest?: readonly unknown[]
  readonly signed?: readonly string[]
}

export const stopReasons = [
  'local',
  'remote',
  'ev-disconnected',
  'stopped-by-ev',
  'deauthorized',
  'emergency-stop',
  'energy-limit-reached',
  'time-limit-reached',
  'soc-limit-reached',
  'cost-limit-reached',
  'fault',
  'power-loss',
  'reboot',
  'reset',
  'unlock-command',
  'cable-timeout',
  'master-pass',
  'other',
] as const
export type StopReason = (typeof stopReasons)[number]

/** Why a transaction report was sent, as far as sessions care; protocols map their own trigger reasons to these. */
const transactionTriggers = [
  'authorized',
  'deauthorized',
  'stop-authorized',
  'cable-plugged-in',
  'ev-connect-timeout',
  'charging-state-changed',
  'meter-value',
  'remote-start',
  'remote-stop',
  'trigger',
  'resumed',
  'other',
] as const
export type TransactionTrigger = (typeof transactionTriggers)[number]

/**
 * How the station's transaction is named. 2.x: its own number (a string). 1.6: `startKey` at StartTransaction
 * (the text `connector|idTag in lower case|timestamp|meterStart`), and the number we gave, as a string, afterwards.
 */
export type TransactionName = { readonly number: string } | { readonly startKey: string }

export interface TransactionReport {
  readonly kind: 'transaction-started' | 'transaction-updated' | 'transaction-ended'
  readonly transaction: TransactionName
  /** 2.x only; the natural key of the report together with the transaction. */
  readonly seqNo?: number
  readonly evse?: number
  readonly connector?: number
  /** The station's clock. */
  readonly reportedAt: Temporal.Instant
  /** The station says (2.x) that it was offline when this happened. */
  readonly offline: boolean
  readonly trigger: TransactionTrigger
  readonly idToken?: IdToken
  readonly chargingState?: ChargingState
  readonly remoteStartId?: number
  readonly reservationId?: number
  readonly stopReason?: StopReason
  readonly readings: readonly MeterReading[]
}

export interface MeterReadReport {
  readonly kind: 'meter-read'
  /** 0 is the station's main meter. */
  readonly evse: number
  readonly connector?: number
  /** 1.6 names the transaction; `undefined` where none was named. Whatever was named is kept, also `-1` and `0`. */
  readonly transactionNumber?: string
  readonly readings: readonly MeterReading[]
}

export interface EvseStatusReport {
  readonly kind: 'evse-status'
  /** 0 (1.6 connector 0): the station as a whole. */
  readonly evse: number
  readonly connector: number
  readonly status: ConnectorStatus
  readonly phase?: ConnectorPhase
  readonly reportedAt?: Temporal.Instant
  readonly errorCode?: string
  readonly info?: string
  readonly vendorErrorCode?: string
}

export interface BootedReport {
  readonly kind: 'booted'
  readonly vendor: string
  readonly model: string
  readonly serial?: string
  readonly firmware?: string
  readonly iccid?: string
  readonly imsi?: string
  readonly meterSerial?: string
  readonly reason?: string
}

/** Something staff should see: an error code beside a status, an event, a security event. */
export interface ProblemReport {
  readonly kind: 'problem'
  readonly evse?: number
  readonly connector?: number
  readonly code: string
  readonly text?: string
  readonly severity: 'critical' | 'major' | 'minor'
  readonly reportedAt?: Temporal.Instant
  readonly cleared?: boolean
}

/** Anything that is recorded and answered, with no effect of its own yet (firmware-progress, log-progress, vendor-data, …). */
export interface RecordedReport {
  readonly kind: 'recorded'
  readonly what: string
  readonly content: unknown
}

export type ReportBody =
  | BootedReport
  | EvseStatusReport
  | TransactionReport
  | MeterReadReport
  | ProblemReport
  | RecordedReport

/** A report on its way through a batch: who says it, when it came, and since when its socket has been open. */
export interface StationReport {
  readonly tenantId: string
  readonly stationId: string
  readonly epoch: bigint
  readonly receivedAt: Temporal.Instant
  readonly socketOpenedAt: Temporal.Instant
  readonly body: ReportBody
}

/** VALID's verdict in the station's terms; `concurrent` when the token charges elsewhere already. */
export const tokenVerdicts = [
  'accepted',
  'blocked',
  'expired',
  'invalid',
  'concurrent',
  'no-credit',
  'not-here',
  'not-now',
] as const
export type TokenVerdict = (typeof tokenVerdicts)[number]

export interface TokenAnswer {
  readonly verdict: TokenVerdict
  /** The group, in every answer about the token, so that another card of the family can stop it. */
  readonly groupUid?: string
  readonly validUntil?: Temporal.Instant
}

/** What the station is told. A protocol turns it into its CALLRESULT. */
export type ReportAnswer =
  | {
      readonly kind: 'booted'
      readonly onboarding: 'waiting' | 'accepted' | 'refused'
      readonly intervalSeconds: number
    }
  | { readonly kind: 'transaction'; readonly number: string; readonly token?: TokenAnswer }
  | { readonly kind: 'noted' }

/** A token in a station's local list. `validUntil` in RFC 3339: commands are kept as JSON. */
export interface ListEntry {
  readonly idToken: IdToken
  readonly info?: { readonly verdict: TokenVerdict; readonly groupUid?: string; readonly validUntil?: string }
}

/** What a station says of its local list. Version 0: none or empty; -1 (1.6): it has no such thing. */
export interface ListFacts {
  readonly version?: number
  readonly enabled?: boolean
  /** Entries it can hold, and that one message may bring. */
  readonly longest?: number
  readonly part?: number
}

/** What is asked of a station. A protocol answers `not-supported` rather than pretend. */
export type StationCommand =
  | {
      readonly kind: 'start-transaction'
      readonly evse: number
      readonly connector?: number
      readonly idToken: IdToken
      readonly remoteStartId: number
    }
  | { readonly kind: 'stop-transaction'; readonly transactionNumber: string }
  /** Asks for a reading now, by the means the version has: TransactionEvent or MeterValues trigger. */
  | { readonly kind: 'fetch-meter'; readonly evse: number; readonly transactionNumber?: string }
  /** 2.x: GetTransactionStatus; 1.6: not-supported. */
  | { readonly kind: 'transaction-status'; readonly transactionNumber: string }
  | { readonly kind: 'unlock'; readonly evse: number; readonly connector: number }
  | {
      readonly kind: 'set-availability'
      readonly evse?: number
      readonly connector?: number
      readonly operative: boolean
    }
  | { readonly kind: 'reset'; readonly how: 'soft' | 'hard'; readonly evse?: number }
  /** `message` as the model names it. */
  | {
      readonly kind: 'trigger'
      readonly message: 'boot' | 'status' | 'heartbeat' | 'meter' | 'firmware' | 'log'
      readonly evse?: number
      readonly connector?: number
    }
  /** No names: all. 2.x names are `Component.Variable` (`Component[instance]@evse.Variable[instance]`). */
  | { readonly kind: 'read-settings'; readonly names?: readonly string[] }
  | { readonly kind: 'write-settings'; readonly settings: readonly { readonly name: string; readonly value: string }[] }
  | { readonly kind: 'clear-cache' }
  /** The version number of its local list, and what the list may hold. */
  | { readonly kind: 'read-list' }
  /** `full`: these entries and no others; else they are added, changed or (without `info`) taken out. */
  | {
      readonly kind: 'send-list'
      readonly version: number
      readonly full: boolean
      readonly entries: readonly ListEntry[]
    }
  | { readonly kind: 'vendor-data'; readonly vendorId: string; readonly messageId?: string; readonly content?: unknown }
  /** Any message of the version, checked against its schema. */
  | { readonly kind: 'raw-call'; readonly action: string; readonly payload: unknown }

export type CommandKind = StationCommand['kind']

/**
 * How a station answered. `accepted`: it will try. `raw` is its payload, or its error. `settings` where asked for.
 */
export interface CommandAnswer {
  readonly outcome: 'accepted' | 'scheduled' | 'rejected' | 'not-supported' | 'error'
  readonly status?: string
  readonly raw: unknown
  readonly settings?: readonly { readonly name: string; readonly value?: string; readonly readonly?: boolean }[]
  /** 2.x: the station already runs this transaction. */
  readonly transactionNumber?: string
  /** transaction-status only. */
  readonly messagesInQueue?: boolean
  readonly ongoing?: boolean
  /** read-list only. */
  readonly list?: ListFacts
}
