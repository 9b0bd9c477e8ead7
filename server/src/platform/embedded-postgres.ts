import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import fs from 'node:fs'
import path from 'node:path'
import pg from 'pg'
import { binaries, type DatabaseUser, ensureReachable, userOfDatabase } from './embedded-binaries.ts'
import { socketFolder, watchSocket } from './embedded-sockets.ts'
import { refuseForeignFiles } from './embedded-home.ts'
import { lockFolder } from './lock.ts'

/** A PostgreSQL server of our own, reached by a Unix socket in a folder that only we and it can enter. */
export interface EmbeddedPostgres {
  /** As the owner: migrations only. */
  readonly owner: pg.ClientConfig
  readonly pid: number
  /** Where its files lie. */
  readonly folder: string
  /** What a person should be told, e.g. that files went elsewhere than asked. */
  readonly remarks: readonly string[]
  stop(): Promise<void>
  /** Resolves with a sentence when the server ends by itself. */
  readonly ended: Promise<string>
}

const OWNER = 'lataamo_owner'
const DATABASE = 'lataamo'

/**
 * Starts PostgreSQL on `dataDir`, making the cluster when there is none. A folder half made by an interrupted first start is
 * made anew. The caller holds the folder's lock (platform/lock.ts). Throws one sentence that says what to do. `more`: settings of PostgreSQL
 * beside ours, for tests.
 */
export async function startEmbedded(
  dataDir: string,
  secret: string,
  more: Readonly<Record<string, string>> = {},
): Promise<EmbeddedPostgres> {
  const user = userOfDatabase()
  const reachable = ensureReachable(dataDir, user)
  const folder = path.join(reachable.home, 'postgres')
  const password = createHash('sha256').update(`lataamo database owner ${secret}`).digest('hex')
  // Where a data folder was copied, two of them lead to one database.
  const lock = reachable.home === dataDir ? undefined : await lockFolder(reachable.home)
  if (!fs.existsSync(folder)) makeCluster(folder, password, user, reachable.bin)
  refuseForeignFiles(folder, user?.uid ?? process.getuid?.() ?? 0)
  await clearStalePid(folder)
  const sockets = socketFolder(user)
  const logFile = path.join(dataDir, 'postgres.log')
  const settings = { ...SETTINGS, ...more, unix_socket_directories: sockets }
  const child = launch(folder, settings, user, reachable.bin, logFile)
  const from = fs.statSync(logFile).size
  let isUnreachable = false
  const ended = once(child, 'exit').then(
    ([code]) => {
      if (isUnreachable) return unreachable(sockets)
      if (String(code) === IN_USE) return inUse(folder)
      return `PostgreSQL ended (${code}${lastFault(logFile, from)}): see ${logFile}.`
    },
    (error: Error) =>
      `PostgreSQL could not be started (${error.message}): install setpriv and flock (package util-linux).`,
  )
  const owner = { host: sockets, port: 5432, user: OWNER, password, database: DATABASE }
  try {
    await ready({ ...owner, database: 'postgres' }, ended)
    await makeDatabase({ ...owner, database: 'postgres' })
  } catch (error) {
    child.kill('SIGINT')
    await ended
    fs.rmSync(sockets, { recursive: true, force: true })
    await lock?.release()
    throw error
  }
  const unwatch = watchSocket(sockets, () => {
    isUnreachable = true
    child.kill('SIGINT')
  })
  return {
    owner,
    pid: child.pid ?? 0,
    folder,
    remarks: reachable.remarks,
    ended,
    async stop() {
      unwatch()
      if (child.exitCode === null) child.kill('SIGINT')
      await ended
      fs.rmSync(sockets, { recursive: true, force: true })
      await lock?.release()
    },
  }
}

