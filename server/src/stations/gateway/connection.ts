import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import { type Answer, type Fault, type IncomingCall, openPeer, type Peer } from '../../../../ocpp/index.ts'
import { type Clock, DatabaseAway, type Log, monotonicMs } from '../../platform/index.ts'
import type { TokenQuestion } from '../handed-in.ts'
import type { TokenAnswer } from '../model.ts'
import { type Incoming, type Protocol, protocolOf } from '../protocols/index.ts'
import type { StationMessage } from '../receive/message.ts'
import type { LogFrame } from '../rules/log-frames.ts'
import { NotTaken, type Receiver } from '../receive/receiver.ts'
import { vendorBorder } from '../vendors/index.ts'
import type { AdmittedStation } from './knocks.ts'
import { type ClockWatch, watchClock } from './clock-offset.ts'
import { type DispatchDeps, type Dispatcher, openDispatcher } from './dispatch.ts'
import type { GatheredWrites } from './gathered-writes.ts'
import { logFrame, type RawLog } from './raw-log.ts'
import { openThrottle, type Throttle } from './throttle.ts'

export interface ConnectionDeps extends DispatchDeps {
  readonly receiver: Receiver
  readonly rawLog: RawLog
  readonly writes: GatheredWrites
  readonly log: Log
  readonly clock: Clock
  /** Authorize. */
  judgeToken(question: TokenQuestion): Promise<TokenAnswer>
  /** A frame that was refused, to be kept as it came. */
  keepRefused(station: AdmittedStation, fault: Fault, text: string): void
  /** It may take commands from now on, and some may wait. */
  askForCommands(connection: Connection): void
  /** Heartbeats change nothing, but may be what a command asked for. */
  onHeartbeat(station: AdmittedStation): void
  onFrame(station: AdmittedStation, frame: LogFrame): void
  readonly messagesPerSecond?: number
  readonly answerTimeoutMs?: number
}

export interface Connection extends AdmittedStation {
  readonly dispatcher: Dispatcher
  lastSeenAt: Temporal.Instant
  /** Its last message; pings do not count. */
  lastSaidAt: Temporal.Instant
  isAccepted: boolean
  isFinishing: boolean
  /** Asks whether the other side still lives; false: it has not answered since it was last asked. */
  keepAlive(): boolean
  /** Milliseconds since the station last said something; a pong says nothing. */
  silentMs(): number
  readonly clock: ClockWatch
  /** A newer socket has taken over: nothing of this one counts any more. Resolves: whether it still answered. */
  supersede(): Promise<boolean>
  /** What it says from now on is not heard: it says it again to whoever takes over. What was heard is answered. */
  hearNoMore(): void
  close(code: number, reason: string): void
  terminate(): void
}

/** What an older socket has to answer in: looked at this often, so that a standstill of ours counts as one look. */
const SUPERSEDE_LOOKS = 20
const LOOK_MS = 150
const CLOSE_MS = 2_000
/** Private use (RFC 6455, 7.4.2). */
const REPLACED = 4001
const POLICY = 1008

export interface StationSocket {
  readonly socket: WebSocket
  /** What it writes to. */
  readonly raw: Duplex
}

