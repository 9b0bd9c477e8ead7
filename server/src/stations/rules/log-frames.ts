/** One frame as it went over the wire. */
export interface LogFrame {
  readonly id: string
  readonly at: Temporal.Instant
  readonly direction: 'from-station' | 'to-station'
  readonly kind: 'call' | 'result' | 'error' | 'send' | 'unreadable'
  readonly messageId?: string
  /** Of an answer: that of its request. */
  readonly action?: string
  readonly text: string
  readonly marks: readonly LogMark[]
}

export interface LogMark {
  readonly code: string
  readonly pointer?: string
  readonly note?: string
}

/** As it lies in the log: a list without names, its instant in milliseconds; it is written for every frame there is. */
type Row = readonly [
  id: string,
  atMs: number,
  direction: LogFrame['direction'],
  kind: LogFrame['kind'],
  messageId: string | null,
  action: string | null,
  text: string,
  ...marks: LogMark[],
]

/** A frame as one text. Those of one station, in order, with commas between and in brackets, are read by `framesFromText`. */
export function textFromFrame({ id, at, direction, kind, messageId, action, text, marks }: LogFrame): string {
  // Put together by hand: written twice for every message there is.
  const head = `[${quoted(id)},${at.epochMilliseconds},"${direction}","${kind}",${quoted(messageId)},${quoted(action)},`
  const more = marks.length === 0 ? '' : `,${marks.map((mark) => JSON.stringify(mark)).join(',')}`
  return `${head}${JSON.stringify(text)}${more}]`
}

/** Nothing that JSON would write otherwise. */
const PLAIN = /^[\w.:+-]*$/

function quoted(text: string | undefined): string {
  if (text === undefined) return 'null'
  return PLAIN.test(text) ? `"${text}"` : JSON.stringify(text)
}

export function framesFromText(text: string): readonly LogFrame[] {
  return (JSON.parse(text) as Row[]).map(([id, atMs, direction, kind, messageId, action, said, ...marks]) => ({
    id,
    at: Temporal.Instant.fromEpochMilliseconds(atMs),
    direction,
    kind,
    ...(messageId === null ? {} : { messageId }),
    ...(action === null ? {} : { action }),
    text: said,
    marks,
  }))
}

/** Of which request of the other side an answer is, or what answer a request waits for. */
function keyOf({ direction, kind, messageId }: LogFrame): string {
  const isAnswer = kind === 'result' || kind === 'error'
  const asked = isAnswer === (direction === 'to-station') ? 'from-station' : 'to-station'
  return `${asked} ${messageId}`
}

/**
 * How many pairs these frames begin that are wanted: as many as `pairedFrames` makes of them, whose texts are not kept. `open` goes on from
 * one part of a log to the next.
 */
export function countPairs(
  frames: readonly LogFrame[],
  open: Set<string>,
  isWanted: (request: LogFrame) => boolean,
): number {
  let count = 0
  for (const frame of frames) {
    const key = keyOf(frame)
    if (frame.kind === 'result' || frame.kind === 'error') {
      if (!open.delete(key) && frame.direction === 'from-station' && isWanted(frame)) count += 1
      continue
    }
    if (frame.kind === 'call') open.add(key)
    if (isWanted(frame)) count += 1
  }
  return count
}

export interface LogPair {
  readonly request: LogFrame
  readonly answer?: LogFrame
}

/**
 * Requests of both sides with their answers, newest first. `frames` are in the order in which they went by. An answer is
 * the first with the same id that went the other way afterwards: a station may use an id twice.
 */
export function pairedFrames(frames: readonly LogFrame[]): readonly LogPair[] {
  const pairs: { request: LogFrame; answer?: LogFrame }[] = []
  const open = new Map<string, { request: LogFrame; answer?: LogFrame }>()
  for (const frame of frames) {
    if (frame.kind === 'result' || frame.kind === 'error') {
      const key = keyOf(frame)
      const pair = open.get(key)
      open.delete(key)
      if (pair !== undefined) pair.answer = frame
      else if (frame.direction === 'from-station') pairs.push({ request: frame })
      continue
    }
    const pair = { request: frame }
    pairs.push(pair)
    if (frame.kind === 'call') open.set(keyOf(frame), pair)
  }
  return pairs.reverse()
}
