import type { ReportAnswer, ReportBody } from '../model.ts'

/** One message of a station, checked and translated: what it says is saved together and answered once. */
export interface StationMessage {
  readonly tenantId: string
  readonly stationId: string
  readonly epoch: bigint
  readonly receivedAt: Temporal.Instant
  readonly socketOpenedAt: Temporal.Instant
  readonly action: string
  readonly bodies: readonly ReportBody[]
  /** The payload as it came, kept where it has no effect of its own. */
  readonly text: string
}

/** `superseded`: a newer socket owns the station; an older one can write nothing. */
export type MessageAnswer = ReportAnswer | { readonly kind: 'superseded' }
