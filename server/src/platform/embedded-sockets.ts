import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type { DatabaseUser } from './embedded-binaries.ts'

const SOCKETS = 'lataamo-sockets-'

/** A fresh folder for the socket; folders that a kill left behind are swept. */
export function socketFolder(user: DatabaseUser | undefined, temporary = os.tmpdir()): string {
  for (const name of fs.readdirSync(temporary)) {
    const owner = new RegExp(`^${SOCKETS}(\\d+)-`).exec(name)?.[1]
    if (owner !== undefined && !fs.existsSync(`/proc/${owner}`)) sweep(path.join(temporary, name))
  }
  const folder = fs.mkdtempSync(path.join(temporary, `${SOCKETS}${process.pid}-`))
  if (user) fs.chownSync(folder, user.uid, user.gid)
  return folder
}

/** What belongs to another user stays: it hinders nobody. */
function sweep(folder: string): void {
  try {
    fs.rmSync(folder, { recursive: true, force: true })
  } catch (error) {
    if (!/^(EACCES|EPERM)$/.test((error as NodeJS.ErrnoException).code ?? '')) throw error
  }
}
