import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import pg from 'pg'
import { parsers } from '../../server/src/platform/db-types.ts'
import { databaseProcesses } from './processes.ts'

/** The embedded database of a running server, opened past the program as its owner, to see what is really there. */
export async function openOwner(dataDir: string): Promise<pg.Client> {
  const secret = fs.readFileSync(path.join(dataDir, 'secret'), 'utf8').trim()
  const client = new pg.Client({
    host: socketFolderOf(dataDir),
    port: 5432,
    user: 'lataamo_owner',
    password: createHash('sha256').update(`lataamo database owner ${secret}`).digest('hex'),
    database: 'lataamo',
    types: parsers,
  })
  // A server that is killed under an open connection is what some tests are about.
  client.on('error', () => {})
  await client.connect()
  return client
}

function socketFolderOf(dataDir: string): string {
  for (const pid of databaseProcesses(dataDir)) {
    const words = fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
    const word = words.find((text) => text.startsWith('unix_socket_directories='))
    if (word !== undefined) return word.slice('unix_socket_directories='.length)
  }
  throw new Error(`no PostgreSQL runs on ${dataDir}`)
}
