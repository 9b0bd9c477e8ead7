import { WebSocket } from 'ws'
import { type Answer, basicAuthHeader, type IncomingCall, openPeer, type Peer } from '../ocpp/index.ts'
import type { Ms, Protocol } from './state.ts'
import type { Timeline } from './timeline.ts'

export interface LineOptions {
  readonly url: string
  readonly identity: string
  readonly password: string | undefined
  readonly protocol: Protocol
  readonly timeline: Timeline
  readonly timeoutMs: number
  readonly chance: () => number
  /** The id of the next message that leaves. */
  readonly newId: () => string
  readonly handle: (call: IncomingCall) => Promise<Answer> | Answer
  readonly onOpen: () => void
  readonly onClosed: (code: number) => void
  readonly onFailure: (why: string) => void
  readonly onFault: (description: string) => void
  /** In seconds, as the station's settings are now; `isWanted`: a station without power does not come back. */
  readonly habits: () => Habits
}

export interface Habits {
  readonly isWanted: boolean
  readonly backOffMinimum: number
  readonly backOffRandom: number
  readonly backOffDoublings: number
  readonly pingInterval: number
}

interface Connection {
  readonly socket: WebSocket
  /** Undefined until the socket is open. */
  peer: Peer | undefined
  isPongMissing: boolean
}

/** A station's connection: kept up, lost, and made again with growing patience. */
export class Line {
  readonly #options: LineOptions
  #password: string | undefined
  #connection: Connection | undefined
  #connectAt: Ms | undefined
  #pingAt: Ms | undefined
  #offlineUntil: Ms | undefined
  #failures = 0

  constructor(options: LineOptions) {
    this.#options = options
    this.#password = options.password
  }

  /** Where messages go; undefined: there is no open connection. */
  get peer(): Peer | undefined {
    return this.#connection?.peer
  }

  get isOffline(): boolean {
    return this.#offlineUntil !== undefined
  }

  /** A connection is being made, or something is under way on it that the peer alone knows of. */
  get isBusy(): boolean {
    const { peer, isPongMissing } = this.#connection ?? { peer: undefined, isPongMissing: false }
    return this.#connection !== undefined && (peer === undefined || isPongMissing || peer.backlog > 0)
  }

  due(): Ms {
    const never = Number.POSITIVE_INFINITY
    return Math.min(this.#connectAt ?? never, this.#pingAt ?? never, this.#offlineUntil ?? never)
  }

  wake(at: Ms): void {
    if (this.#offlineUntil !== undefined && this.#offlineUntil <= at) this.goOnline()
    if (this.#connectAt !== undefined && this.#connectAt <= at) this.#connect()
    if (this.#pingAt !== undefined && this.#pingAt <= at) this.#ping()
  }

  /** Comes up soon, unless it is offline on purpose. */
  want(delayMs = 0): void {
    this.#failures = 0
    if (!this.isOffline) this.#connectAt = this.#options.timeline.now() + delayMs
  }

  setPassword(password: string): void {
    this.#password = password
  }

  goOffline(seconds: number | undefined): void {
    this.#offlineUntil =
      seconds === undefined ? Number.POSITIVE_INFINITY : this.#options.timeline.now() + seconds * 1000
    this.drop()
  }

  goOnline(): void {
    this.#offlineUntil = undefined
    if (this.#options.habits().isWanted && this.#connection === undefined) this.want()
  }

  /** Forgets the connection at once; what it still says is not heard. */
  drop(): void {
    const old = this.#connection
    this.#connection = undefined
    this.#connectAt = undefined
    this.#pingAt = undefined
    if (old === undefined) return
    old.peer?.closed()
    old.socket.removeAllListeners()
    old.socket.on('error', () => {})
    old.socket.terminate()
  }

  #connect(): void {
    const { url, identity, protocol, onFailure, onClosed } = this.#options
    const hadPeer = this.peer !== undefined
    this.drop()
    if (hadPeer) onClosed(1000)
    const headers = this.#password === undefined ? {} : { authorization: basicAuthHeader(identity, this.#password) }
    const socket = new WebSocket(url, [protocol], { headers, perMessageDeflate: false, handshakeTimeout: 20_000 })
    const mine: Connection = { socket, peer: undefined, isPongMissing: false }
    this.#connection = mine
    socket.on('open', () => this.#opened(mine))
    socket.on('message', (data: Buffer) => mine.peer?.receive(data.toString('utf8')))
    socket.on('pong', () => {
      mine.isPongMissing = false
    })
    socket.on('error', (error) => onFailure(error.message === '' ? codeOf(error) : error.message))
    socket.on('close', (code) => this.#closed(mine, code))
  }

  #opened(mine: Connection): void {
    const { protocol, handle, timeoutMs, newId, onFault, onOpen } = this.#options
    this.#failures = 0
    mine.peer = openPeer({
      version: protocol,
      role: 'station',
      socket: mine.socket,
      handle,
      timeoutMs,
      newId,
      onFault: ({ kind, description }) => {
        if (kind === 'own' || kind === 'answer-refused') onFault(description)
      },
    })
    this.#planPing()
    onOpen()
  }

  #closed(mine: Connection, code: number): void {
    const wasOpen = mine.peer !== undefined
    this.#connection = undefined
    this.#pingAt = undefined
    mine.peer?.closed()
    this.#planReconnect()
    if (wasOpen) this.#options.onClosed(code)
  }

  /** OCPP 2.0.1 part 4, 5.3: the wait doubles so many times, each with a fresh random part. 1.6 leaves it open. */
  #planReconnect(): void {
    const { habits, chance, timeline } = this.#options
    const { isWanted, backOffMinimum, backOffRandom, backOffDoublings } = habits()
    if (!isWanted || this.isOffline) return
    const seconds = backOffMinimum * 2 ** Math.min(this.#failures, backOffDoublings) + chance() * backOffRandom
    this.#connectAt = timeline.now() + seconds * 1000
    this.#failures += 1
  }

  #planPing(): void {
    const { habits, timeline } = this.#options
    const { pingInterval } = habits()
    this.#pingAt = pingInterval > 0 ? timeline.now() + pingInterval * 1000 : undefined
  }

  /** A connection that does not answer is dead. */
  #ping(): void {
    const mine = this.#connection
    this.#pingAt = undefined
    if (mine?.peer === undefined) return
    if (mine.isPongMissing) {
      mine.socket.terminate()
      return
    }
    mine.isPongMissing = true
    mine.socket.ping()
    this.#planPing()
  }
}

/** Node wraps the failures of several addresses into one without words. */
function codeOf(error: Error): string {
  return 'code' in error ? String(error.code) : error.name
}
