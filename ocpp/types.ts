import type { Ocpp16Payloads, Ocpp20Payloads, Ocpp21Payloads } from './generated/payloads.ts'
import type { OcppVersion } from './versions.ts'

/** Payload types per version and action, made from the schemas by `typed-ocpp` (types only; nothing of it is loaded). */
export interface Payloads {
  readonly 'ocpp1.6': Ocpp16Payloads
  readonly 'ocpp2.0.1': Ocpp20Payloads
  readonly 'ocpp2.1': Ocpp21Payloads
}

export type ActionName<V extends OcppVersion> = keyof Payloads[V] & string

/** `Request<'ocpp1.6', 'StartTransaction'>` */
export type Request<V extends OcppVersion, A extends ActionName<V>> = Payloads[V][A] extends { request: infer R }
  ? R
  : never

/** `Response<'ocpp2.0.1', 'TransactionEvent'>` */
export type Response<V extends OcppVersion, A extends ActionName<V>> = Payloads[V][A] extends { response: infer R }
  ? R
  : never
