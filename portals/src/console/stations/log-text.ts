import type { LogRow } from '../../api-types.ts'

export interface LogLine {
  readonly text: string
  /** The JSON pointer of what stands on the line. */
  readonly pointer: string
}

/** A frame's payload: the log may hold the whole frame, `[2, id, action, payload]`, or the payload alone. */
export function payloadOf(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text)
    if (!Array.isArray(value) || typeof value[0] !== 'number') return value
    return value[0] === 2 || value[0] === 6 ? value[3] : value[0] === 3 ? value[2] : value.slice(2)
  } catch {
    // What was no JSON is shown as it came.
    return text
  }
}

/** JSON over lines, short arrays and objects kept on one. */
export function linesOf(value: unknown, pointer = '', indent = 0, name?: string, isLast = true): readonly LogLine[] {
  const pad = '  '.repeat(indent)
  const head = name === undefined ? pad : `${pad}${JSON.stringify(name)}: `
  const comma = isLast ? '' : ','
  const flat = JSON.stringify(value) ?? 'null'
  if (typeof value !== 'object' || value === null || (flat.length < 48 && indent > 0)) {
    return [{ text: `${head}${spaced(flat, value)}${comma}`, pointer }]
  }
  const entries: readonly (readonly [string, unknown, boolean])[] = Array.isArray(value)
    ? value.map((item, index) => [String(index), item, false] as const)
    : Object.entries(value).map(([key, item]) => [key, item, true] as const)
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}']
  if (entries.length === 0) return [{ text: `${head}${open}${close}${comma}`, pointer }]
  return [
    { text: `${head}${open}`, pointer },
    ...entries.flatMap(([key, item, isNamed], index) =>
      linesOf(item, `${pointer}/${key}`, indent + 1, isNamed ? key : undefined, index === entries.length - 1),
    ),
    { text: `${pad}${close}${comma}`, pointer },
  ]
}

function spaced(flat: string, value: unknown): string {
  return typeof value === 'object' && value !== null ? flat.replace(/([,:])(?=["[{\d-])/g, '$1 ') : flat
}

/** A few words of a payload: its first plain values, those inside it included. */
export function inShort(payload: unknown): string {
  const words: string[] = []
  const [event, ...more] = eventsIn(payload)
  if (event === undefined) collect(payload, words)
  else collect([nameOf(event['component']), nameOf(event['variable']), event['actualValue']], words)
  return [...words.slice(0, 4), ...(more.length === 0 ? [] : ['…'])].join(', ')
}

/** Of 2.x events (NotifyEvent) what they are of comes last, after ids and triggers. */
function eventsIn(payload: unknown): readonly Readonly<Record<string, unknown>>[] {
  if (!isObject(payload) || !Array.isArray(payload['eventData'])) return []
  return payload['eventData'].filter(isObject)
}

const nameOf = (named: unknown): unknown => (isObject(named) ? named['name'] : undefined)

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

function collect(value: unknown, words: string[]): void {
  if (words.length >= 4) return
  if (typeof value === 'object' && value !== null) for (const item of Object.values(value)) collect(item, words)
  else if (typeof value === 'string' && !isInstant(value)) words.push(value)
  else if (typeof value === 'number' || typeof value === 'boolean') words.push(String(value))
}

function isInstant(text: string): boolean {
  return /^\d{4}-\d\d-\d\dT/.test(text)
}

export type AnswerKind = 'ok' | 'bad' | 'wait' | 'none'

/** How a request went, in the word of the wire: its status, its error code, or nothing yet. */
export function answerOf(row: LogRow, nowMs: number): { readonly kind: AnswerKind; readonly word?: string } {
  if (row.answer === undefined) {
    return nowMs - Date.parse(row.at) > 35_000 ? { kind: 'none' } : { kind: 'wait' }
  }
  const payload = payloadOf(row.answer.text)
  if (row.answer.kind === 'error') {
    const code = Array.isArray(payload) ? payload.find((part) => typeof part === 'string' && part !== '') : undefined
    return { kind: 'bad', ...(typeof code === 'string' ? { word: code } : {}) }
  }
  const status = statusOf(payload)
  if (status === undefined) return { kind: 'ok' }
  return { kind: goodStatuses.has(status) ? 'ok' : status === 'Pending' ? 'wait' : 'bad', word: status }
}

// That there is nothing of what was asked for is an answer like any other.
const goodStatuses = new Set([
  'Accepted',
  'AcceptedCanceled',
  'Scheduled',
  'Processing',
  'RebootRequired',
  'Unlocked',
  'EmptyResultSet',
  'NoProfiles',
])

function statusOf(payload: unknown): string | undefined {
  if (typeof payload !== 'object' || payload === null) return undefined
  const { status, idTagInfo, idTokenInfo } = payload as Record<string, unknown>
  if (typeof status === 'string') return status
  return statusOf(idTagInfo) ?? statusOf(idTokenInfo)
}
