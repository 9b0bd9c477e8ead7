import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { socketFolder, watchSocket } from './embedded-sockets.ts'

const NOBODY = 65_534
let temporary: string
beforeEach(() => {
  temporary = fs.mkdtempSync(path.join(os.tmpdir(), 'lataamo-temporary-'))
  // As the system's own: everybody may write there, and remove what is theirs.
  fs.chmodSync(temporary, 0o1777)
})
afterEach(() => fs.rmSync(temporary, { recursive: true }))

/** Of a process that is no more. */
function leftBehind(namespace = path.basename(socketFolder(undefined, temporary)).split('-')[3]): string {
  const folder = path.join(temporary, `lataamo-sockets-999999999-${namespace}-x`)
  fs.mkdirSync(folder, { mode: 0o700 })
  fs.writeFileSync(path.join(folder, '.s.PGSQL.5432'), '')
  return folder
}

it('what a kill left behind is swept, and what a running server uses stays', () => {
  const left = leftBehind()
  const used = socketFolder(undefined, temporary)
  const own = socketFolder(undefined, temporary)
  expect(fs.existsSync(left)).toBe(false)
  expect([used, own].map((folder) => fs.existsSync(folder))).toEqual([true, true])
})

it('what a server in another container uses is not taken for left behind', () => {
  const used = leftBehind('1')
  socketFolder(undefined, temporary)
  expect(fs.existsSync(used)).toBe(true)
})

it('a socket that is taken away is noticed, once', async () => {
  const folder = socketFolder(undefined, temporary)
  fs.writeFileSync(path.join(folder, '.s.PGSQL.5432'), '')
  let gone = 0
  watchSocket(folder, () => (gone += 1))
  fs.rmSync(folder, { recursive: true })
  await vi.waitFor(() => expect(gone).toBe(1), 30_000)
})

it('what another user left behind hinders nobody (only root can try this)', () => {
  if (process.geteuid?.() !== 0) return
  const left = leftBehind()
  process.seteuid?.(NOBODY)
  try {
    expect(fs.existsSync(socketFolder(undefined, temporary))).toBe(true)
  } finally {
    process.seteuid?.(0)
  }
  expect(fs.existsSync(left)).toBe(true)
})

it('a temporary folder that is too long for a socket, or not there, is not used', () => {
  const long = path.join(temporary, 'x'.repeat(90))
  fs.mkdirSync(long)
  for (const place of [long, path.join(temporary, 'none')])
    expect(path.dirname(socketFolder(undefined, place, temporary))).toBe(temporary)
  expect(fs.readdirSync(long)).toEqual([])
  expect(() => socketFolder(undefined, long, long)).toThrow(/finds no place in .*: set TMPDIR to a folder/)
})

it('one that the user of the database cannot enter is not used either (only root can try this)', () => {
  if (process.geteuid?.() !== 0) return
  const closed = path.join(temporary, 'closed')
  fs.mkdirSync(closed, { mode: 0o700 })
  expect(path.dirname(socketFolder({ uid: NOBODY, gid: NOBODY }, closed, temporary))).toBe(temporary)
})
