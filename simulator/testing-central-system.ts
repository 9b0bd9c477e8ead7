import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type WebSocket, WebSocketServer } from 'ws'
import { type CallOutcome, openPeer, parseBasicAuth, type Peer, subprotocolFor } from '../ocpp/index.ts'
import type { Payload, Protocol } from './state.ts'
import type { Timeline } from './timeline.ts'

/** One message of a station, as the fake took it. */
export interface Heard {
  readonly identity: string
  readonly id: string
  readonly action: string
  readonly payload: Payload
  readonly at: number
}

type Answer = Payload | 'error' | 'silence'
type Rule = (payload: Payload, identity: string) => Answer | undefined

/** A small central system for the simulator's own tests: answers all, remembers all, checks against the schemas. */
export interface FakeCentralSystem {
  readonly url: string
  readonly heard: readonly Heard[]
  /** What the peers found wrong in frames or payloads. */
  readonly faults: readonly string[]
  /** The last password that each station showed. */
  readonly passwords: ReadonlyMap<string, string>
  /** Messages of one action, of one station. */
  of(identity: string, action: string): readonly Payload[]
  /** Answers this action otherwise; undefined: as usual. */
  when(action: string, rule: Rule): void
  call(identity: string, action: string, payload: Payload): Promise<Payload>
  tryCall(identity: string, action: string, payload: Payload, timeoutMs?: number): Promise<CallOutcome>
  /** Cuts every connection. */
  cut(): void
  /** Refuses new connections while set. */
  isRefusing: boolean
  stop(): Promise<void>
}

export async function startFakeCentralSystem(timeline: Timeline): Promise<FakeCentralSystem> {
  const heard: Heard[] = []
  const faults: string[] = []
  const passwords = new Map<string, string>()
  const peers = new Map<string, { readonly peer: Peer; readonly socket: WebSocket }>()
  const rules = new Map<string, Rule>()
  const numbers = new Map<string, number>()
  const http = createServer()
  const sockets = new WebSocketServer({
    noServer: true,
    handleProtocols: (offered) => subprotocolFor([...offered]) ?? false,
  })

  const usual = (action: string, payload: Payload): Payload => {
    const currentTime = Temporal.Instant.fromEpochMilliseconds(timeline.now()).toString({ smallestUnit: 'millisecond' })
    switch (action) {
      case 'BootNotification':
        return { status: 'Accepted', currentTime, interval: 300 }
      case 'Heartbeat':
        return { currentTime }
      case 'Authorize':
        return payload['idTag'] === undefined
          ? { idTokenInfo: { status: 'Accepted' } }
          : { idTagInfo: { status: 'Accepted' } }
      case 'StartTransaction': {
        const key = JSON.stringify(payload)
        const transactionId = numbers.get(key) ?? numbers.size + 1001
        numbers.set(key, transactionId)
        return { transactionId, idTagInfo: { status: 'Accepted' } }
      }
      case 'TransactionEvent':
        return payload['idToken'] === undefined ? {} : { idTokenInfo: { status: 'Accepted' } }
      case 'DataTransfer':
        return { status: 'UnknownVendorId' }
      default:
        return {}
    }
  }

  sockets.on('connection', (socket: WebSocket, identity: string) => {
    const peer = openPeer({
      version: socket.protocol as Protocol,
      role: 'csms',
      socket,
      handle: ({ id, action, payload }) => {
        heard.push({ identity, id, action, payload, at: timeline.now() })
        const answer = rules.get(action)?.(payload, identity) ?? usual(action, payload)
        if (answer === 'silence') return new Promise(() => {})
        return answer === 'error' ? { kind: 'error', code: 'InternalError' } : { kind: 'result', payload: answer }
      },
      onFault: (fault) => faults.push(`${identity} ${fault.action ?? ''} ${fault.kind}: ${fault.description}`),
    })
    peers.set(identity, { peer, socket })
    socket.on('message', (data: Buffer) => peer.receive(data.toString('utf8')))
    socket.on('close', () => {
      peer.closed()
      if (peers.get(identity)?.peer === peer) peers.delete(identity)
    })
  })
  const fake: FakeCentralSystem = {
    url: '',
    heard,
    faults,
    passwords,
    of: (identity, action) =>
      heard.filter((entry) => entry.identity === identity && entry.action === action).map(({ payload }) => payload),
    when: (action, rule) => void rules.set(action, rule),
    async call(identity, action, payload) {
      const outcome = await fake.tryCall(identity, action, payload)
      if (outcome.kind !== 'answered') throw new Error(`${action}: ${JSON.stringify(outcome)}`)
      return outcome.payload
    },
    async tryCall(identity, action, payload, timeoutMs) {
      const peer = peers.get(identity)?.peer
      if (peer === undefined) throw new Error(`${identity} is not connected`)
      return peer.call(action, payload, timeoutMs === undefined ? {} : { timeoutMs })
    },
    cut() {
      for (const { socket } of peers.values()) socket.terminate()
    },
    isRefusing: false,
    async stop() {
      for (const client of sockets.clients) client.terminate()
      await new Promise((resolve) => http.close(resolve))
    },
  }
  http.on('upgrade', (request, socket, head) => {
    const identity = decodeURIComponent(request.url?.split('/').at(-1) ?? '')
    if (fake.isRefusing) {
      socket.end('HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\n\r\n')
      return
    }
    passwords.set(identity, parseBasicAuth(request.headers.authorization)?.password.toString('utf8') ?? '')
    sockets.handleUpgrade(request, socket, head, (client) => sockets.emit('connection', client, identity))
  })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  return Object.assign(fake, { url: `ws://127.0.0.1:${(http.address() as AddressInfo).port}/ocpp/test` })
}
