import { actionOf, checkPayload, type OcppVersion } from '../../../../ocpp/index.ts'

export interface RawCallFault {
  /** Into the body of the request that asks for it. */
  readonly pointer: string
  readonly code: 'unknown-action' | 'does-not-fit'
  readonly why: string
}

/** Whether a message of the version may be sent to a station, and its payload fits the published schema. */
export function rawCallFault(protocol: string, action: string, payload: unknown): RawCallFault | undefined {
  const version = protocol as OcppVersion
  const known = actionOf(version, action)
  if (known === undefined || known.from === 'station' || known.kind !== 'call') {
    return { pointer: '/action', code: 'unknown-action', why: `${version} has no ${action} that a server may send` }
  }
  const fault = checkPayload(version, action, 'request', payload)
  return fault && { pointer: `/payload${fault.details.pointer}`, code: 'does-not-fit', why: fault.description }
}
