import type { Ground, Texts, Tx } from '../platform/index.ts'
import type { CommandBy, StationCommand } from '../stations/index.ts'
import type { AtHand } from './at-hand.ts'
import type { MadeRecords } from './made-records.ts'
import type { Numbers } from './numbers.ts'
import type { Authoriser } from './rules/index.ts'
import type { UsageLog } from './usage/error-log.ts'

export interface RaisedAlert {
  readonly tenantId: string
  readonly kind: string
  readonly severity: 'critical' | 'major' | 'minor'
  /** What it is about: one open alert per kind and subject. */
  readonly subject: string
  readonly stationId?: string
  readonly sessionId?: string
  readonly evidence: Readonly<Record<string, unknown>>
  readonly at: Temporal.Instant
}

export interface ClearedAlert extends Pick<RaisedAlert, 'tenantId' | 'kind' | 'subject'> {
  readonly at: Temporal.Instant
}

/** What sessions are given besides the ground: doors of stations, and monitoring above them. */
export interface SessionsDeps extends Pick<Ground, 'database' | 'keys' | 'clock' | 'log' | 'bus'> {
  /** Leaves a command for a station; answers its id, or undefined for a station that is not there. */
  sendToStation(
    tx: Tx,
    wanted: {
      readonly tenantId?: string
      readonly stationId: string
      readonly command: StationCommand
      readonly by: CommandBy
      readonly sessionId?: string
    },
  ): Promise<string | undefined>
  /** Commands of a session that have not gone out are not to go any more. */
  takeBackCommands(tx: Tx, sessionId: string, at: Temporal.Instant): Promise<void>
  raiseAlerts(tx: Tx, alerts: readonly RaisedAlert[]): Promise<void>
  clearAlerts(tx: Tx, cleared: readonly ClearedAlert[]): Promise<void>
  /** What people see of a station may have changed. */
  touchStation(tenantId: string, stationId: string): void
  readonly texts: Texts
  /** Where a line is kept of each usage error (END-VALIDATE). */
  readonly usageLog: UsageLog
  /** Who has a say in VALID besides those of this feature; `app.ts` fills it. */
  readonly authorisers?: readonly Authoriser[]
  /** `wireSessions` makes these. */
  readonly atHand?: AtHand
  readonly numbers?: Numbers
  readonly madeRecords?: MadeRecords
}
