import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { freshOptions, home, platformKey, removeDataDir, type Server, startServer } from './kit/server.ts'

let server: Server

beforeAll(async () => {
  server = await startServer(await freshOptions())
})
afterAll(async () => {
  await server.kill()
  removeDataDir(server.options.dataDir)
})

it('takes an integrator from nothing to a priced session in all three versions, with documented commands only', async () => {
  const child = spawn(process.execPath, [path.join(home, 'docs', 'first-five-minutes.ts')], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], LATAAMO_URL: server.url, LATAAMO_PLATFORM_KEY: platformKey },
  })
  let said = ''
  let complained = ''
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (complained += chunk.toString()))
  const [status] = await once(child, 'close')
  expect(complained).toBe('')
  expect(status).toBe(0)
  // 0.50 € to begin and 0.40 € a kWh: 4 kWh and 3 kWh to the cent.
  expect(said).toContain(
    '8. 1.6: session 1, 4000 Wh, 3 meter values, lines in cents: FLAT 50, ENERGY 160; record 1 with 210',
  )
  expect(said).toContain(
    '8. 2.0.1: session 2, 3000 Wh, 3 meter values, lines in cents: FLAT 50, ENERGY 120; record 1 with 170',
  )
  expect(said).toMatch(/8\. 2\.1: session 3, \d+ Wh, \d+ meter values, lines in cents: FLAT 50/)
  expect(said).toContain('9. trigger: accepted, effect-seen')
}, 240_000)
