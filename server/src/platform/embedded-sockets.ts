import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { type DatabaseUser, mayEnter } from './embedded-binaries.ts'

const SOCKETS = 'lataamo-sockets-'

/** A Unix socket's whole path has at most 107 bytes. */
const LONGEST = 107 - '/.s.PGSQL.5432'.length

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
      const owner = new RegExp(`^${SOCKETS}(\\d+)-`).exec(name)?.[1]
      if (owner !== undefined && !fs.existsSync(`/proc/${owner}`)) sweep(path.join(temporary, name))
    }
    folder = fs.mkdtempSync(path.join(temporary, `${SOCKETS}${process.pid}-`))
  } catch {
    return undefined
  }
  if (user) fs.chownSync(folder, user.uid, user.gid)
  if (Buffer.byteLength(folder) <= LONGEST && (user === undefined || mayEnter(user, folder))) return folder
  fs.rmSync(folder, { recursive: true })
  return undefined
}

/** What belongs to another user stays: it hinders nobody. */
function sweep(folder: string): void {
  try {
    fs.rmSync(folder, { recursive: true, force: true })
  } catch (error) {
    if (!/^(EACCES|EPERM)$/.test((error as NodeJS.ErrnoException).code ?? '')) throw error
  }
}
