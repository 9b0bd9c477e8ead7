import { WebSocket } from 'ws'
import {
  type Answer,
  basicAuthHeader,
  type CallOutcome,
  type IncomingCall,
  openPeer,
  type Peer,
} from '../ocpp/index.ts'
import { stationUrl } from './address.ts'
import { chanceFrom, seedOf } from './chance.ts'
import { dialects } from './dialects/index.ts'
import { newStation, type StationSpec } from './new-station.ts'
import { type Acknowledgement, naturalKey } from './oracle.ts'
import { nextToSend } from './outbox.ts'
import { nextDue, step } from './station-machine.ts'
import type { Fact, Input, Ms, OutboxEntry, Output, StationState } from './state.ts'
import type { Timeline } from './timeline.ts'
import { numberSetting } from './turn.ts'

/** What can be seen of a station from outside. */
export type StationEvent =
  | Fact
  | { readonly kind: 'connected' }
  | { readonly kind: 'disconnected'; readonly code: number }
  /** `why`: what the system or the server said, such as an HTTP status. */
  | { readonly kind: 'connection-failed'; readonly why: string }
  | { readonly kind: 'call-refused'; readonly action: string; readonly code: string; readonly description: string }
  | { readonly kind: 'sent'; readonly action: string }
  /** A bug of the simulator: a message that does not fit its schema, or a fault in the frames. */
  | { readonly kind: 'own-fault'; readonly description: string }

export interface DriverOptions {
  readonly url: string
  readonly timeline: Timeline
  readonly onEvent: (event: StationEvent) => void
  readonly onAcknowledged: (acknowledgement: Acknowledgement) => void
  /** Called after everything that happened. */
  readonly onChange: () => void
  readonly timeoutMs: number
  /** Retries under the id they had, as OCPP allows; else under a new one each time. */
  readonly sameIdOnRetry: boolean
}

/** A station with a socket: the machine decides, this carries out. */
export interface StationDriver {
  state(): StationState
  apply(input: Input): void
  due(): Ms | undefined
  wake(at: Ms): void
  isBusy(): boolean
  /** Cuts the connection; undefined: until `goOnline`. */
  goOffline(seconds: number | undefined): void
  goOnline(): void
  stop(): Promise<void>
}

interface Connection {
  readonly socket: WebSocket
  peer: Peer | undefined
  isPongMissing: boolean
}