/** One station's socket: frames in, answers out, its commands. */
export function openConnection(
  { socket, raw }: StationSocket,
  station: AdmittedStation,
  deps: ConnectionDeps,
): Connection {
  const protocol = protocolOf(station.version)
  let [saidAt, isAsked, isDeaf] = [monotonicMs(), false, false]
  const peer = peerFor({ socket, raw }, deps, { protocol, vendor: station.vendor }, () => connection)
  const throttle = throttleFor(socket, peer, deps, () => connection)

  const heard = (): void => {
    isAsked = false
    connection.lastSeenAt = deps.clock.now()
  }
  socket.on('message', (data: Buffer) => {
    heard()
    connection.lastSaidAt = connection.lastSeenAt
    saidAt = monotonicMs()
    if (isDeaf) return
    peer.receive(data.toString('utf8'))
    throttle.taken()
  })
  for (const sign of ['ping', 'pong'] as const) socket.on(sign, heard)
  socket.on('close', () => {
    peer.closed()
    connection.dispatcher.closed()
    throttle.stop()
  })
  // `ws` closes the socket itself, with the code that fits (1009 for what is too long).
  socket.on('error', () => {})

  const connection: Connection = {
    ...station,
    lastSeenAt: station.openedAt,
    lastSaidAt: station.openedAt,
    dispatcher: openDispatcher(deps, {
      ...station,
      protocol,
      peer,
      isAccepted: () => connection.isAccepted,
      isFinishing: () => connection.isFinishing,
    }),
    keepAlive() {
      // While we read nothing from it, its answer may lie waiting.
      if (socket.isPaused) return true
      if (isAsked) return false
      isAsked = true
      socket.ping()
      return true
    },
    silentMs: () => monotonicMs() - saidAt,
    clock: watchClock(station.openedAt),
    supersede() {
      connection.hearNoMore()
      peer.closed()
      connection.dispatcher.closed()
      return answersPing(socket).finally(() => connection.close(REPLACED, 'replaced by a newer connection'))
    },
    hearNoMore: () => void (isDeaf = true),
    close: (code, reason) => closeSoon(socket, code, reason),
    terminate: () => socket.terminate(),
  }
  return connection
}

/** Says so first; who does not answer is cut. */
function closeSoon(socket: WebSocket, code: number, reason: string): void {
  socket.close(code, reason)
  const timer = setTimeout(() => socket.terminate(), CLOSE_MS)
  socket.once('close', () => clearTimeout(timer))
}

function peerFor(
  { socket, raw }: StationSocket,
  deps: ConnectionDeps,
  { protocol, vendor }: { readonly protocol: Protocol; readonly vendor: AdmittedStation['vendor'] },
  connection: () => Connection,
): Peer {
  const border = vendorBorder(protocol.version, vendor)
  return openPeer({
    version: protocol.version,
    repair: border.repair,
    role: 'csms',
    ...(deps.answerTimeoutMs === undefined ? {} : { timeoutMs: deps.answerTimeoutMs }),
    socket: {
      send(text, onSent) {
        if (socket.readyState !== socket.OPEN) return
        deps.writes.hold(raw)
        socket.send(text, onSent)
      },
    },
    handle: (call) => handleCall(deps, connection(), protocol, border.asMeant(call)),
    async handleSend(call) {
      try {
        await handleCall(deps, connection(), protocol, border.asMeant(call))
      } catch (error) {
        deps.log.error('a message without an answer could not be taken', { error })
      }
    },
    onFrame(text, meta) {
      const frame = logFrame(text, meta, deps.clock.now())
      deps.rawLog.note(connection(), frame)
      deps.onFrame(connection(), frame)
    },
    onFault(fault, text) {
      if (fault.kind === 'refused') deps.keepRefused(connection(), fault, text)
      if (fault.kind === 'own') deps.log.error('an answer of ours is at fault', { ...fault })
    },
  })
}

function throttleFor(socket: WebSocket, peer: Peer, deps: ConnectionDeps, connection: () => Connection): Throttle {
  return openThrottle(socket, {
    perSecond: deps.messagesPerSecond,
    backlog: () => peer.backlog,
    onFlood: () => flooded(deps, connection()),
  })
}

/** Staff should know: it is broken, or somebody else has its key. */
function flooded({ receiver, clock, log }: ConnectionDeps, connection: Connection): void {
  const { tenantId, stationId, epoch, openedAt: socketOpenedAt } = connection
  connection.close(POLICY, 'too many messages')
  const code = 'security.MessageFlood'
  const bodies = [{ kind: 'problem', code, severity: 'major' }] as const
  const told = { tenantId, stationId, epoch, receivedAt: clock.now(), socketOpenedAt, action: 'MessageFlood' }
  receiver
    .take({ ...told, bodies, text: '{}' })
    .catch((error: unknown) => log.warn('a flood could not be told', { error }))
}

function answersPing(socket: WebSocket): Promise<boolean> {
  return new Promise((resolve) => {
    const done = (answered: boolean) => () => {
      clearInterval(timer)
      resolve(answered)
    }
    let looks = 0
    const timer = setInterval(() => (looks += 1) > SUPERSEDE_LOOKS && done(false)(), LOOK_MS)
    socket.once('pong', done(true))
    socket.once('close', done(false))
    socket.ping()
  })
}

