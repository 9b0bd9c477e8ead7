import pg from 'pg'
import { newId } from '../../server/src/platform/index.ts'
import { sharedCluster } from './cluster.ts'
import { freshOptions, removeDataDir, type Server, type ServerOptions, startServer } from './server.ts'

export interface Borrowed {
  readonly server: Server
  /** As the owner, to look past the program. */
  readonly owner: pg.ClientConfig
  close(): Promise<void>
}

/** An empty database of one's own in the tests' PostgreSQL, as settings name it. */
export interface BorrowedDatabase {
  /** Its PostgreSQL's Unix socket. */
  readonly socket: string
  /** As settings name it when it is reached by TCP at this port of a proxy. */
  settingsAt(port: number): BorrowedDatabase['settings']
  readonly settings: { readonly DATABASE_URL: string; readonly DATABASE_OWNER_URL: string }
  readonly owner: pg.ClientConfig
  drop(): Promise<void>
}

export async function borrowDatabase(): Promise<BorrowedDatabase> {
  const { host, port, owner, login, template } = await sharedCluster()
  const database = `e2e_${newId().replaceAll('-', '')}`
  const at = (user: typeof owner): string =>
    `postgres://${encodeURIComponent(user.user)}:${encodeURIComponent(user.password)}@localhost:${port}/${database}?host=${encodeURIComponent(host)}`
  const asOwner = async (statement: string): Promise<void> => {
    const client = new pg.Client({ ...owner, host, port, database: 'postgres' })
    await client.connect()
    await client.query(statement).finally(() => client.end())
  }
  await asOwner(`create database ${database} template ${template} strategy file_copy`)
  const through = (user: typeof owner, proxy: number): string =>
    `postgres://${encodeURIComponent(user.user)}:${encodeURIComponent(user.password)}@127.0.0.1:${proxy}/${database}`
  return {
    socket: `${host}/.s.PGSQL.${port}`,
    settingsAt: (proxy) => ({ DATABASE_URL: through(login, proxy), DATABASE_OWNER_URL: at(owner) }),
    settings: { DATABASE_URL: at(login), DATABASE_OWNER_URL: at(owner) },
    owner: { ...owner, host, port, database },
    drop: () => asOwner(`drop database ${database} with (force)`),
  }
}

/**
 * The real server over a database in the tests' own PostgreSQL, by DATABASE_URL as over an outside one: up in a second or two. For tests that
 * do not kill the database.
 */
export async function startBorrowed(env: ServerOptions['env'] = {}): Promise<Borrowed> {
  const database = await borrowDatabase()
  const options = await freshOptions({ env: { ...database.settings, ...env } })
  const server = await startServer(options)
  return {
    server,
    owner: database.owner,
    async close() {
      await server.kill()
      removeDataDir(options.dataDir)
      await database.drop()
    },
  }
}
