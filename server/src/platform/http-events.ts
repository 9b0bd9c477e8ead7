import type { ServerResponse } from 'node:http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { EventStream } from './http-routes.ts'
import { refuse, type Result } from './result.ts'

/** Somebody of the tenant may do less, or was signed out: what they watch is looked at again. */
export const ACCESS_CHANGED = 'access.changed'

interface OpenStream {
  readonly address: string
  /** Undefined: of a public page. */
  readonly tenantId: string | undefined
  /** Ends it when its reader may not see it any more; absent while it is being opened. */
  check?(): void
}

/** Knows the open streams, so that they can be ended before the server closes. */
export interface StreamKeeper {
  readonly open: Map<ServerResponse, OpenStream>
  readonly beatMs: number
  recheck(tenantId: string): void
  endAll(): Promise<void>
}

const MOST_STREAMS = 2_000
/** So that neither one tenant nor the public pages leave nothing to the others. */
const MOST_OF_ONE_TENANT = 1_000
/** So that one reader cannot take all: a public page needs no sign-in. */
const MOST_FROM_ONE_ADDRESS = 200
/** A reader that leaves this much unread is cut; it comes back by its last event's id. */
const MOST_UNREAD_BYTES = 500_000
const BEAT_MS = 15_000
const BEATS_BETWEEN_CHECKS = 2
/** An event and no comment: a browser tells its page of events alone, and a page must notice that a stream is dead. */
const BEAT = 'event: beat\ndata: {"type":"beat","version":1}\n\n'

export function streamKeeper(beatMs = BEAT_MS): StreamKeeper {
  const open = new Map<ServerResponse, OpenStream>()
  return {
    open,
    beatMs,
    recheck(tenantId) {
      for (const stream of open.values()) if (stream.tenantId === tenantId) stream.check?.()
    },
    async endAll() {
      for (const [response, { check }] of open) if (check !== undefined) response.end()
    },
  }
}

export interface StreamRow {
  readonly tenantId: string | undefined
  readonly open: (stream: EventStream) => Promise<Result<void>>
  /** Asked now and then while the stream is open. Throws: unknown, so the stream stays. */
  readonly isStillAllowed: () => Promise<boolean>
}

type StreamEvent = Parameters<EventStream['send']>[0]

/** An event goes to many readers one after the other: it is written out once, and what they have not read yet is the same bytes for all. */
function writeOnce(): (event: StreamEvent) => Buffer {
  let last: { readonly event: StreamEvent; readonly bytes: Buffer } | undefined
  return (event) => {
    const { id, type, data } = event
    if (last === undefined || last.event.data !== data || last.event.id !== id || last.event.type !== type) {
      const head = id === undefined ? '' : `id: ${id}\n`
      last = { event, bytes: Buffer.from(`${head}event: ${type}\ndata: ${JSON.stringify(data)}\n\n`) }
    }
    return last.bytes
  }
}

const bytesOf = writeOnce()

export async function serveStream(
  keeper: StreamKeeper,
  request: FastifyRequest,
  reply: FastifyReply,
  row: StreamRow,
): Promise<Result<void>> {
  if (isFull(keeper, request.ip, row.tenantId)) return refuse('too-many-streams')
  const response = reply.raw
  const place = { address: request.ip, tenantId: row.tenantId }
  // Counted from the very beginning: of many at once none is open yet.
  if (!response.destroyed) keeper.open.set(response, place)
  const closers: (() => void)[] = []
  const beating: { timer?: NodeJS.Timeout } = {}
  let started = false
  // From the very beginning: a reader may be gone before the stream is opened.
  response.once('close', () => {
    clearInterval(beating.timer)
    keeper.open.delete(response)
    for (const close of closers) close()
  })
  const early: Buffer[] = []
  const write = (event: Buffer): void => {
    if (!started) early.push(event)
    // It has ended, and its reader takes its time with what was before: more would be a fault that nobody catches.
    else if (response.writableEnded) return
    else if (response.writableLength > MOST_UNREAD_BYTES) response.destroy()
    else response.write(event)
  }
  const opened = await row.open({
    send: (event) => write(bytesOf(event)),
    onClose(listener) {
      if (response.destroyed) listener()
      else closers.push(listener)
    },
    lastEventId: request.headers['last-event-id']?.toString(),
  })
  if (!opened.ok) {
    for (const close of closers.splice(0)) close()
    return opened
  }
  reply.hijack()
  if (response.destroyed) return opened
  for (const [name, value] of Object.entries(reply.getHeaders()))
    if (value !== undefined) response.setHeader(name, value as string)
  // It ends with the connection: as chunks, what a reader leaves unread would cost several times its length.
  response.removeHeader('transfer-encoding')
  response.writeHead(200, {
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  })
  started = true
  response.write(Buffer.concat([Buffer.from('retry: 2000\n\n'), ...early]))
  const check = (): void =>
    void row.isStillAllowed().then(
      (isAllowed) => isAllowed || response.end(),
      () => {},
    )
  keeper.open.set(response, { ...place, check })
  // What was taken away while it was being opened told nobody yet.
  check()
  beating.timer = startBeating(keeper, response, check)
  return opened
}

function isFull({ open }: StreamKeeper, address: string, tenantId: string | undefined): boolean {
  const streams = [...open.values()]
  return (
    streams.length >= MOST_STREAMS ||
    streams.filter((stream) => stream.address === address).length >= MOST_FROM_ONE_ADDRESS ||
    streams.filter((stream) => stream.tenantId === tenantId).length >= MOST_OF_ONE_TENANT
  )
}

function startBeating(keeper: StreamKeeper, response: ServerResponse, check: () => void): NodeJS.Timeout {
  let beats = 0
  let unreadBefore = 0
  return setInterval(() => {
    // A reader that took nothing from one beat to the next is stuck, as is one that has not read to the end what has ended: it comes back
    // by its last event's id (row 27).
    const unread = response.writableLength
    if (response.writableEnded || (unreadBefore > 0 && unread >= unreadBefore)) {
      response.destroy()
      return
    }
    unreadBefore = unread
    response.write(BEAT)
    beats += 1
    if (beats % BEATS_BETWEEN_CHECKS === 0) check()
  }, keeper.beatMs)
}
