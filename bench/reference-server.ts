/**
 * The bare reference: what a station's report costs at the least when it is kept durably. The same sockets (`ws`), JSON
 * read, one row per message holding the frame as jsonb, group commit with `fsync` on, answered after the commit. No
 * credentials, no schemas, no sessions: nothing else. Under `/plain/` it keeps nothing and answers at once: what connecting
 * is compared with.
 *
 *   node bench/reference-server.ts [--database postgres://…]
 *
 * Prints one line of JSON with its address once it is ready. Without an address it brings the embedded PostgreSQL.
 */
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import pg from 'pg'
import { type WebSocket, WebSocketServer } from 'ws'
import { startEmbedded } from '../server/src/platform/index.ts'

/** As many rows in one commit as in our own batches. */
const CAP = 200

interface Waiting {
  readonly text: string
  readonly committed: () => void
}

/** While one batch commits, the next gathers. */
function openGroupCommit(client: pg.Client): (row: Waiting) => void {
  let gathering: Waiting[] = []
  let isCommitting = false
  const commit = async (): Promise<void> => {
    isCommitting = true
    while (gathering.length > 0) {
      const batch = gathering.slice(0, CAP)
      gathering = gathering.slice(CAP)
      // The frames were parsed before: their texts are JSON, and so is their list.
      const frames = `[${batch.map(({ text }) => text).join(',')}]`
      await client.query({
        name: 'keep',
        text: 'insert into frames (frame) select frame from jsonb_array_elements($1::jsonb) as frame',
        values: [frames],
      })
      for (const { committed } of batch) committed()
    }
    isCommitting = false
  }
  return (row) => {
    gathering.push(row)
    if (!isCommitting) void commit()
  }
}

const PLAIN = '/plain/'

let lastTransaction = 0

function answerTo(action: string, version: string): object {
  const now = new Date().toISOString()
  if (action === 'BootNotification') return { status: 'Accepted', currentTime: now, interval: 300 }
  if (action === 'Heartbeat') return { currentTime: now }
  if (action === 'StartTransaction') {
    lastTransaction += 1
    return { transactionId: lastTransaction, idTagInfo: { status: 'Accepted' } }
  }
  if (action === 'Authorize') {
    return version === 'ocpp1.6' ? { idTagInfo: { status: 'Accepted' } } : { idTokenInfo: { status: 'Accepted' } }
  }
  return {}
}

function serve(socket: WebSocket, keep: (row: Waiting) => void): void {
  // Nobody is told of a socket that broke: its station comes back.
  socket.on('error', () => {})
  socket.on('message', (data: Buffer) => {
    const text = data.toString()
    const [type, id, action] = JSON.parse(text) as [number, string, string]
    if (type !== 2) return
    keep({ text, committed: () => socket.send(JSON.stringify([3, id, answerTo(action, socket.protocol)])) })
  })
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { database: { type: 'string' } } })
  const folder = mkdtempSync(join(tmpdir(), 'lataamo-bench-reference-'))
  const embedded =
    values.database === undefined ? await startEmbedded(folder, randomBytes(16).toString('hex')) : undefined
  const client = new pg.Client(embedded?.owner ?? { connectionString: values.database ?? '' })
  await client.connect()
  await client.query('drop table if exists frames')
  await client.query('create table frames (id bigint generated always as identity primary key, frame jsonb not null)')
  const keep = openGroupCommit(client)
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, handleProtocols: ([first]) => first ?? false })
  server.on('connection', (socket, { url }) =>
    serve(socket, url?.startsWith(PLAIN) ? ({ committed }) => committed() : keep),
  )
  server.on('listening', () => {
    const { port } = server.address() as AddressInfo
    console.log(JSON.stringify({ url: `ws://127.0.0.1:${port}/ocpp/`, plain: `ws://127.0.0.1:${port}${PLAIN}` }))
  })
  const stop = async (): Promise<void> => {
    server.close()
    for (const socket of server.clients) socket.terminate()
    const { rows } = await client.query<{ count: string }>('select count(*) from frames')
    console.log(JSON.stringify({ rows: Number(rows[0]?.count) }))
    await client.end()
    await embedded?.stop()
    rmSync(folder, { recursive: true, force: true })
    process.exit(0)
  }
  process.once('SIGTERM', () => void stop())
  process.once('SIGINT', () => void stop())
}

await main()
