import type { Answer, ConnectorStatus, Message, Payload, Protocol, StationState } from '../state.ts'
import type { Turn } from '../turn.ts'

export interface Call {
  readonly action: string
  readonly payload: Payload
}

/** Does what the central system asks and answers; whatever is to follow the answer goes into the outbox. */
export type CallHandler = (turn: Turn, payload: Payload) => Payload

/** One version of OCPP as a station speaks it. */
export interface Dialect {
  readonly protocol: Protocol
  /** How a connector's state is told; what reads the same is not told again. */
  status(status: ConnectorStatus, isPlugged: boolean): string
  /** 1.6 also tells of the station as a whole, as connector 0. */
  readonly tellsStationStatus: boolean
  /** 2.x tells a fault by NotifyEvent as well. */
  readonly tellsProblems: boolean
  /** Whether the version has words for a message at all. */
  says(message: Message): boolean
  /** The words, at the moment the message leaves: 1.6 knows a transaction's number only then. */
  render(message: Message, state: StationState): Call
  read(message: Message, payload: Payload): Answer
  /** All other actions of the version are not supported. */
  readonly calls: Readonly<Record<string, CallHandler>>
}
