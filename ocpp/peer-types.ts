import type { ErrorCode } from './codes.ts'
import type { Mark } from './intake.ts'
import type { OcppVersion } from './versions.ts'

/** What the peer needs of a WebSocket. `onSent` is called when the text has left us, with the error when it could not. */
export interface PeerSocket {
  send(text: string, onSent?: (error?: Error) => void): void
}

/** A CALL (or SEND) of the other side, checked: `payload` fits the schema of its version, what was repaired is in `marks`. */
export interface IncomingCall {
  readonly id: string
  readonly action: string
  readonly payload: Readonly<Record<string, unknown>>
  readonly marks: readonly Mark[]
  /** The frame as it came. */
  readonly text: string
}

/**
 * What the handler answers. `afterSent` runs when the answer is on its way, before the next CALL is handled. `silence`:
 * none, so that the station tries again; for when we cannot keep what it said, since many throw away what was refused.
 */
export type Answer = (
  | { readonly kind: 'result'; readonly payload: object }
  | { readonly kind: 'error'; readonly code: ErrorCode; readonly description?: string; readonly details?: object }
  | { readonly kind: 'silence' }
) & { readonly afterSent?: () => void }

/** How a CALL of ours ended. */
export type CallOutcome =
  | { readonly kind: 'answered'; readonly payload: Readonly<Record<string, unknown>>; readonly marks: readonly Mark[] }
  /** The other side sent a CALLERROR. */
  | { readonly kind: 'error'; readonly code: string; readonly description: string; readonly details: unknown }
  /** The other side's CALLRESULT does not fit the schema; `payload` as it came. */
  | { readonly kind: 'invalid-answer'; readonly description: string; readonly payload: unknown }
  /** Never sent: not a message of the version, or it does not fit its schema. `details` name the place. */
  | { readonly kind: 'invalid-call'; readonly code: ErrorCode; readonly description: string; readonly details: object }
  | { readonly kind: 'timed-out' }
  | { readonly kind: 'connection-lost' }

/** What a frame was, for the log. `action` of an answer is that of its request. */
export interface FrameMeta {
  readonly direction: 'in' | 'out'
  readonly type?: 2 | 3 | 4 | 5 | 6
  readonly id?: string
  readonly action?: string
  readonly marks?: readonly Mark[]
  readonly fault?: Fault
}

export type FaultKind =
  /** Not a frame, or a CALL that does not fit; answered with an error where there is an id to answer to. */
  | 'refused'
  /** A message type we do not know, or one that this version has not. */
  | 'ignored'
  /** An answer to a CALL that is not open: late, doubled or invented. */
  | 'unexpected-answer'
  /** The other side's answer does not fit the schema. */
  | 'invalid-answer'
  /** The other side refused an answer of ours (2.1 CALLRESULTERROR, CALLERROR with id -1). */
  | 'answer-refused'
  /** A bug of ours: an answer that does not fit the schema, or a handler that threw. */
  | 'own'

export interface Fault {
  readonly kind: FaultKind
  readonly code?: string
  readonly description: string
  readonly action?: string
  readonly error?: unknown
}

export interface PeerOptions {
  readonly version: OcppVersion
  /** Which side we are; decides which actions may be handled and which may be called. */
  readonly role: 'csms' | 'station'
  readonly socket: PeerSocket
  /** Called for every CALL that fits its schema. `undefined`: known to OCPP, but nobody handles it: NotSupported. */
  handle(call: IncomingCall): Promise<Answer | undefined> | Answer | undefined
  /** Called for a SEND (2.1); there is no answer. */
  handleSend?(call: IncomingCall): void
  /**
   * A vendor's rule for a CALL payload that does not fit: the repaired payload, or undefined. It is checked once more,
   * and marked.
   */
  repair?(action: string, payload: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> | undefined
  /** Every frame, in both directions, as text. */
  onFrame?(text: string, meta: FrameMeta): void
  onFault?(fault: Fault, text: string): void
  /** How long we wait for an answer; 30 s unless given. */
  readonly timeoutMs?: number
  /** The next CALL is handled only after the last one was answered (true unless given). */
  readonly serial?: boolean
  /** Makes message ids; UUIDs unless given. */
  newId?(): string
}

export interface Peer {
  /** Hand in a text frame. Never throws. */
  receive(text: string): void
  /** Sends a CALL when its turn comes; one is open at a time. The payload is checked before it is queued. */
  call(
    action: string,
    payload: object,
    options?: { readonly timeoutMs?: number; onSent?(): void },
  ): Promise<CallOutcome>
  /** Sends a SEND (2.1), unanswered. */
  send(action: string, payload: object): CallOutcome | undefined
  /** The socket is gone: open and waiting calls end with `connection-lost`, answers are dropped. */
  closed(): void
  /** CALLs of the other side that were received and not answered yet. */
  readonly backlog: number
  /** CALLs of ours that wait or are open. */
  readonly outstanding: number
}
