import { codeOf, type ErrorCode, type Violation } from './codes.ts'
import type { JsonObject, Mark } from './intake.ts'
import { countMembers, doubledKeys, scanJson } from './json-scan.ts'
import { MOST_MARKS, noteMark } from './marks.ts'
import type { OcppVersion } from './versions.ts'

interface Message {
  readonly id: string
  readonly action: string
  readonly payload: JsonObject
  readonly marks: readonly Mark[]
}

/** A text frame, read. Payloads are not checked yet. */
export type Frame =
  | (Message & { readonly kind: 'call'; readonly type: 2 })
  | (Message & { readonly kind: 'send'; readonly type: 6 })
  | {
      readonly kind: 'result'
      readonly type: 3
      readonly id: string
      readonly payload: JsonObject
      readonly marks: readonly Mark[]
    }
  | {
      readonly kind: 'error' | 'result-error'
      readonly type: 4 | 5
      readonly id: string
      readonly code: string
      readonly description: string
      readonly details: unknown
    }
  /** Not a frame. `replyTo`: the id of the CALLERROR it is answered with; undefined: it is not answered. */
  | {
      readonly kind: 'fault'
      readonly type?: number
      readonly id?: string
      readonly action?: string
      readonly code: ErrorCode
      readonly description: string
      readonly replyTo?: string
    }
  /** A message type that the version has not: no answer (OCPP-J 1.6 4.1.3, 2.0.1 part 4, 4.1.3). */
  | { readonly kind: 'ignored'; readonly type: number; readonly description: string }

const MAX_DEPTH = 16
const MAX_ID = 36
/** The id of an error about a frame whose own id cannot be read (2.x; harmless in 1.6, and better than silence). */
const UNREADABLE = '-1'

/** Reads one text frame. Never throws; costs one pass over the text beside `JSON.parse`. */
export function parseFrame(version: OcppVersion, text: string): Frame {
  const scan = scanJson(text)
  if (scan.depth > MAX_DEPTH) {
    return unreadFault(version, text, 'payload', `nested deeper than ${MAX_DEPTH} levels`)
  }
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    return unreadFault(version, text, 'not-json', 'not valid JSON')
  }
  if (!Array.isArray(parsed) || !Number.isInteger(parsed[0])) {
    return fault(version, 'array', 'not an OCPP-J array', { replyTo: UNREADABLE })
  }
  const message: readonly unknown[] = parsed
  const type = message[0] as number
  if (!isKnownType(version, type)) return { kind: 'ignored', type, description: `message type ${type}` }
  const mayReply = type === 2
  const id = message[1]
  if (typeof id !== 'string' || id.length > MAX_ID) {
    const description = `the message id must be a string of at most ${MAX_ID} characters`
    return fault(version, 'array', description, { type, ...(mayReply ? { replyTo: UNREADABLE } : {}) })
  }
  const marks = marksOf(text, message, scan.members)
  if (type === 2 || type === 6) return parseCall(version, type, id, message, marks)
  if (type === 3) return parseResult(version, id, message, marks)
  const [, , code, description, details] = message
  return {
    kind: type === 4 ? 'error' : 'result-error',
    type: type as 4 | 5,
    id,
    code: typeof code === 'string' ? asText(code) : 'GenericError',
    description: typeof description === 'string' ? asText(description) : '',
    details: details ?? {},
  }
}

function isKnownType(version: OcppVersion, type: number): boolean {
  return type === 2 || type === 3 || type === 4 || (version === 'ocpp2.1' && (type === 5 || type === 6))
}

function parseCall(
  version: OcppVersion,
  type: 2 | 6,
  id: string,
  message: readonly unknown[],
  marks: readonly Mark[],
): Frame {
  const [, , action, payload] = message
  const known = { type, id, ...(type === 2 ? { replyTo: id } : {}) }
  if (message.length !== 4) return fault(version, 'array', `a ${type === 2 ? 'CALL' : 'SEND'} has four elements`, known)
  if (typeof action !== 'string') return fault(version, 'array', 'the action must be a string', known)
  if (!isObject(payload)) return fault(version, 'payload', 'the payload must be an object', { ...known, action })
  const read = { id, action, payload, marks }
  return type === 2 ? { kind: 'call', type, ...read } : { kind: 'send', type, ...read }
}