/**
 * The station waits and repeats: saying nothing is the only answer that loses nothing. Its socket is being closed, and nothing that it said
 * later is taken before. Each for itself: whatever waits on one that others wait on, too, would be kept for ever.
 */
const noAnswer = (): Promise<never> => new Promise(() => {})

/** What needs nothing of the database is answered at once. */
function handleCall(
  deps: ConnectionDeps,
  connection: Connection,
  protocol: Protocol,
  call: IncomingCall,
): Answer | Promise<Answer> {
  const { action, payload } = call
  const receivedAt = deps.clock.now()
  const incoming = protocol.reportFrom(action, payload, receivedAt)
  if (!mayCome(connection, incoming) && !connection.dispatcher.askedFor.has(action, payload, receivedAt)) {
    return { kind: 'error', code: 'SecurityError', description: 'Boot first: this station is not accepted yet' }
  }
  if (incoming.kind === 'heartbeat') {
    if (connection.dispatcher.isExpecting) deps.onHeartbeat(connection)
    return result(protocol.answerFor(action, payload, { kind: 'noted' }, receivedAt))
  }
  return handleLater(deps, connection, protocol, { call, incoming, receivedAt })
}

interface Received {
  readonly call: IncomingCall
  readonly incoming: Exclude<Incoming, { readonly kind: 'heartbeat' }>
  readonly receivedAt: Temporal.Instant
}

async function handleLater(
  deps: ConnectionDeps,
  connection: Connection,
  protocol: Protocol,
  { call: { action, payload, text }, incoming, receivedAt }: Received,
): Promise<Answer> {
  const { tenantId, stationId, epoch } = connection
  try {
    switch (incoming.kind) {
      case 'authorize': {
        const { idToken } = incoming
        return result(
          protocol.tokenAnswerFor(payload, await deps.judgeToken({ tenantId, stationId, idToken, at: receivedAt })),
        )
      }
      case 'settings':
        await connection.dispatcher.takeSettings(incoming)
        return result(protocol.answerFor(action, payload, { kind: 'noted' }, deps.clock.now()))
      case 'reports':
        return await take(deps, connection, protocol, {
          payload,
          message: {
            tenantId,
            stationId,
            epoch,
            receivedAt,
            socketOpenedAt: connection.openedAt,
            action,
            bodies: incoming.bodies,
            text,
          },
        })
    }
  } catch (error) {
    // Nobody closes the socket for a question: what follows it must not wait for ever.
    if (error instanceof DatabaseAway) return incoming.kind === 'reports' ? noAnswer() : { kind: 'silence' }
    if (error instanceof NotTaken) return { kind: 'error', code: 'InternalError', description: 'Kept to be looked at' }
    throw error
  }
}

async function take(
  deps: ConnectionDeps,
  connection: Connection,
  protocol: Protocol,
  { payload, message }: { readonly payload: IncomingCall['payload']; readonly message: StationMessage },
): Promise<Answer> {
  connection.clock.note(message)
  const answer = await deps.receiver.take(message)
  if (answer.kind === 'superseded') {
    connection.close(REPLACED, 'replaced by a newer connection')
    return noAnswer()
  }
  if (answer.kind === 'booted') connection.isAccepted = answer.onboarding === 'accepted'
  const said = result(protocol.answerFor(message.action, payload, answer, deps.clock.now()))
  return answer.kind === 'booted' ? { ...said, afterSent: () => deps.askForCommands(connection) } : said
}

function result(payload: object): Answer {
  return { kind: 'result', payload }
}

/** Before acceptance only a boot, and what we asked for (OCPP 2.0.1, B02); of one that was refused the end of what runs there. */
function mayCome({ isAccepted, isFinishing }: Connection, incoming: Incoming): boolean {
  return isAccepted || isBoot(incoming) || (isFinishing && isOfRunning(incoming))
}

function isOfRunning(incoming: Incoming): boolean {
  if (incoming.kind !== 'reports') return false
  return incoming.bodies.every(
    ({ kind }) => kind === 'meter-read' || kind === 'transaction-updated' || kind === 'transaction-ended',
  )
}

function isBoot(incoming: Incoming): boolean {
  return incoming.kind === 'reports' && incoming.bodies[0].kind === 'booted'
}
