import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openUsageLog } from './error-log.ts'

let folder: string

beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lataamo-usage-'))
})
afterAll(() => fs.rmSync(folder, { recursive: true }))

describe('the log file of usage errors (END-VALIDATE)', () => {
  it('holds a line each, makes room by size and keeps the newest five files', async () => {
    const log = openUsageLog(folder, 100)
    const lines = Array.from({ length: 40 }, (_, number) => JSON.stringify({ number, pad: 'x'.repeat(30) }))
    await Promise.all(lines.map((line) => log.append([line])))
    const files = fs.readdirSync(folder).toSorted()
    expect(files).toEqual(['usage-errors.log', ...[1, 2, 3, 4, 5].map((number) => `usage-errors.log.${number}`)])
    expect(fs.statSync(path.join(folder, 'usage-errors.log')).mode & 0o777).toBe(0o600)
    const kept = ['.5', '.4', '.3', '.2', '.1', ''].flatMap((end) => linesOf(`usage-errors.log${end}`))
    expect(kept).toEqual(lines.slice(lines.length - kept.length))
  })

  it('says so when a line cannot be written, so that it is tried again', async () => {
    await expect(openUsageLog(path.join(folder, 'nowhere')).append(['{}'])).rejects.toThrow(/ENOENT/)
  })
})

const linesOf = (name: string): string[] => fs.readFileSync(path.join(folder, name), 'utf8').trimEnd().split('\n')
