import { once } from 'node:events'
import net from 'node:net'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { chanceFrom } from './chance.ts'
import { openProxy, type Proxy } from './proxy.ts'
import { until } from './until.ts'

/** What spoils the other tests' connections (row 11 and others) must itself do what it says: an echo behind the proxy. */

let echo: net.Server
let proxy: Proxy
let heard: string
const served = new Set<net.Socket>()

beforeEach(async () => {
  heard = ''
  echo = net.createServer({ allowHalfOpen: true }, (socket) => {
    served.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => served.delete(socket))
    socket.on('data', (chunk) => {
      heard += chunk.toString()
      if (socket.writable) socket.write(chunk)
    })
    socket.on('end', () => (heard += '<end>'))
  })
  echo.listen(0, '127.0.0.1')
  await once(echo, 'listening')
  proxy = await openProxy({ port: (echo.address() as net.AddressInfo).port }, chanceFrom(1))
})
afterEach(async () => {
  await proxy.close()
  for (const socket of served) socket.destroy()
  echo.close()
})

interface Client {
  readonly socket: net.Socket
  readonly text: () => string
  readonly fate: () => string
}

async function connect(): Promise<Client> {
  const socket = net.connect({ port: proxy.port, host: '127.0.0.1', allowHalfOpen: true })
  let text = ''
  let fate = ''
  socket.on('data', (chunk) => (text += chunk.toString()))
  socket.on('error', (error: NodeJS.ErrnoException) => (fate ||= error.code ?? 'error'))
  socket.on('end', () => (fate ||= 'end'))
  await until(() => !socket.connecting || fate !== '')
  return { socket, text: () => text, fate: () => fate }
}

it('passes on what it is given', async () => {
  const { socket, text } = await connect()
  socket.write('hello')
  await until(() => text() === 'hello')
  expect(proxy.connections()).toBe(1)
})

it('delays, with jitter, and keeps the order', async () => {
  const { socket, text } = await connect()
  proxy.set({ delayMs: 40, jitterMs: 40 })
  const began = performance.now()
  for (const letter of 'abcdefgh') {
    socket.write(letter)
    await new Promise((resolve) => setImmediate(resolve))
  }
  await until(() => text() === 'abcdefgh')
  // There and back again.
  expect(performance.now() - began).toBeGreaterThanOrEqual(79)
})

it('throttles, and drips byte by byte', async () => {
  const { socket, text } = await connect()
  let began = performance.now()
  proxy.set({ bytesPerSecond: 10_000 })
  socket.write('x'.repeat(1_000))
  await new Promise((resolve) => setTimeout(resolve, 5))
  socket.write('y')
  await until(() => text().endsWith('y'))
  expect(performance.now() - began).toBeGreaterThanOrEqual(99)
  proxy.set({ bytesPerSecond: 0, dripMs: 5 })
  began = performance.now()
  socket.write('dripping')
  await until(() => text().endsWith('dripping'))
  expect(performance.now() - began).toBeGreaterThanOrEqual(7 * 5)
})

it('delivers a request and drops the reply; swallows both', async () => {
  const { socket, text } = await connect()
  proxy.set({ dropReplies: true })
  socket.write('one')
  await until(() => heard === 'one' && proxy.swallowed() === 3)
  proxy.set({ dropReplies: false, swallow: true })
  socket.write('two')
  await until(() => proxy.swallowed() === 6)
  proxy.set({ swallow: false })
  socket.write('three')
  await until(() => text() === 'three')
  expect(heard).toBe('onethree')
})

it('stops reading, so that buffers fill, and goes on', async () => {
  const { socket, text } = await connect()
  proxy.set({ stopReading: true })
  const much = 'z'.repeat(20_000_000)
  expect(socket.write(much)).toBe(false)
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(heard.length).toBeLessThan(much.length)
  proxy.set({ stopReading: false })
  await until(() => text().length === much.length)
})

it('half-closes either way', async () => {
  const { socket, text, fate } = await connect()
  proxy.halfCloseAll('server')
  await until(() => heard === '<end>')
  expect(fate()).toBe('')
  const other = await connect()
  proxy.halfCloseAll('clients')
  await until(() => other.fate() === 'end')
  other.socket.write('still')
  await until(() => heard.endsWith('still'))
  expect(text()).toBe('')
  socket.destroy()
})

it('cuts with a reset: all, after so many bytes, or at once', async () => {
  const first = await connect()
  first.socket.write('x')
  await until(() => first.text() === 'x')
  proxy.cutAll()
  await until(() => first.fate() === 'ECONNRESET')
  proxy.set({ cutAfterBytes: 3 })
  const second = await connect()
  second.socket.write('12345')
  await until(() => second.fate() === 'ECONNRESET')
  // The other side hears of it in its own time.
  await until(() => heard === 'x123<end>')
  expect(proxy.cuts()).toBe(1)
  proxy.set({ cutAfterBytes: Number.POSITIVE_INFINITY, refuse: true })
  const third = await connect()
  await until(() => third.fate() === 'ECONNRESET')
})
