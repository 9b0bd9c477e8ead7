import { once } from 'node:events'
import http from 'node:http'
import https from 'node:https'
import net from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { openOutbound, type Outbound, type OutboundOptions, type OutboundOutcome } from './outbound.ts'
import type { AllowedTarget } from './outbound-rules.ts'
import { testCertificate } from './testing-certificate.ts'

/** A listener on loopback that counts who came: what must not be reached proves it by hearing nothing. */
let plain: http.Server
let secure: https.Server
let connections = 0
let answer: (request: http.IncomingMessage, response: http.ServerResponse) => void
const portOf = (server: net.Server): number => (server.address() as net.AddressInfo).port
const clients: Outbound[] = []

beforeAll(async () => {
  const handle = (request: http.IncomingMessage, response: http.ServerResponse): void => answer(request, response)
  plain = http.createServer(handle)
  secure = https.createServer(testCertificate, handle)
  for (const server of [plain, secure]) {
    server.on('connection', () => (connections += 1))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
  }
})
afterEach(() => {
  for (const client of clients.splice(0)) client.close()
  connections = 0
})
afterAll(() => {
  for (const server of [plain, secure]) {
    server.closeAllConnections()
    server.close()
  }
})

function client(options: OutboundOptions = {}): Outbound {
  const made = openOutbound(options)
  clients.push(made)
  return made
}

const loopback = (port: number, isPlain = false): AllowedTarget => ({ address: '127.0.0.1', port, plain: isPlain })
const post = (
  outbound: Outbound,
  url: string,
  more: { allowed?: readonly AllowedTarget[]; timeoutMs?: number; body?: string; signal?: AbortSignal } = {},
): Promise<OutboundOutcome> =>
  outbound.post({ url, headers: { 'x-test': '1' }, body: '{}', timeoutMs: 5_000, allowed: [], ...more })

describe('what an address chosen by somebody else cannot reach (attack 15)', () => {
  const hosts = [
    '127.0.0.1',
    'localhost',
    '0x7f000001',
    '2130706433',
    '127.1',
    '[::ffff:127.0.0.1]',
    '[::1]',
    '0.0.0.0',
  ]
  const control = async (): Promise<void> => {
    answer = (_, response) => response.end('ok')
    const port = portOf(plain)
    const reached = await post(client(), `http://127.0.0.1:${port}/`, { allowed: [loopback(port, true)] })
    expect(reached).toMatchObject({ kind: 'answered', status: 200, excerpt: 'ok' })
    expect(connections).toBe(1)
  }

  it('this machine, however it is written', async () => {
    for (const host of hosts) {
      for (const scheme of ['http', 'https'])
        expect(await post(client(), `${scheme}://${host}:${portOf(plain)}/`)).toMatchObject({ kind: 'refused' })
    }
    expect(connections).toBe(0)
    await control()
  })

  it('this machine under a name, also when the name has a good address besides', async () => {
    const port = portOf(secure)
    const elsewhere = [{ address: '10.9.9.9', port, plain: true }]
    for (const addresses of [['127.0.0.1'], ['1.1.1.1', '127.0.0.1'], ['::1'], ['::ffff:127.0.0.1'], ['fe80::1%lo']]) {
      const outbound = client({ resolve: async () => addresses })
      expect(await post(outbound, `https://rebound.example:${port}/`, { allowed: elsewhere })).toMatchObject({
        kind: 'refused',
      })
    }
    expect(connections).toBe(0)
    await control()
  })

  it('another address than the one that was judged: a name is looked up once, and the socket goes there', async () => {
    answer = (_, response) => response.end('ok')
    let lookUps = 0
    // Rebinding: the first look-up is allowed, any later one would lead to this machine's own services.
    const resolve = async (): Promise<readonly string[]> => {
      lookUps += 1
      return lookUps === 1 ? ['127.0.0.1'] : ['127.0.0.2']
    }
    const port = portOf(secure)
    const outbound = client({ resolve, authorities: [testCertificate.cert] })
    const first = await post(outbound, `https://billing.example:${port}/`, { allowed: [loopback(port)] })
    expect([first, lookUps]).toMatchObject([{ kind: 'answered', status: 200 }, 1])
    const second = await post(outbound, `https://billing.example:${port}/`, { allowed: [loopback(port)] })
    expect(second).toMatchObject({ kind: 'refused', code: 'private-address' })
    expect(connections).toBe(1)
  })

  it('by a redirect', async () => {
    let asked = 0
    answer = (request, response) => {
      asked += 1
      response.writeHead(307, { location: `http://127.0.0.1:${portOf(plain)}/inner` }).end()
      expect(request.url).toBe('/outer')
    }
    const port = portOf(plain)
    const outcome = await post(client(), `http://127.0.0.1:${port}/outer`, { allowed: [loopback(port, true)] })
    expect([outcome, asked]).toMatchObject([{ kind: 'answered', status: 307 }, 1])
  })

  it('what another tenant may reach, over a socket that other has open', async () => {
    answer = (_, response) => response.end('ok')
    const port = portOf(plain)
    const outbound = client()
    const url = `http://127.0.0.1:${port}/`
    expect(await post(outbound, url, { allowed: [loopback(port, true)] })).toMatchObject({ kind: 'answered' })
    expect(await post(outbound, url)).toMatchObject({ kind: 'refused', code: 'private-address' })
    expect(connections).toBe(1)
  })
})

