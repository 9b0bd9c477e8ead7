import pg from 'pg'
import { parsers } from '../../server/src/platform/db-types.ts'
import { borrowDatabase } from './borrowed.ts'
import { openProxy, type Proxy } from './proxy.ts'
import { freshOptions, removeDataDir, type Server, type ServerOptions, startSupervised } from './server.ts'

/** A server whose database lies behind a proxy, so that the database can be away, hang or be slow; it can be started again. */
export interface Faulty {
  /** The one that runs now, or ran last. */
  server(): Server
  readonly database: Proxy
  /** Starts it again, with these settings beside its own, once it has ended or was killed. */
  restart(env?: ServerOptions['env']): Promise<Server>
  /** To look past the program and past the proxy. */
  openOwner(): Promise<pg.Client>
  close(): Promise<void>
}

export async function startFaulty(env: ServerOptions['env'] = {}): Promise<Faulty> {
  const borrowed = await borrowDatabase()
  const database = await openProxy({ path: borrowed.socket })
  const options = await freshOptions({ env: { ...borrowed.settingsAt(database.port), ...env } })
  let server = await startSupervised(options)
  return {
    server: () => server,
    database,
    async restart(more = {}) {
      server = await startSupervised({ ...options, env: { ...options.env, ...more } })
      return server
    },
    async openOwner() {
      const client = new pg.Client({ ...borrowed.owner, types: parsers })
      // A run that fails drops the database under it; that must not hide why it failed.
      client.on('error', () => {})
      await client.connect()
      return client
    },
    async close() {
      await server.kill()
      await database.close()
      removeDataDir(options.dataDir)
      await borrowed.drop()
    },
  }
}
