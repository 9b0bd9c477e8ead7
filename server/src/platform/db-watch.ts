import { setImmediate as turn, setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'

/** Whether the database answers, asked on a connection of its own, so that no queue of ours is taken for silence. */
export interface DatabaseWatch {
  /** Resolves when it answers; throws `Silent` when it says nothing within this long, else what the connection told. */
  ask(withinMs: number): Promise<void>
  /** Ends every connection of the pools: what waits on one that says nothing would wait for ever. */
  dropConnections(): void
  close(): Promise<void>
}

/** Neither an answer nor a fault: the machine or the network hangs, which is worse than a refusal. */
export class Silent extends Error {
  override readonly name = 'Silent'
}

export function watchDatabase(connection: pg.ClientConfig, pools: readonly pg.Pool[]): DatabaseWatch {
  const open = new Set<pg.PoolClient>()
  for (const pool of pools) {
    pool.on('connect', (client) => {
      open.add(client)
      // Its statements are told; nobody else listens while it is in use, and an error that nobody hears ends the process.
      client.on('error', () => {})
    })
    pool.on('remove', (client) => void open.delete(client))
  }
  let asking: pg.Client | undefined
  let isClosed = false

  const forget = (client: pg.Client): void => {
    if (asking === client) asking = undefined
    streamOf(client)?.destroy()
  }
  const askOnce = async (client: pg.Client, isFresh: boolean): Promise<void> => {
    if (isFresh) await client.connect()
    await client.query('select 1')
  }
  return {
    async ask(withinMs) {
      const isFresh = asking === undefined
      const client = (asking ??= freshClient(connection, forget))
      const answer = askOnce(client, isFresh)
      answer.catch(() => {})
      try {
        await Promise.race([answer, silenceAfter(withinMs)])
      } catch (error) {
        forget(client)
        throw error
      }
      if (isClosed) forget(client)
    },
    dropConnections() {
      for (const client of open)
        streamOf(client)?.destroy(new Error('Connection terminated: the database says nothing'))
    },
    async close() {
      isClosed = true
      const client = asking
      asking = undefined
      await client?.end().catch(() => {})
    },
  }
}

function freshClient(connection: pg.ClientConfig, forget: (client: pg.Client) => void): pg.Client {
  const client = new pg.Client(connection)
  client.on('error', () => forget(client))
  client.on('end', () => forget(client))
  return client
}

/** When this process itself stood still, an answer may lie waiting: it is read before silence is believed. */
async function silenceAfter(ms: number): Promise<never> {
  await pause(ms, undefined, { ref: false })
  for (let n = 0; n < 3; n += 1) await turn()
  throw new Silent(`the database says nothing for ${ms} ms`)
}

/** What the types of `pg` do not tell: the socket. */
export function streamOf(client: pg.Client | pg.PoolClient): { destroy(error?: Error): void } | undefined {
  return (client as unknown as { connection?: { stream?: { destroy(error?: Error): void } } }).connection?.stream
}
