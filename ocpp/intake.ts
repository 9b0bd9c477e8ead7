import { codeOf, type ErrorCode, violationOf } from './codes.ts'
import { noteMark } from './marks.ts'
import type { Node, Shapes } from './shapes.ts'
import { describeFault, type Direction, faultOf, messageName, type SchemaFault, shapesOf } from './validators.ts'
import type { OcppVersion } from './versions.ts'

/** What was set right in a payload before it was believed. `pointer`: JSON pointer into the payload as it came. */
export interface Mark {
  readonly pointer: string
  readonly what:
    | 'unknown-property'
    | 'null-member'
    | 'time-without-zone'
    | 'doubled-key'
    | 'unsafe-key'
    | 'nul-character'
    | 'vendor-repair'
}

export type JsonObject = Readonly<Record<string, unknown>>

export type Intake =
  | { readonly ok: true; readonly payload: JsonObject; readonly marks: readonly Mark[] }
  | {
      readonly ok: false
      readonly code: ErrorCode
      readonly description: string
      readonly details: { readonly pointer: string; readonly keyword: string }
    }

const noMarks: readonly Mark[] = []

/**
 * Checks a payload that came in, tolerantly: members that the schema does not know and members that are null are
 * dropped, an instant without a zone is read as UTC, each with a mark; all else must fit. The payload itself is not
 * changed. What fits as published costs one validation and nothing more.
 */
export function takePayload(version: OcppVersion, action: string, direction: Direction, payload: JsonObject): Intake {
  if (faultOf(version, 'strict', action, direction, payload) === undefined) {
    return { ok: true, payload, marks: noMarks }
  }
  const shapes = shapesOf(version)
  const marks: Mark[] = []
  const root = shapes.messages[messageName(action, direction)] ?? 0
  const cleaned = clean(payload, root, '', { shapes, marks }) as JsonObject
  const fault = faultOf(version, 'tolerant', action, direction, cleaned)
  return fault === undefined ? { ok: true, payload: cleaned, marks } : refusal(version, fault)
}

/** Whether a payload of ours fits as published; undefined: it does. */
export function checkPayload(
  version: OcppVersion,
  action: string,
  direction: Direction,
  payload: unknown,
): (Intake & { readonly ok: false }) | undefined {
  const fault = faultOf(version, 'strict', action, direction, payload)
  return fault === undefined ? undefined : refusal(version, fault)
}

function refusal(version: OcppVersion, fault: SchemaFault): Intake & { readonly ok: false } {
  return {
    ok: false,
    code: codeOf(version, violationOf(fault.keyword)),
    description: describeFault(fault).slice(0, MAX_DESCRIPTION),
    details: { pointer: fault.pointer, keyword: fault.keyword },
  }
}

/** OCPP-J, errorDescription. */
const MAX_DESCRIPTION = 255

interface Cleaning {
  readonly shapes: Shapes
  readonly marks: Mark[]
}

function clean(value: unknown, node: Node, pointer: string, cleaning: Cleaning): unknown {
  if (node === 0) return value
  if (node === 'time') return cleanTime(value, pointer, cleaning)
  if (typeof node !== 'number') {
    if (!Array.isArray(value)) return value
    return value.map((item, index) => clean(item, node[0], `${pointer}/${index}`, cleaning))
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  const shape = cleaning.shapes.objects[node - 1] ?? {}
  const kept: Record<string, unknown> = {}
  for (const [name, member] of Object.entries(value)) {
    const place = `${pointer}/${escapePointer(name)}`
    if (!Object.hasOwn(shape, name)) noteMark(cleaning.marks, { pointer: place, what: 'unknown-property' })
    else if (member === null) noteMark(cleaning.marks, { pointer: place, what: 'null-member' })
    else kept[name] = clean(member, shape[name] ?? 0, place, cleaning)
  }
  return kept
}

const ZONELESS = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?$/i

function cleanTime(value: unknown, pointer: string, { marks }: Cleaning): unknown {
  if (typeof value !== 'string' || !ZONELESS.test(value)) return value
  noteMark(marks, { pointer, what: 'time-without-zone' })
  return `${value}Z`
}

/** What the frame and what the payload showed, as one list. */
export function joinMarks(first: readonly Mark[], second: readonly Mark[]): readonly Mark[] {
  return first.length === 0 ? second : [...first, ...second]
}

/** RFC 6901. */
function escapePointer(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1')
}
