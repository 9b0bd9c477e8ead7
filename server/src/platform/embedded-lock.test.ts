import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { startEmbedded } from './embedded-postgres.ts'

const temporary = (name: string): string => fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), `lataamo-${name}-`)))

/** A data folder whose database was made once: each test that needs one has a copy. */
let made: string
let data: string
beforeAll(async () => {
  made = temporary('made')
  await (await startEmbedded(made, 'secret')).stop()
})
afterAll(() => fs.rmSync(made, { recursive: true }))
beforeEach(() => (data = temporary('locked')))
afterEach(() => fs.rmSync(data, { recursive: true }))

/** As the database's user has it: `fs.cp` would make root its owner. */
function useMade(): void {
  expect(spawnSync('cp', ['-a', `${made}/.`, data]).status).toBe(0)
}

it('a database that another container runs on this folder is left alone (row 24)', async () => {
  useMade()
  const first = await startEmbedded(data, 'secret')
  const note = path.join(first.folder, 'postmaster.pid')
  const text = fs.readFileSync(note, 'utf8')
  // As another container sees it: a process that is not among its own.
  fs.writeFileSync(note, text.replace(/^\d+/, '999999999'))
  try {
    await expect(startEmbedded(data, 'secret')).rejects.toThrow(
      /in use by another server, perhaps in another container/,
    )
    expect(fs.existsSync(note)).toBe(true)
  } finally {
    fs.writeFileSync(note, text)
    await first.stop()
  }
  await (await startEmbedded(data, 'secret')).stop()
}, 120_000)

it('one that was killed lets the next in, whatever pid it left (row 1)', async () => {
  useMade()
  const first = await startEmbedded(data, 'secret')
  process.kill(first.pid, 'SIGKILL')
  await first.ended
  await (await startEmbedded(data, 'secret')).stop()
}, 120_000)

it('a folder that somebody holds, without a note, is not started on either', async () => {
  useMade()
  const folder = path.join(data, 'postgres')
  const holder = spawn('flock', ['--no-fork', folder, 'sh', '-c', 'echo held; exec sleep 600'])
  await once(holder.stdout, 'data')
  try {
    await expect(startEmbedded(data, 'secret')).rejects.toThrow(/is in use by another server/)
  } finally {
    holder.kill('SIGKILL')
  }
}, 120_000)

it('a database that ends at once says why, and nothing of its former life', async () => {
  useMade()
  fs.appendFileSync(path.join(data, 'postgres.log'), 'FATAL:  of long ago\n')
  await expect(startEmbedded(data, 'secret', { port: 'wrong' })).rejects.toThrow(
    /PostgreSQL ended \(1: invalid value for parameter "port": "wrong"\): see .*postgres\.log\.$/,
  )
}, 120_000)

it.skipIf(process.getuid?.() !== 0)(
  'a start as root by mistake leaves an ordinary user’s folder to that user',
  async () => {
    const folder = path.join(data, 'postgres')
    for (const theirs of [data, folder]) {
      fs.mkdirSync(theirs, { recursive: true })
      fs.chownSync(theirs, 65_534, 65_534)
    }
    await expect(startEmbedded(data, 'secret')).rejects.toThrow(
      /belongs to the user nobody, .*start Lataamo as the user/,
    )
    expect([data, folder].map((theirs) => fs.statSync(theirs).uid)).toEqual([65_534, 65_534])
  },
)

it('one whose socket somebody removed ends, and says why: nobody new could reach it', async () => {
  useMade()
  const database = await startEmbedded(data, 'secret')
  fs.rmSync(database.owner.host ?? '', { recursive: true })
  expect(await database.ended).toMatch(/^Somebody removed .*: start again, and keep what cleans temporary folders away/)
  await database.stop()
  await (await startEmbedded(data, 'secret')).stop()
}, 120_000)