/** initdb into `folder.new`, then one rename: a half-made folder is never taken for a whole one. */
function makeCluster(folder: string, password: string, user: DatabaseUser | undefined, bin: string): void {
  const fresh = `${folder}.new`
  fs.rmSync(fresh, { recursive: true, force: true })
  // Beside the cluster, so that one left behind by a kill is overwritten by the next start.
  const passwordFile = `${folder}.password`
  fs.rmSync(passwordFile, { force: true })
  fs.writeFileSync(passwordFile, password, { mode: 0o600 })
  try {
    fs.mkdirSync(fresh, { mode: 0o700 })
    if (user) {
      fs.chownSync(passwordFile, user.uid, user.gid)
      fs.chownSync(fresh, user.uid, user.gid)
    }
    const flags = ['-D', fresh, '-U', OWNER, '-E', 'UTF8', '--locale-provider=builtin', '--locale=C.UTF-8']
    const initdb = asUser(user, path.join(bin, 'initdb'), [...flags, '-A', 'scram-sha-256', `--pwfile=${passwordFile}`])
    const made = spawnSync(initdb.command, initdb.args, {
      encoding: 'utf8',
      cwd: '/',
      env: environment(),
      umask: 0o022,
    } as never)
    if (made.status !== 0) {
      throw new Error(
        `PostgreSQL could not make its folder ${fresh}: ${faultIn(made.stderr) || made.error?.message}. Free space or rights may be missing.`,
      )
    }
    fs.renameSync(fresh, folder)
    syncFolder(path.dirname(folder))
  } finally {
    fs.rmSync(passwordFile, { force: true })
  }
}

const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '',
  unix_socket_permissions: '0700',
  max_connections: '60',
  shared_buffers: '64MB',
  wal_buffers: '4MB',
  max_wal_size: '1GB',
  min_wal_size: '128MB',
  checkpoint_timeout: '10min',
  wal_compression: 'pglz',
  io_method: 'sync',
  max_parallel_workers_per_gather: '0',
  max_logical_replication_workers: '0',
  autovacuum_max_workers: '1',
  // After an fsync that failed nothing may go on as if it had not (row 23): the server ends, and we with it.
  restart_after_crash: 'off',
  log_timezone: 'UTC',
  timezone: 'UTC',
  log_checkpoints: 'off',
}

function launch(
  folder: string,
  settings: Readonly<Record<string, string>>,
  user: DatabaseUser | undefined,
  bin: string,
  logFile: string,
): ChildProcess {
  if (fs.existsSync(logFile) && fs.statSync(logFile).size > 10_000_000) fs.renameSync(logFile, `${logFile}.1`)
  const log = fs.openSync(logFile, 'a', 0o600)
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  // The lock is the file system's, held as long as any of its processes lives: containers that share a folder see nothing of each
  // other's processes, and two servers on one folder destroy it.
  const locked = ['--wait', '10', '--conflict-exit-code', IN_USE, '--no-fork', folder, path.join(bin, 'postgres')]
  const postgres = asUser(user, 'flock', [...locked, '-D', folder, ...flags], true)
  // A process group of its own: Ctrl-C must reach us first, so that we can drain before it stops.
  const child = spawn(postgres.command, postgres.args, {
    stdio: ['ignore', log, log],
    detached: true,
    cwd: '/',
    env: environment(),
  })
  fs.closeSync(log)
  child.on('error', () => {})
  return child
}

/** Through `setpriv`: as the database's user, and told to stop when this process dies. */
function asUser(user: DatabaseUser | undefined, command: string, args: readonly string[], dieWithUs = false) {
  const flags = [
    ...(user ? [`--reuid=${user.uid}`, `--regid=${user.gid}`, '--clear-groups'] : []),
    ...(dieWithUs ? ['--pdeathsig', 'INT'] : []),
  ]
  return flags.length === 0
    ? { command, args: [...args] }
    : { command: 'setpriv', args: [...flags, '--', command, ...args] }
}

function environment(): NodeJS.ProcessEnv {
  return { PATH: '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin', LC_ALL: 'C', TZ: 'UTC', ...MEMORY }
}

/**
 * The C library (glibc) gives memory above 128 kB back to the kernel at the end of nearly every statement and asks for it anew
 * at the next, page by page: a tenth of what a session costs PostgreSQL. With these it keeps up to 4 MB a connection.
 */
