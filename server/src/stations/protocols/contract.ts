import type { OcppVersion } from '../../../../ocpp/index.ts'
import type { CommandAnswer, IdToken, ReportAnswer, ReportBody, StationCommand, TokenAnswer } from '../model.ts'

/** A checked payload: it fits the schema of its version and action. */
export type Payload = Readonly<Record<string, unknown>>

/** What a CALL of a station is, in our own words. */
export type Incoming =
  /** Changes nothing: answered outside the batch. */
  | { readonly kind: 'heartbeat' }
  | { readonly kind: 'authorize'; readonly idToken: IdToken }
  /** What it says is saved first; the first body's answer becomes the station's. Never empty. */
  | { readonly kind: 'reports'; readonly bodies: readonly [ReportBody, ...ReportBody[]] }
  /** A part of the settings we asked for under this request id. */
  | {
      readonly kind: 'settings'
      readonly requestId: number
      /** Its place among the parts, from 0 on. */
      readonly seqNo: number
      readonly settings: NonNullable<CommandAnswer['settings']>
      readonly last: boolean
    }

export interface OutgoingCall {
  readonly action: string
  readonly payload: Payload
}

/** How much of a message a station takes, as far as it has said. */
export interface MessageLimits {
  readonly items?: number
  readonly bytes?: number
}

export interface SettingsRequest {
  /** What NotifyReport will name (2.x). */
  readonly requestId: number
  readonly limits?: MessageLimits
}

/** The settings by which a station says how much of a message it takes. */
export type LimitSettings = { readonly [limit in keyof MessageLimits]: string }

/** One way of talking to stations: a table of pure translations. */
export interface Protocol {
  readonly version: OcppVersion
  /** Characters of the longest id token the version can carry. */
  readonly tokenLength: number
  /** For commands that name settings. */
  readonly limitSettings: { readonly 'read-settings': LimitSettings; readonly 'write-settings'?: LimitSettings }
  /** For an action that stations of this version may send. */
  reportFrom(action: string, payload: Payload, receivedAt: Temporal.Instant): Incoming
  /** The CALLRESULT. Always fits the published schema of the version. */
  answerFor(action: string, payload: Payload, answer: ReportAnswer, at: Temporal.Instant): Payload
  tokenAnswerFor(payload: Payload, answer: TokenAnswer): Payload
  /** What is sent, in this order; a later call only when the ones before were accepted. */
  commandTo(command: StationCommand, request: SettingsRequest): readonly OutgoingCall[] | 'not-supported'
  /** What the station's CALLRESULT means. */
  answerFrom(command: StationCommand, payload: Payload): CommandAnswer
}