export function openDriver(spec: StationSpec, options: DriverOptions): StationDriver {
  const { timeline, onEvent } = options
  const dialect = dialects[spec.protocol]
  const chance = chanceFrom(seedOf(`${spec.identity}/driver`) ^ (spec.seed ?? 0))
  const url = stationUrl(spec.url ?? options.url, spec.identity)
  let state = newStation(spec, timeline.now())
  let password = spec.password
  let connection: Connection | undefined
  let connectAt: Ms | undefined
  let pingAt: Ms | undefined
  let offlineUntil: Ms | undefined
  let failures = 0
  let inFlight: number | undefined
  let isAnswering = false
  let isStopped = false
  const retryIds = new Map<number, string>()
  let nextId: string | undefined

  const apply = (input: Input): readonly Output[] => {
    const result = step(state, input, timeline.now())
    state = result.state
    for (const output of result.outputs) carryOut(output)
    if (!isAnswering) void pump()
    options.onChange()
    return result.outputs
  }

  const carryOut = (output: Output): void => {
    switch (output.kind) {
      case 'connect':
        failures = 0
        connectAt = timeline.now()
        return
      case 'disconnect':
        connectAt = undefined
        return drop()
      case 'password':
        password = output.password
        // The answer leaves first; then the station comes again with the new one.
        connectAt = timeline.now() + 1000
        return
      case 'fact':
        return onEvent(output.fact)
      case 'answer':
      case 'not-supported':
        return
    }
  }

  const connect = (): void => {
    connectAt = undefined
    if (connection !== undefined) {
      drop()
      apply({ kind: 'socket-closed' })
    }
    const headers = password === undefined ? {} : { authorization: basicAuthHeader(spec.identity, password) }
    const socket = new WebSocket(url, [spec.protocol], { headers, perMessageDeflate: false, handshakeTimeout: 20_000 })
    const mine: Connection = { socket, peer: undefined, isPongMissing: false }
    connection = mine
    socket.on('open', () => opened(mine))
    socket.on('message', (data: Buffer) => mine.peer?.receive(data.toString('utf8')))
    socket.on('pong', () => {
      mine.isPongMissing = false
    })
    socket.on('error', (error) => onEvent({ kind: 'connection-failed', why: error.message }))
    socket.on('close', (code) => closed(mine, code))
  }

  const opened = (mine: Connection): void => {
    if (connection !== mine) return
    failures = 0
    isAnswering = false
    mine.peer = openPeer({
      version: spec.protocol,
      role: 'station',
      socket: mine.socket,
      handle,
      timeoutMs: options.timeoutMs,
      newId: () => nextId ?? crypto.randomUUID(),
      onFault: ({ kind, description }) => {
        if (kind === 'own' || kind === 'answer-refused') onEvent({ kind: 'own-fault', description })
      },
    })
    planPing()
    onEvent({ kind: 'connected' })
    apply({ kind: 'socket-open' })
  }

  const closed = (mine: Connection, code: number): void => {
    if (connection !== mine) return
    const wasOpen = mine.peer !== undefined
    connection = undefined
    mine.peer?.closed()
    if (isStopped) return
    if (wasOpen) onEvent({ kind: 'disconnected', code })
    planReconnect()
    apply({ kind: 'socket-closed' })
  }

  /** OCPP 2.0.1 part 4, 5.3: the wait doubles so many times, each with a fresh random part. 1.6 leaves it open. */
  const planReconnect = (): void => {
    if (state.power === 'off' || offlineUntil !== undefined) return
    const doublings = Math.min(failures, numberSetting(state, 'backOffDoublings'))
    const base = numberSetting(state, 'backOffMinimum') * 2 ** doublings
    connectAt = timeline.now() + (base + chance() * numberSetting(state, 'backOffRandom')) * 1000
    failures += 1
  }

  const planPing = (): void => {
    const seconds = numberSetting(state, 'pingInterval')
    pingAt = seconds > 0 ? timeline.now() + seconds * 1000 : undefined
  }

  /** Forgets the connection at once; what it still says is not heard. */
  const drop = (): void => {
    const old = connection
    connection = undefined
    pingAt = undefined
    if (old === undefined) return
    old.peer?.closed()
    old.socket.removeAllListeners()
    old.socket.on('error', () => {})
    old.socket.terminate()
  }

  const handle = (call: IncomingCall): Promise<Answer> | Answer | undefined => {
    if (state.faults.mute) return new Promise<Answer>(() => {})
    isAnswering = true
    const outputs = apply({ kind: 'call', action: call.action, payload: call.payload })
    const afterSent = (): void => {
      isAnswering = false
      void pump()
    }
    const answer = outputs.find((output) => output.kind === 'answer')
    if (answer !== undefined) return { kind: 'result', payload: answer.payload, afterSent }
    return { kind: 'error', code: 'NotSupported', afterSent }
  }

  /** Sends what waits, one message at a time. */
  const pump = async (): Promise<void> => {
    const peer = connection?.peer
    if (inFlight !== undefined || peer === undefined || isAnswering) return
    const entry = nextToSend(state, timeline.now())
    if (entry === undefined) return
    inFlight = entry.id
    const input = await deliver(peer, entry)
    inFlight = undefined
    apply(input)
  }

  /** Sends one message, as often as the fault says, and tells what came of it. */
  const deliver = async (peer: Peer, entry: OutboxEntry): Promise<Input> => {
    const { action, payload } = dialect.render(entry.message, state)
    let first: Input | undefined
    for (let repeat = 0; repeat < Math.max(1, state.faults.repeatMessages); repeat += 1) {
      nextId = idFor(entry, repeat)
      const outcome = await peer.call(action, payload, { onSent: () => onEvent({ kind: 'sent', action }) })
      const wasLost = outcome.kind === 'answered' && chance() < state.faults.dropReplies
      if (outcome.kind === 'answered') {
        const { payload: answer } = outcome
        const key = naturalKey(action, payload)
        const at = Temporal.Instant.fromEpochMilliseconds(timeline.now())
        const { identity, protocol } = spec
        options.onAcknowledged({ identity, protocol, action, key, at, payload, answer, repeat, wasLost })
      } else reportFailure(action, outcome)
      first ??= wasLost ? { kind: 'failed', entry: entry.id, why: 'no-reply' } : inputOf(entry.id, outcome)
      if (outcome.kind === 'connection-lost') break
    }
    nextId = undefined
    if (first?.kind === 'answered') retryIds.delete(entry.id)
    return first ?? { kind: 'failed', entry: entry.id, why: 'unsent' }
  }

  const idFor = (entry: OutboxEntry, repeat: number): string => {
    const id = crypto.randomUUID()
    if (!options.sameIdOnRetry || repeat > 0) return id
    const known = retryIds.get(entry.id) ?? id
    if (entry.lane === 'transaction') retryIds.set(entry.id, known)
    return known
  }

  const reportFailure = (action: string, outcome: CallOutcome): void => {
    if (outcome.kind === 'invalid-call')
      onEvent({ kind: 'own-fault', description: `${action}: ${outcome.description}` })
    else if (outcome.kind === 'error' || outcome.kind === 'invalid-answer') {
      const code = outcome.kind === 'error' ? outcome.code : 'invalid-answer'
      onEvent({ kind: 'call-refused', action, code, description: outcome.description })
    }
  }

  const driver: StationDriver = {
    state: () => state,
    apply: (input) => void apply(input),
    due: () => least([connectAt, pingAt, offlineUntil, nextDue(state)]),
    wake(at) {
      if (offlineUntil !== undefined && offlineUntil <= at) driver.goOnline()
      if (connectAt !== undefined && connectAt <= at) connect()
      if (pingAt !== undefined && pingAt <= at) ping()
      apply({ kind: 'tick' })
    },
    isBusy: () => {
      if (connection === undefined) return false
      return (
        connection.peer === undefined ||
        inFlight !== undefined ||
        connection.isPongMissing ||
        connection.peer.backlog > 0
      )
    },
    goOffline(seconds) {
      offlineUntil = seconds === undefined ? Number.POSITIVE_INFINITY : timeline.now() + seconds * 1000
      connectAt = undefined
      drop()
      apply({ kind: 'socket-closed' })
    },
    goOnline() {
      offlineUntil = undefined
      if (state.power === 'on' && connection === undefined) connectAt = timeline.now()
    },
    async stop() {
      isStopped = true
      connectAt = undefined
      drop()
    },
  }

  /** A connection that does not answer is dead. */
  const ping = (): void => {
    const mine = connection
    if (mine?.peer === undefined) {
      pingAt = undefined
    } else if (mine.isPongMissing) {
      mine.socket.terminate()
    } else {
      mine.isPongMissing = true
      mine.socket.ping()
      planPing()
    }
  }

  return driver
}

function inputOf(entry: number, outcome: CallOutcome): Input {
  switch (outcome.kind) {
    case 'answered':
      return { kind: 'answered', entry, payload: outcome.payload }
    case 'timed-out':
      return { kind: 'failed', entry, why: 'no-reply' }
    case 'connection-lost':
      return { kind: 'failed', entry, why: 'unsent' }
    case 'error':
    case 'invalid-answer':
    case 'invalid-call':
      return { kind: 'failed', entry, why: 'refused' }
  }
}

function least(times: readonly (Ms | undefined)[]): Ms | undefined {
  const known = times.filter((time) => time !== undefined)
  return known.length === 0 ? undefined : Math.min(...known)
}