const MEMORY = { MALLOC_TRIM_THRESHOLD_: '4194304', MALLOC_TOP_PAD_: '65536' }

/** `postmaster.pid` of a server that was killed: ours to wait for if it still runs on this folder, else to be removed. */
async function clearStalePid(folder: string): Promise<void> {
  const file = path.join(folder, 'postmaster.pid')
  for (let waited = 0; fs.existsSync(file); waited += 50) {
    const pid = Number(fs.readFileSync(file, 'utf8').split('\n')[0])
    if (!runsOn(pid, folder)) {
      refuseLocked(folder)
      fs.rmSync(file, { force: true })
      return
    }
    if (waited === 0) process.kill(pid, 'SIGINT')
    if (waited === 5_000) process.kill(pid, 'SIGQUIT')
    if (waited > 15_000)
      throw new Error(`A PostgreSQL server (process ${pid}) still runs on ${folder}: stop it, then start again.`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** Exit status of `flock` where somebody else has the lock; PostgreSQL's own are others. */
const IN_USE = '75'

/** A server that is not among our processes may be another container's. One that was just killed lets go within moments. */
function refuseLocked(folder: string): void {
  const { status } = spawnSync('flock', ['--wait', '10', '--conflict-exit-code', IN_USE, folder, 'true'])
  if (String(status) === IN_USE) throw new Error(inUse(folder))
}

function inUse(folder: string): string {
  return `The database in ${folder} is in use by another server, perhaps in another container: stop that one, or set DATA_DIR to another folder.`
}

function unreachable(sockets: string): string {
  return `Somebody removed ${sockets}, by which the database is reached: start again, and keep what cleans temporary folders away from it, or set TMPDIR to another folder.`
}

function runsOn(pid: number, folder: string): boolean {
  try {
    return fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(folder)
  } catch {
    return false
  }
}

async function ready(connection: pg.ClientConfig, ended: Promise<string>): Promise<void> {
  let gone: string | undefined
  void ended.then((sentence) => (gone = sentence))
  for (let waited = 0; ; waited += 20) {
    if (gone !== undefined) throw new Error(gone)
    const client = new pg.Client(connection)
    try {
      await client.connect()
      await client.end()
      return
    } catch (error) {
      await client.end().catch(() => {})
      if ((error as { code?: string }).code === '28P01') {
        throw new Error(
          'This data folder was made under another LATAAMO_SECRET: set the former one, or another DATA_DIR.',
          { cause: error },
        )
      }
      // 57P03: starting up, or recovering after a crash.
      if (waited > 120_000)
        throw new Error('PostgreSQL did not become ready within two minutes: see postgres.log', { cause: error })
    }
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

async function makeDatabase(connection: pg.ClientConfig): Promise<void> {
  const client = new pg.Client(connection)
  await client.connect()
  try {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [DATABASE])
    if (rowCount === 0) await client.query(`create database ${DATABASE}`)
  } finally {
    await client.end()
  }
}

function syncFolder(folder: string): void {
  const handle = fs.openSync(folder, 'r')
  fs.fsyncSync(handle)
  fs.closeSync(handle)
}

/** What PostgreSQL's programs say of a fault: their last word is about tidying up. */
function faultIn(text: string | null): string {
  const lines = (text ?? '').trim().split('\n')
  return (lines.findLast((line) => /\b(error|fatal|panic):/i.test(line)) ?? lines.at(-1) ?? '').trim()
}

/** What it said last of a fault since it was started (`from` bytes), not in some former life. */
function lastFault(logFile: string, from: number): string {
  const since = fs.readFileSync(logFile).subarray(from).toString()
  const fault = /\b(?:FATAL|PANIC):\s+(.*)/.exec(faultIn(since))?.[1] ?? /^postgres: (.*)/m.exec(since)?.[1]
  return fault === undefined ? '' : `: ${fault}`
}

export { binaries as binariesAreThere }
