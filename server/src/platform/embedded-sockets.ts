import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { type DatabaseUser, mayEnter } from './embedded-binaries.ts'

/** Then the process's number, and of which processes that is one: those of another container that shares the folder may live, unseen by us. */
const SOCKETS = 'lataamo-sockets-'
const OF_OURS = new RegExp(`^${SOCKETS}(\\d+)-${processNamespace()}-`)
/** Within this time it is noticed that the socket is gone. */
const LOOK_MS = 2_000

/** A Unix socket's whole path has at most 107 bytes. */
const SOCKET = '.s.PGSQL.5432'
const LONGEST = 107 - SOCKET.length - 1

/**
 * A fresh folder for the socket; folders that a kill left behind are swept. Where the system's temporary folder is not there, only ours to
 * enter, or too long a path for a socket, it is /tmp.
 */
export function socketFolder(user: DatabaseUser | undefined, temporary = os.tmpdir(), otherwise = '/tmp'): string {
  const folder = folderIn(temporary, user) ?? folderIn(otherwise, user)
  if (folder !== undefined) return folder
  throw new Error(
    `The socket of the database finds no place in ${temporary} or ${otherwise}: set TMPDIR to a folder with a short path that everybody may enter.`,
  )
}

function folderIn(temporary: string, user: DatabaseUser | undefined): string | undefined {
  let folder: string
  try {
    for (const name of fs.readdirSync(temporary)) {
      const owner = OF_OURS.exec(name)?.[1]
      if (owner !== undefined && !fs.existsSync(`/proc/${owner}`)) sweep(path.join(temporary, name))
    }
    folder = fs.mkdtempSync(path.join(temporary, `${SOCKETS}${process.pid}-${processNamespace()}-`))
  } catch {
    return undefined
  }
  if (user) fs.chownSync(folder, user.uid, user.gid)
  if (Buffer.byteLength(folder) <= LONGEST && (user === undefined || mayEnter(user, folder))) return folder
  fs.rmSync(folder, { recursive: true })
  return undefined
}

/** Calls once when somebody took the socket away, as cleaners of temporary folders do: nobody new reaches the database then. */
export function watchSocket(folder: string, onGone: () => void): () => void {
  const timer = setInterval(() => {
    if (fs.existsSync(path.join(folder, SOCKET))) return
    clearInterval(timer)
    onGone()
  }, LOOK_MS).unref()
  return () => clearInterval(timer)
}

function processNamespace(): string {
  return /\d+/.exec(fs.readlinkSync('/proc/self/ns/pid'))?.[0] ?? ''
}

/** What belongs to another user stays: it hinders nobody. */
function sweep(folder: string): void {
  try {
    fs.rmSync(folder, { recursive: true, force: true })
  } catch (error) {
    if (!/^(EACCES|EPERM)$/.test((error as NodeJS.ErrnoException).code ?? '')) throw error
  }
}
