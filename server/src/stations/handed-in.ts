import type { Result, StaffOrKey, Tx } from '../platform/index.ts'
import type { CommandAnswer, IdToken, ReportAnswer, StationCommand, StationReport, TokenAnswer } from './model.ts'

/**
 * What features above stations decide, handed in by `app.ts`: stations know no session, token or tariff.
 */
export interface HandedIn {
  /**
   * Takes a batch of reports inside its transaction (`inTenants`, ingest role): reports of many stations and tenants, in
   * the order in which each station said them. Answers one for each, at the same index: `transaction` for transaction
   * reports, else `noted` (boots are answered here, whatever is returned). `evses` and `connectors` already hold what the
   * batch reported, and every EVSE that a report names has its row. Throws only when the database does: a report that is
   * absurd is answered and judged afterwards. A batch that fails is done again, one message at a time. `isCurrent`, when it is
   * given, says once it is known which reports came by the newest socket of their station: all others change nothing.
   */
  takeReports(
    tx: Tx,
    reports: readonly StationReport[],
    isCurrent?: Promise<IsCurrent>,
  ): Promise<readonly ReportAnswer[]>
  /** Absent: everything goes the whole way. */
  readonly shortWay?: ShortWay
  /** Authorize of many stations and tenants, outside the batch of reports. Answers one for each, at the same index; changes nothing. */
  judgeTokens(questions: readonly TokenQuestion[]): Promise<readonly TokenAnswer[]>
  /**
   * How a command ended, in the transaction (`inTenant`) that keeps it. Called once when the station answered
   * (`answered`: accepted or scheduled) or when it failed; and once more, `timed-out`, when it was answered but what it
   * should have brought about was not seen in time.
   */
  commandSettled(tx: Tx, ended: SettledCommand): Promise<void>
  /**
   * A start asked for by staff or a key, judged by VALID like any other: with the token that is named, or with a one-use token. Answers the
   * command's id. Absent: `start-transaction` is `not-supported`.
   */
  startForStaff?(
    tx: Tx,
    wanted: {
      readonly stationId: string
      readonly evse: number
      readonly connector?: number
      readonly idToken?: IdToken
      readonly caller: StaffOrKey
      readonly at: Temporal.Instant
    },
  ): Promise<Result<string, 'start-refused'>>
  /** Stops whatever goes on at a station that staff refuse. */
  stopForStaff?(
    tx: Tx,
    wanted: { readonly stationId: string; readonly caller: StaffOrKey; readonly at: Temporal.Instant },
  ): Promise<void>
}

/** Whether a station may serve this token. */
export interface TokenQuestion {
  readonly tenantId: string
  readonly stationId: string
  readonly idToken: IdToken
  readonly at: Temporal.Instant
}

/** The short way of meter values: no reading, one statement, all or nothing. */
export interface ShortWay {
  /** What a report makes of a session that runs; undefined where more may come of it: then it goes the whole way. */
  step(report: StationReport): ShortStep | undefined
  /** Durably saves steps of different sessions. False: something was not as expected, nothing was saved, and all go the whole way. */
  save(steps: readonly ShortStep[]): Promise<boolean>
}

export interface ShortStep {
  readonly stationId: string
  readonly answer: ReportAnswer
}

export type IsCurrent = (report: StationReport) => boolean
/** Tells staff, in the transaction that finds it; the same kind and subject is one alert. */
export type RaiseAlert = (
  tx: Tx,
  alert: {
    readonly tenantId: string
    readonly kind: string
    readonly severity: 'critical' | 'major' | 'minor'
    readonly subject: string
    readonly stationId: string
    readonly evidence: Readonly<Record<string, unknown>>
    readonly at: Temporal.Instant
  },
) => Promise<void>

export interface SettledCommand {
  readonly id: string
  readonly stationId: string
  readonly sessionId: string | null
  readonly command: StationCommand
  readonly at: Temporal.Instant
  readonly state: 'answered' | 'failed' | 'timed-out'
  readonly answer?: CommandAnswer
  /** Stable code: `station-offline`, `rejected`, `not-supported`, `station-error`, `no-answer`, `no-effect`, … */
  readonly failure?: CommandFailure
}

export const commandFailures = [
  'station-offline',
  'not-sent-in-time',
  'station-not-accepted',
  'connection-lost',
  'no-answer',
  'no-effect',
  'taken-back',
  'asked-too-often',
  'rejected',
  'not-supported',
  'station-error',
  'invalid-answer',
  'invalid-call',
] as const
export type CommandFailure = (typeof commandFailures)[number]

/** Who wanted it. `system`: the platform by itself. */
export interface CommandBy {
  readonly kind: 'staff' | 'key' | 'system'
  readonly id?: string
  readonly name?: string
}
