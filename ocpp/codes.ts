import type { OcppVersion } from './versions.ts'

/** Every code a CALLERROR may carry. The spelling that a version demands is found by `codeOf`. */
export const errorCodes = [
  'NotImplemented',
  'NotSupported',
  'InternalError',
  'ProtocolError',
  'SecurityError',
  'FormationViolation',
  'FormatViolation',
  'PropertyConstraintViolation',
  'OccurenceConstraintViolation',
  'OccurrenceConstraintViolation',
  'TypeConstraintViolation',
  'MessageTypeNotSupported',
  'RpcFrameworkError',
  'GenericError',
] as const
export type ErrorCode = (typeof errorCodes)[number]

/** What can be wrong with a message, before a version gives it its code. */
export type Violation = 'not-json' | 'array' | 'payload' | 'cardinality' | 'value' | 'type'

const codes1: Readonly<Record<Violation, ErrorCode>> = {
  'not-json': 'FormationViolation',
  array: 'FormationViolation',
  payload: 'FormationViolation',
  cardinality: 'OccurenceConstraintViolation',
  value: 'PropertyConstraintViolation',
  type: 'TypeConstraintViolation',
}

const codes2: Readonly<Record<Violation, ErrorCode>> = {
  'not-json': 'FormatViolation',
  array: 'RpcFrameworkError',
  payload: 'FormatViolation',
  cardinality: 'OccurrenceConstraintViolation',
  value: 'PropertyConstraintViolation',
  type: 'TypeConstraintViolation',
}

/** The version's code: 1.6 writes FormationViolation and, historically, Occurence with one r. */
export function codeOf(version: OcppVersion, violation: Violation): ErrorCode {
  return (version === 'ocpp1.6' ? codes1 : codes2)[violation]
}

const keywords = new Map<string, Violation>([
  ['required', 'cardinality'],
  ['minItems', 'cardinality'],
  ['maxItems', 'cardinality'],
  ['type', 'type'],
  ['enum', 'value'],
  ['maxLength', 'value'],
  ['minLength', 'value'],
  ['minimum', 'value'],
  ['maximum', 'value'],
  ['multipleOf', 'value'],
  ['format', 'value'],
  ['pattern', 'value'],
  ['additionalProperties', 'payload'],
])

/** Which violation a failed keyword of a JSON schema is. */
export function violationOf(keyword: string): Violation {
  return keywords.get(keyword) ?? 'payload'
}