function parseResult(version: OcppVersion, id: string, message: readonly unknown[], marks: readonly Mark[]): Frame {
  const payload = message[2]
  if (message.length !== 3) return fault(version, 'array', 'a CALLRESULT has three elements', { type: 3, id })
  if (!isObject(payload)) return fault(version, 'payload', 'the payload must be an object', { type: 3, id })
  return { kind: 'result', type: 3, id, payload, marks }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

interface Known {
  readonly type?: number
  readonly id?: string
  readonly action?: string
  readonly replyTo?: string
}

function fault(version: OcppVersion, violation: Violation, description: string, known: Known): Frame {
  return { kind: 'fault', code: codeOf(version, violation), description, ...known }
}

/** The head of a frame that cannot be parsed as a whole; answered by its id where that much can be read. */
const HEAD = /^\s*\[\s*(\d{1,9})\s*,\s*"([^"\\]{1,36})"/

function unreadFault(version: OcppVersion, text: string, violation: Violation, description: string): Frame {
  const [, digits, id] = HEAD.exec(text) ?? []
  if (digits === undefined || id === undefined) return fault(version, violation, description, { replyTo: UNREADABLE })
  const type = Number(digits)
  // Nothing but a CALL is answered: two sides that answer each other's errors would never stop.
  return fault(version, violation, description, { type, id, ...(type === 2 ? { replyTo: id } : {}) })
}

const unsafeNames: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype'])
const UNSAFE = /__proto__|constructor|prototype|\\u/

/** What JSON may hold and no database text: NUL and halves of characters. The sign for what cannot be shown stands for it. */
const NUL = '\u0000'
const INSTEAD = '\ufffd'
const isText = (text: string): boolean => !text.includes(NUL) && text.isWellFormed()
const asText = (text: string): string => text.replaceAll(NUL, INSTEAD).toWellFormed()

/** Marks members that stood twice, takes out members whose names could reach a prototype, and replaces what no text can hold. */
function marksOf(text: string, message: readonly unknown[], members: number): readonly Mark[] {
  const isDoubled = members !== countMembers(message)
  if (!isDoubled && !UNSAFE.test(text)) return noMarks
  const marks: Mark[] = []
  if (isDoubled) {
    for (const pointer of doubledKeys(text, MOST_MARKS)) {
      noteMark(marks, { pointer: pointer.replace(/^\/\d+/, ''), what: 'doubled-key' })
    }
  }
  for (const element of message) removeUnsafe(element, '', marks)
  return marks
}

const noMarks: readonly Mark[] = []

function removeUnsafe(value: unknown, pointer: string, marks: Mark[]): void {
  if (typeof value !== 'object' || value === null) return
  for (const name of Object.keys(value)) {
    const members = value as Record<string, unknown>
    const place = `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
    const member = members[name]
    if (!Array.isArray(value) && (unsafeNames.has(name) || !isText(name))) {
      delete members[name]
      noteMark(marks, { pointer: place, what: 'unsafe-key' })
    } else if (typeof member === 'string' && !isText(member)) {
      members[name] = asText(member)
      noteMark(marks, { pointer: place, what: 'nul-character' })
    } else removeUnsafe(member, place, marks)
  }
}

export function callText(id: string, action: string, payload: object): string {
  return JSON.stringify([2, id, action, payload])
}

export function resultText(id: string, payload: object): string {
  return JSON.stringify([3, id, payload])
}

const MAX_DESCRIPTION = 255

/** A CALLERROR (4), or a CALLRESULTERROR (5, 2.1 only). */
export function errorText(type: 4 | 5, id: string, code: string, description = '', details: object = {}): string {
  return JSON.stringify([type, id, code, description.slice(0, MAX_DESCRIPTION), details])
}

export function sendText(id: string, action: string, payload: object): string {
  return JSON.stringify([6, id, action, payload])
}
