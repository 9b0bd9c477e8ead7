import type { AddressInfo } from 'node:net'
import { createRequire } from 'node:module'
import { afterEach, expect, it } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import { openPeer } from './peer.ts'
import type { Peer } from './peer-types.ts'
import { type OcppVersion, subprotocolFor } from './versions.ts'

/** What we use of `ocpp-rpc`, a station side that nobody here wrote; its declarations do not fit our compiler settings. */
interface ForeignClient {
  connect(): Promise<unknown>
  call(action: string, payload: object): Promise<Record<string, unknown>>
  handle(action: string, handler: (call: { params: unknown }) => object): void
  close(): Promise<unknown>
}
const { RPCClient } = createRequire(import.meta.url)('ocpp-rpc') as {
  RPCClient: new (options: object) => ForeignClient
}

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

async function connected(version: OcppVersion) {
  const server = new WebSocketServer({
    host: '127.0.0.1',
    port: 0,
    handleProtocols: (offered) => subprotocolFor([...offered]) ?? false,
  })
  await new Promise((resolve) => server.once('listening', resolve))
  closing.push(() => server.close())
  const opened = new Promise<{ peer: Peer; socket: WebSocket }>((resolve) => {
    server.once('connection', (socket) => {
      const peer = openPeer({
        version: socket.protocol as OcppVersion,
        role: 'csms',
        socket,
        handle: ({ action }) =>
          action === 'Heartbeat' ? { kind: 'result', payload: { currentTime: '2026-02-03T04:05:06Z' } } : undefined,
      })
      socket.on('message', (data: Buffer) => peer.receive(data.toString()))
      socket.on('close', () => peer.closed())
      resolve({ peer, socket })
    })
  })
  const client = new RPCClient({
    endpoint: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/ocpp`,
    identity: 'CS1',
    protocols: [version],
    strictMode: true,
    reconnect: false,
  })
  closing.push(() => client.close())
  await client.connect()
  return { client, ...(await opened) }
}

it.each(['ocpp1.6', 'ocpp2.0.1'] as const)('speaks %s with a foreign, strict station', async (version) => {
  const { client, peer } = await connected(version)
  client.handle('ClearCache', () => ({ status: 'Accepted' }))
  expect(await client.call('Heartbeat', {})).toEqual({ currentTime: '2026-02-03T04:05:06Z' })
  expect(await peer.call('ClearCache', {})).toEqual({ kind: 'answered', payload: { status: 'Accepted' }, marks: [] })
  await expect(
    client.call('Authorize', version === 'ocpp1.6' ? { idTag: 'A' } : { idToken: { idToken: 'A', type: 'Local' } }),
  ).rejects.toMatchObject({ rpcErrorCode: 'NotSupported' })
  expect(await peer.call('GetLocalListVersion', {})).toMatchObject({ kind: 'error', code: 'NotImplemented' })
})

it('ends open CALLs when a foreign station goes', async () => {
  const { client, peer } = await connected('ocpp1.6')
  client.handle('Reset', () => new Promise(() => {}))
  const outcome = peer.call('Reset', { type: 'Soft' })
  void client.close()
  expect(await outcome).toEqual({ kind: 'connection-lost' })
})
