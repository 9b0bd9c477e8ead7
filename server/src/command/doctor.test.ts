import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ClientConfig } from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { testGround } from '../platform/testing.ts'
import { freePort } from '../platform/testing-ports.ts'

const bin = fileURLToPath(new URL('../../../bin/lataamo.js', import.meta.url))
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lataamo-doctor-'))
const isThere = path.join(folder, 'is-there')
const file = path.join(folder, 'file')
const withoutSecret = path.join(folder, 'without-secret')
const taken = net.createServer()
let free: Readonly<Record<string, string>>
let takenPort = ''

beforeAll(async () => {
  fs.writeFileSync(file, '')
  fs.mkdirSync(isThere)
  fs.mkdirSync(path.join(withoutSecret, 'postgres'), { recursive: true })
  free = { PORT: String(await freePort()), OPS_PORT: String(await freePort()), DATA_DIR: isThere }
  takenPort = String(await freePort())
  await once(taken.listen(Number(takenPort), '127.0.0.1'), 'listening')
})
afterAll(() => {
  taken.close()
  fs.rmSync(folder, { recursive: true })
})

function doctor(env: Readonly<Record<string, string>>): { readonly status: number | null; readonly said: string } {
  const { status, stdout } = spawnSync(process.execPath, [bin, 'doctor'], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], ...free, ...env },
  })
  return { status, said: stdout }
}

it('finds nothing wrong where nothing hinders a start, and changes nothing', () => {
  for (const DATA_DIR of [isThere, path.join(folder, 'not', 'there')]) {
    const { status, said } = doctor({ DATA_DIR })
    expect(said).not.toContain('wrong')
    expect(status).toBe(0)
  }
  expect(fs.readdirSync(folder).sort()).toEqual(['file', 'is-there', 'without-secret'])
  expect(fs.readdirSync(isThere)).toEqual([])
})

it.each<[string, () => Record<string, string>, RegExp]>([
  ['a taken port', () => ({ PORT: takenPort }), /is taken by another program: stop it, or set PORT/],
  [
    'a taken port for metrics',
    () => ({ OPS_PORT: takenPort }),
    /is taken by another program: stop it, or set OPS_PORT/,
  ],
  ['an address of another machine', () => ({ HOST: '192.0.2.1' }), /HOST is 192.0.2.1, which is no address of this/],
  ['a data folder that is a file', () => ({ DATA_DIR: file }), /file, which is not a folder/],
  ['a data folder that cannot be made', () => ({ DATA_DIR: path.join(file, 'below') }), /below, which is not a folder/],
  ['data without its secret', () => ({ DATA_DIR: withoutSecret }), /secret of this data is missing: bring .* back/],
  ['a setting that there is not', () => ({ LATAAMO_SECRETT: 'x' }), /LATAAMO_SECRETT is not a setting/],
])('says what a start would say: %s', (_, env, sentence) => {
  const { status, said } = doctor(env())
  expect(said).toMatch(new RegExp(`^wrong .*${sentence.source}`, 'm'))
  expect(status).toBe(1)
})

it('says of a database outside whether this secret opens what it holds', async () => {
  const ground = await testGround()
  try {
    const DATA_DIR = fs.mkdtempSync(path.join(folder, 'outside-'))
    const outside = { DATA_DIR, DATABASE_URL: addressOf(ground.runtime), DATABASE_OWNER_URL: addressOf(ground.owner) }
    const secret = path.join(DATA_DIR, 'secret')
    fs.writeFileSync(secret, ground.secret)
    expect(doctor(outside).said).toMatch(/^ok {4} outside PostgreSQL answers/m)
    fs.writeFileSync(secret, 'that of another data folder')
    const other = doctor(outside)
    expect(other.said).toMatch(/^wrong {2}outside PostgreSQL: The secret is not the one this data was made with/m)
    expect(other.status).toBe(1)
  } finally {
    await ground.close()
  }
}, 60_000)

function addressOf({ host, port, user, password, database }: ClientConfig): string {
  const members = { host: String(host), port: String(port), user: String(user), password: String(password) }
  return `postgres:///${database}?${new URLSearchParams(members)}`
}
