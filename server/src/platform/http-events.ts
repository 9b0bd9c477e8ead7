import type { ServerResponse } from 'node:http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { EventStream } from './http-routes.ts'
import { refuse, type Result } from './result.ts'

/** Knows the open streams, so that they can be ended before the server closes. */
export interface StreamKeeper {
  readonly open: Set<ServerResponse>
  readonly beatMs: number
  endAll(): Promise<void>
}

const MOST_STREAMS = 2_000
/** A reader that leaves this much unread is cut; it comes back by its last event's id. */
const MOST_UNREAD_BYTES = 1_000_000
const BEAT_MS = 15_000
const BEATS_BETWEEN_CHECKS = 2

export function streamKeeper(beatMs = BEAT_MS): StreamKeeper {
  const open = new Set<ServerResponse>()
  return {
    open,
    beatMs,
    async endAll() {
      for (const response of open) response.end()
    },
  }
}

export async function serveStream(
  keeper: StreamKeeper,
  request: FastifyRequest,
  reply: FastifyReply,
  row: {
    readonly open: (stream: EventStream) => Promise<Result<void>>
    /** Asked now and then while the stream is open. Throws: unknown, so the stream stays. */
    readonly isStillAllowed: () => Promise<boolean>
  },
): Promise<Result<void>> {
  if (keeper.open.size >= MOST_STREAMS) return refuse('too-many-streams')
  const response = reply.raw
  const closers: (() => void)[] = []
  let started = false
  const early: string[] = []
  const write = (text: string): void => {
    if (!started) early.push(text)
    else if (response.writableLength > MOST_UNREAD_BYTES) response.destroy()
    else response.write(text)
  }
  const opened = await row.open({
    send: ({ id, type, data }) =>
      write(`${id === undefined ? '' : `id: ${id}\n`}event: ${type}\ndata: ${JSON.stringify(data)}\n\n`),
    onClose: (listener) => closers.push(listener),
    lastEventId: request.headers['last-event-id']?.toString(),
  })
  if (!opened.ok) {
    for (const close of closers) close()
    return opened
  }
  reply.hijack()
  for (const [name, value] of Object.entries(reply.getHeaders()))
    if (value !== undefined) response.setHeader(name, value as string)
  response.writeHead(200, {
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  })
  started = true
  response.write(`retry: 2000\n\n${early.join('')}`)
  keeper.open.add(response)
  let beats = 0
  const beat = setInterval(() => {
    write(': beat\n\n')
    beats += 1
    if (beats % BEATS_BETWEEN_CHECKS !== 0) return
    row.isStillAllowed().then(
      (isAllowed) => isAllowed || response.end(),
      () => {},
    )
  }, keeper.beatMs)
  response.on('close', () => {
    clearInterval(beat)
    keeper.open.delete(response)
    for (const close of closers) close()
  })
  return opened
}
