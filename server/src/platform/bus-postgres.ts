import pg from 'pg'
import { z } from 'zod'
import { type Bus, localBus, type Notice } from './bus.ts'
import { randomHex } from './ids.ts'
import type { Log } from './log.ts'
import { parsers } from './db-types.ts'
import { streamOf } from './db-watch.ts'

const CHANNEL = 'lataamo'
const GATHER_MS = 25
const ASK_MS = 15_000
/** NOTIFY carries at most 8,000 bytes. */
const MOST_BYTES = 7_500
/** While the database hangs; the oldest are lost first. */
const MOST_WAITING = 10_000

/** A connection that listens; one that is lost is made anew. */
interface Line {
  /** Undefined while there is none. */
  current(): pg.Client | undefined
  close(): Promise<void>
}

function openLine(connection: pg.ClientConfig, log: Log, hear: (payload: string) => void): Line {
  let client: pg.Client | undefined
  let closed = false
  const connect = async (): Promise<void> => {
    const fresh = new pg.Client({ connectionTimeoutMillis: 5_000, ...connection, types: parsers })
    fresh.on('error', () => {})
    fresh.on('end', () => {
      if (client === fresh) client = undefined
      if (!closed) setTimeout(() => void connect().catch(() => {}), 1_000).unref()
    })
    fresh.on('notification', ({ payload }) => hear(payload ?? '{}'))
    await fresh.connect()
    giveUpWhenSilent(fresh)
    try {
      await fresh.query(`listen ${CHANNEL}`)
      client = fresh
    } catch (error) {
      // A database that stands by takes no listener yet: with this connection's end comes the next try.
      await fresh.end()
      throw error
    }
  }
  void connect().catch((error: Error) => log.warn('the bus between processes is away', { error: error.message }))
  return {
    current: () => client,
    async close() {
      closed = true
      await client?.end().catch(() => {})
    },
  }
}

/** Who only listens hears nothing of a network that swallows all, and would listen for ever: a question unanswered until the next ends it. */
function giveUpWhenSilent(client: pg.Client): void {
  let isWaiting = false
  const timer = setInterval(() => {
    if (isWaiting) return streamOf(client)?.destroy()
    isWaiting = true
    client.query('select 1').then(
      () => (isWaiting = false),
      () => {},
    )
  }, ASK_MS).unref()
  client.once('end', () => clearInterval(timer))
}

/**
 * The bus between processes that share a database: LISTEN and NOTIFY on a connection of its own, gathered for some milliseconds,
 * never inside a writing transaction. What is published while there is no connection is lost, as hints may be.
 */
export function postgresBus(connection: pg.ClientConfig, log: Log): Bus & { close(): Promise<void> } {
  const own = randomHex(6)
  const local = localBus()
  const waiting: string[] = []
  let timer: NodeJS.Timeout | undefined
  let flushing = false
  const joined = openJoin()
  const line = openLine(connection, log, (payload) => {
    // Anybody who may enter the database may speak on its channels.
    const said = payloadShape.safeParse(jsonOf(payload)).data
    if (said === undefined || said.from === own) return
    const { from, notices, part } = said
    const whole = part === undefined ? undefined : joined(from, part)
    for (const [tenantId, notice] of whole === undefined ? notices : [whole]) local.publish(tenantId, notice)
  })

  const flush = async (): Promise<void> => {
    timer = undefined
    // Whoever is at it takes what came meanwhile, too.
    if (flushing) return
    flushing = true
    for (let client = line.current(); waiting.length > 0 && client !== undefined; client = line.current()) {
      for (const said of nextSaid(waiting))
        await client.query('select pg_notify($1, $2)', [CHANNEL, `{"from":"${own}",${said}}`]).catch(() => {})
    }
    waiting.length = 0
    flushing = false
  }

  return {
    subscribe: (listener, isHearing) => local.subscribe(listener, isHearing),
    // Others may.
    isHeard: () => true,
    publish(tenantId, notice) {
      local.publish(tenantId, notice)
      if (waiting.length >= MOST_WAITING) waiting.shift()
      waiting.push(JSON.stringify([tenantId, notice]))
      timer ??= setTimeout(() => void flush(), GATHER_MS)
    },
    async close() {
      clearTimeout(timer)
      await line.close()
    },
  }
}

const saidShape = z.tuple([z.string(), z.looseObject({ type: z.string(), version: z.number() })])
/** `bytes`: base64, so that no letter is cut in two. */
const partShape = z.object({ nth: z.number(), of: z.number(), bytes: z.string() })
type Part = z.output<typeof partShape>
/** What one NOTIFY says: notices, or, beside none, a part of one that is too long. Parts of a notice come one after the other. */
const payloadShape = z.object({ from: z.string(), notices: z.array(saidShape), part: partShape.optional() })

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** As many as one NOTIFY carries, taken out of what waits; one that is too long goes in parts. */
function nextSaid(waiting: string[]): readonly string[] {
  const batch: string[] = []
  let bytes = 0
  while (waiting.length > 0 && (batch.length === 0 || bytes + Buffer.byteLength(waiting[0] ?? '') < MOST_BYTES)) {
    const text = waiting.shift() ?? ''
    bytes += Buffer.byteLength(text) + 1
    batch.push(text)
  }
  return bytes > MOST_BYTES ? partsOf(batch.join('')) : [`"notices":[${batch.join(',')}]`]
}

const PART_BYTES = 5_400
/** Of one notice; no command's answer or change of a station comes near. Longer ones are lost, as hints may be. */
const MOST_PARTS = 400

function partsOf(text: string): readonly string[] {
  const all = Buffer.from(text)
  const of = Math.ceil(all.length / PART_BYTES)
  if (of > MOST_PARTS) return []
  return Array.from({ length: of }, (_, nth) => {
    const bytes = all.subarray(nth * PART_BYTES, (nth + 1) * PART_BYTES).toString('base64')
    return `"notices":[],"part":${JSON.stringify({ nth, of, bytes } satisfies Part)}`
  })
}

/** Processes that are in the middle of one: whoever ended there is forgotten first. */
const MOST_SENDERS = 20

/** Puts parts together; answers the notice with its last one. One that lacks a part is lost. */
function openJoin(): (from: string, part: Part) => [string, Notice] | undefined {
  const begun = new Map<string, Buffer[]>()
  return (from, { nth, of, bytes }) => {
    const before = nth === 0 ? [] : begun.get(from)
    begun.delete(from)
    if (before?.length !== nth || of > MOST_PARTS) return undefined
    const parts = [...before, Buffer.from(bytes, 'base64')]
    if (parts.length === of) return saidShape.safeParse(jsonOf(Buffer.concat(parts).toString())).data
    const [oldest] = begun.keys()
    if (begun.size >= MOST_SENDERS && oldest !== undefined) begun.delete(oldest)
    begun.set(from, parts)
    return undefined
  }
}
