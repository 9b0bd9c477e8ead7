import { once } from 'node:events'
import net from 'node:net'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { type HttpServer, openHttp } from './http-server.ts'
import { must, ok } from './result.ts'
import { type TestGround, testGround } from './testing.ts'
import { testTexts } from './testing-http.ts'

/** More than the network's own buffers take. */
const BIG = 'x'.repeat(40_000_000)
const STUCK_MS = 1_000

let ground: TestGround
let http: HttpServer
let port: number
beforeAll(async () => {
  ground = await testGround()
  http = await openHttp({
    ground,
    routes: [],
    authenticate: async () => ok({ kind: 'nobody' }),
    texts: testTexts(),
    trustedProxies: [],
    folders: [],
    stuckMs: STUCK_MS,
    plainPages: { '/big': () => ({ type: 'text/plain', body: BIG }) },
  })
  port = await http.listen('127.0.0.1', 0)
})
afterAll(async () => {
  await http.close()
  await ground.close()
})

async function ask(): Promise<{ readonly reader: net.Socket; readonly ours: net.Socket }> {
  const accepted = once(http.server, 'connection')
  const reader = net.connect(port, '127.0.0.1').pause()
  reader.on('error', () => {})
  reader.write('GET /big HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
  const [ours] = (await accepted) as [net.Socket]
  return { reader, ours: must(ours, 'a socket') }
}

it('a reader who never reads an answer to its end is cut, and holds no connection for ever (row 27)', async () => {
  const { reader, ours } = await ask()
  await vi.waitFor(() => expect(ours.destroyed).toBe(true), 20_000)
  reader.destroy()
})

it('one who reads slowly gets it whole, though that takes longer', async () => {
  const { reader } = await ask()
  const began = performance.now()
  let length = 0
  reader.on('data', (chunk: Buffer) => {
    length += chunk.length
    reader.pause()
    setTimeout(() => reader.resume(), 5)
  })
  reader.resume()
  await once(reader, 'close')
  expect(length).toBeGreaterThan(BIG.length)
  expect(performance.now() - began).toBeGreaterThan(STUCK_MS)
}, 60_000)