describe('a target that is not well', () => {
  const url = (path = ''): string => `http://127.0.0.1:${portOf(plain)}/${path}`
  const allowed = (): readonly AllowedTarget[] => [loopback(portOf(plain), true)]

  it('that hangs is left after its time', async () => {
    answer = () => undefined
    expect(await post(client(), url(), { allowed: allowed(), timeoutMs: 150 })).toMatchObject({
      kind: 'failed',
      code: 'timed-out',
    })
  })

  it('that drips its headers is left after its time, however alive it looks', async () => {
    const drips = net.createServer((socket) => {
      socket.on('error', () => undefined)
      socket.write('HTTP/1.1 200 OK\r\n')
      const timer = setInterval(() => socket.write('x-more: 1\r\n'), 20)
      socket.on('close', () => clearInterval(timer))
    })
    drips.listen(0, '127.0.0.1')
    await once(drips, 'listening')
    const port = portOf(drips)
    const outcome = await post(client(), `http://127.0.0.1:${port}/`, {
      allowed: [loopback(port, true)],
      timeoutMs: 200,
    })
    expect(outcome).toMatchObject({ kind: 'failed', code: 'timed-out' })
    drips.close()
  })

  it('whose body never ends has answered by its status, and its beginning is all that is read', async () => {
    let isCut = false
    answer = (_, response) => {
      response.on('close', () => (isCut = true))
      response.writeHead(200)
      const more = (): void => {
        while (response.write('x'.repeat(10_000)));
        response.once('drain', more)
      }
      more()
    }
    const outcome = await post(client(), url(), { allowed: allowed() })
    expect(outcome).toMatchObject({ kind: 'answered', status: 200, excerpt: 'x'.repeat(2_000) })
    await expect.poll(() => isCut).toBe(true)
  })

  it('that cuts the connection, is not there, or cannot be found, each says so', async () => {
    answer = (request) => request.socket.destroy()
    expect(await post(client(), url(), { allowed: allowed() })).toMatchObject({ kind: 'failed', code: 'cut-off' })
    const closed = net.createServer().listen(0, '127.0.0.1')
    await once(closed, 'listening')
    const port = portOf(closed)
    closed.close()
    await once(closed, 'close')
    const gone = await post(client(), `http://127.0.0.1:${port}/`, { allowed: [loopback(port, true)] })
    expect(gone).toMatchObject({ kind: 'failed', code: 'not-reached' })
    const resolve = async (): Promise<never> => {
      throw new Error('getaddrinfo ENOTFOUND nowhere.example')
    }
    const lost = await post(client({ resolve }), 'https://nowhere.example/')
    expect(lost).toMatchObject({ kind: 'failed', code: 'name-not-found' })
  })

  it('whose name is looked up for ever is left after its time', async () => {
    const outbound = client({ resolve: () => new Promise(() => undefined) })
    expect(await post(outbound, 'https://slow.example/', { timeoutMs: 100 })).toMatchObject({ code: 'timed-out' })
  })

  it('whose certificate nobody vouches for, or is of another name, is sent nothing', async () => {
    let asked = 0
    answer = (_, response) => {
      asked += 1
      response.end()
    }
    const port = portOf(secure)
    const resolve = async (): Promise<readonly string[]> => ['127.0.0.1']
    const more = { allowed: [loopback(port)] }
    expect(await post(client({ resolve }), `https://billing.example:${port}/`, more)).toMatchObject({
      code: 'certificate-refused',
    })
    const trusting = client({ resolve, authorities: [testCertificate.cert] })
    expect(await post(trusting, `https://other.example:${port}/`, more)).toMatchObject({ code: 'certificate-refused' })
    expect(asked).toBe(0)
    // The control: the right name, vouched for.
    expect(await post(trusting, `https://billing.example:${port}/`, more)).toMatchObject({ kind: 'answered' })
    expect(asked).toBe(1)
  })

  it('is left at once when the server stops', async () => {
    const stop = new AbortController()
    answer = () => stop.abort()
    const outcome = await post(client(), url(), { allowed: allowed(), signal: stop.signal })
    expect(outcome).toMatchObject({ kind: 'failed', code: 'ended-by-us' })
  })

  it('that answers with another protocol has not taken it, and holds nobody up', async () => {
    const odd = net.createServer((socket) => {
      socket.on('error', () => {})
      socket.on('data', () =>
        socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n'),
      )
    })
    await once(odd.listen(0, '127.0.0.1'), 'listening')
    const outcome = await post(client(), `http://127.0.0.1:${portOf(odd)}/`, { allowed: [loopback(portOf(odd), true)] })
    expect(outcome).toMatchObject({ kind: 'answered', status: 101 })
    odd.close()
  })

  it('that closes kept sockets is asked again over a fresh one', async () => {
    let asked = 0
    const sockets = new Set<net.Socket>()
    answer = (request, response) => {
      asked += 1
      sockets.add(request.socket)
      // Kept, and cut the moment the second request comes in over it.
      if (asked === 2) request.socket.destroy()
      else response.end('ok')
    }
    const outbound = client()
    await post(outbound, url(), { allowed: allowed() })
    expect(await post(outbound, url(), { allowed: allowed() })).toMatchObject({ kind: 'answered', status: 200 })
    expect([asked, sockets.size]).toEqual([3, 2])
  })
})

it('sends the name, the headers and the body as given', async () => {
  let seen: { host: string | undefined; test: unknown; url: string | undefined; body: string } | undefined
  answer = (request, response) => {
    let body = ''
    request.on('data', (chunk) => (body += String(chunk)))
    request.on('end', () => {
      seen = { host: request.headers.host, test: request.headers['x-test'], url: request.url, body }
      response.end()
    })
  }
  const port = portOf(secure)
  const outbound = client({ resolve: async () => ['127.0.0.1'], authorities: [testCertificate.cert] })
  await post(outbound, `https://billing.example:${port}/a/b?c=d`, { allowed: [loopback(port)], body: '{"ö":1}' })
  expect(seen).toEqual({ host: `billing.example:${port}`, test: '1', url: '/a/b?c=d', body: '{"ö":1}' })
})
