import type { Dialect } from './dialect.ts'
import { calls } from './ocpp2-calls.ts'
import { connectorStatus, read, render } from './ocpp2-messages.ts'

/** OCPP 2.0.1. */
export const ocpp201: Dialect = {
  protocol: 'ocpp2.0.1',
  status: connectorStatus,
  tellsStationStatus: false,
  tellsProblems: true,
  says: () => true,
  render,
  read,
  calls,
}
