import pg from 'pg'
import { type Bus, localBus, type Notice } from './bus.ts'
import { randomHex } from './ids.ts'
import type { Log } from './log.ts'
import { parsers } from './db-types.ts'

const CHANNEL = 'lataamo'
const GATHER_MS = 25
/** NOTIFY carries at most 8,000 bytes. */
const MOST_BYTES = 7_500

/**
 * The bus between processes that share a database: LISTEN and NOTIFY on a connection of its own, gathered for some milliseconds,
 * never inside a writing transaction. A connection that is lost is made anew; what was published meanwhile is lost, as hints may be.
 */
export function postgresBus(connection: pg.ClientConfig, log: Log): Bus & { close(): Promise<void> } {
  const own = randomHex(6)
  const local = localBus()
  const waiting: string[] = []
  let client: pg.Client | undefined
  let closed = false
  let timer: NodeJS.Timeout | undefined

  const connect = async (): Promise<void> => {
    const fresh = new pg.Client({ ...connection, types: parsers })
    fresh.on('error', () => {})
    fresh.on('end', () => {
      if (client === fresh) client = undefined
      if (!closed) setTimeout(() => void connect().catch(() => {}), 1_000).unref()
    })
    fresh.on('notification', ({ payload }) => {
      const { from, notices } = JSON.parse(payload ?? '{}') as { from: string; notices: [string, Notice][] }
      if (from === own) return
      for (const [tenantId, notice] of notices) local.publish(tenantId, notice)
    })
    await fresh.connect()
    await fresh.query(`listen ${CHANNEL}`)
    client = fresh
  }
  void connect().catch((error: Error) => log.warn('the bus between processes is away', { error: error.message }))

  const flush = async (): Promise<void> => {
    timer = undefined
    while (waiting.length > 0 && client !== undefined) {
      const batch: string[] = []
      let bytes = 0
      while (waiting.length > 0 && (batch.length === 0 || bytes + Buffer.byteLength(waiting[0] ?? '') < MOST_BYTES)) {
        const text = waiting.shift() ?? ''
        bytes += Buffer.byteLength(text) + 1
        batch.push(text)
      }
      if (bytes > MOST_BYTES) continue
      await client
        .query('select pg_notify($1, $2)', [CHANNEL, `{"from":"${own}","notices":[${batch.join(',')}]}`])
        .catch(() => {})
    }
    waiting.length = 0
  }

  return {
    subscribe: (listener, isHearing) => local.subscribe(listener, isHearing),
    // Others may.
    isHeard: () => true,
    publish(tenantId, notice) {
      local.publish(tenantId, notice)
      waiting.push(JSON.stringify([tenantId, notice]))
      timer ??= setTimeout(() => void flush(), GATHER_MS)
    },
    async close() {
      closed = true
      clearTimeout(timer)
      await client?.end().catch(() => {})
    },
  }
}
