import type { Protocol } from '../state.ts'
import type { Dialect } from './dialect.ts'
import { ocpp16 } from './ocpp16.ts'
import { ocpp201 } from './ocpp201.ts'
import { ocpp21 } from './ocpp21.ts'

/** One row for each version of OCPP. */
export const dialects: Readonly<Record<Protocol, Dialect>> = {
  'ocpp1.6': ocpp16,
  'ocpp2.0.1': ocpp201,
  'ocpp2.1': ocpp21,
}
