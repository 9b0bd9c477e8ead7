import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Fault, FrameMeta } from '../../../../ocpp/index.ts'
import { subprotocolFor } from '../../../../ocpp/index.ts'
import { DatabaseAway, type Ground, monotonicMs } from '../../platform/index.ts'
import { type CommandQueue, QUEUED_NOTICE } from '../commands/queue.ts'
import { loadWaitingStations } from '../commands/store.ts'
import type { HandedIn } from '../handed-in.ts'
import { openGuessLimits } from '../rules/guess-limits.ts'
import type { StationMessage } from '../receive/message.ts'
import { openReceiver } from '../receive/receiver.ts'
import { saveRefused } from '../receive/store.ts'
import { type AdmittedStation, openAdmission } from './admit.ts'
import { type Connection, openConnection } from './connection.ts'
import { effectsOf } from './effects.ts'
import { FLUSH_MS, openPresence } from './presence.ts'
import { openRawLog } from './raw-log.ts'
import { openRefusals } from './refusals.ts'
import { refuseUpgrade } from './refuse-upgrade.ts'
import { forgetConnections, listTenants } from './store.ts'

export interface GatewayDeps extends HandedIn {
  readonly ground: Ground
  readonly queue: CommandQueue
  /** What people see of these stations may have changed. */
  touch(tenantId: string, stationId: string): void
  /** A frame went by, for those who watch the log. */
  onFrame?(station: AdmittedStation, at: Temporal.Instant, text: string, meta: FrameMeta): void
  readonly messagesPerSecond?: number
  /** For tests; else 30 s. */
  readonly pingMs?: number
  /** For tests; else 60 s. */
  readonly silenceMs?: number
  readonly answerTimeoutMs?: number
  readonly patienceMs?: number
}

export interface Gateway {
  /** Takes the upgrades of `/ocpp/…`. */
  attach(server: Server): void
  /** After a start of ours, before stations come: nobody is connected, nobody known to be away. */
  forgetConnections(): Promise<void>
  readonly connections: number
  isOnline(): boolean
  /** Waits until everything that was heard is written. */
  idle(): Promise<void>
  /** Takes no more, finishes what was begun, closes the sockets (1012: they come back elsewhere). */
  drain(): Promise<void>
  /** EVSEs were removed by hand. */
  forgetPlaces(): void
}

const PING_MS = 30_000
const SILENCE_MS = 60_000
const POLL_MS = 5_000
const RETURN_MS = 1_000
const SERVICE_RESTART = 1012
const TRY_AGAIN_LATER = 1013
const POLICY = 1008
const MOST_BYTES = 262_144
const MOST_FRAGMENTS = 64

export function openGateway(deps: GatewayDeps): Gateway {
  const { database, keys, clock, log, bus } = deps.ground
  const connections = new Map<string, Connection>()
  const refusals = openRefusals({ database, keys, clock, log, bus })
  const rawLog = openRawLog({ database, keys, log })
  const admit = openAdmission({ database, keys, clock, limits: openGuessLimits(), refusals })
  let state: 'online' | 'away' | 'draining' = 'online'
  const background = new Set<Promise<unknown>>()

  const inBackground = (work: Promise<unknown>): void => {
    const done = work
      .catch((error: unknown) => {
        if (!(error instanceof DatabaseAway)) log.error('work for stations failed', { error })
      })
      .finally(() => background.delete(done))
    background.add(done)
  }

  const presence = openPresence({
    database,
    clock,
    log,
    present: () => connections.values(),
    onGone: (gone) => gone.forEach(({ tenantId, stationId }) => deps.touch(tenantId, stationId)),
  })

  const goAway = (): void => {
    if (state !== 'online') return
    state = 'away'
    log.error('the database does not answer: stations are sent away until it does')
    for (const connection of connections.values()) connection.close(TRY_AGAIN_LATER, 'try again later')
    const returning = setInterval(() => {
      database.ping().then(
        () => {
          clearInterval(returning)
          if (state === 'away') state = 'online'
          log.info('the database answers again: stations may come back')
        },
        () => {},
      )
    }, RETURN_MS)
    returning.unref()
  }

  const receiver = openReceiver({
    database,
    keys,
    log,
    takeReports: deps.takeReports,
    async markEffects(tx, messages) {
      const expected = messages.filter(({ stationId }) => connections.get(stationId)?.dispatcher.isExpecting)
      const effects = expected.flatMap(effectsOf)
      if (effects.length > 0) await deps.queue.markEffectSeen(tx, effects)
    },
    onTaken: (messages) => touched(messages).forEach(({ tenantId, stationId }) => deps.touch(tenantId, stationId)),
    onAway: goAway,
    ...(deps.patienceMs === undefined ? {} : { patienceMs: deps.patienceMs }),
  })

  const connectionDeps = {
    database,
    keys,
    clock,
    log,
    queue: deps.queue,
    receiver,
    rawLog,
    judgeToken: deps.judgeToken,
    keepRefused: (station: AdmittedStation, fault: Fault, text: string) =>
      inBackground(keepRefused(station, fault, text)),
    onHeartbeat: ({ tenantId, stationId }: AdmittedStation) =>
      inBackground(
        database.inTenant(tenantId, (tx) =>
          deps.queue.markEffectSeen(tx, [{ tenantId, stationId, effect: 'heartbeat', evse: null, at: clock.now() }]),
        ),
      ),
    onFrame: deps.onFrame ?? (() => {}),
    ...(deps.messagesPerSecond === undefined ? {} : { messagesPerSecond: deps.messagesPerSecond }),
    ...(deps.answerTimeoutMs === undefined ? {} : { answerTimeoutMs: deps.answerTimeoutMs }),
  }

  const keepRefused = async (station: AdmittedStation, fault: Fault, text: string): Promise<void> => {
    const { tenantId, stationId } = station
    const frame = (await keys.tenant(tenantId)).encrypt(text.slice(0, 65_536))
    const { action, code = 'refused', description: why } = fault
    await database.inTenants([tenantId], (tx) =>
      saveRefused(tx, [{ tenantId, stationId, at: clock.now(), action, code, why, frame }]),
    )
  }

  const register = (socket: WebSocket, station: AdmittedStation): void => {
    const older = connections.get(station.stationId)
    const connection = openConnection(socket, station, connectionDeps)
    socket.on('close', () => {
      // The late close of an older socket says nothing about the station.
      if (connections.get(station.stationId) === connection) connections.delete(station.stationId)
      presence.gone(connection)
    })
    if (older !== undefined && older.epoch > station.epoch)
      return connection.close(POLICY, 'a newer connection is open')
    connections.set(station.stationId, connection)
    if (older !== undefined) inBackground(replace(older, connection))
    deps.touch(station.tenantId, station.stationId)
    bus.publish(station.tenantId, {
      type: 'station.owned',
      version: 1,
      stationId: station.stationId,
      epoch: String(station.epoch),
    })
    if (connection.isAccepted) connection.dispatcher.wake()
  }

  /** An older socket that still answers is a second machine with the station's key: staff should know. */
  const replace = async (older: Connection, newer: Connection): Promise<void> => {
    const wasAlive = await older.supersede()
    if (!wasAlive) return
    const { tenantId, stationId, epoch, openedAt } = newer
    const body = { kind: 'problem', code: 'security.SecondConnection', severity: 'major' } as const
    const action = 'SecondConnection'
    await receiver.take({
      tenantId,
      stationId,
      epoch,
      action,
      receivedAt: clock.now(),
      socketOpenedAt: openedAt,
      bodies: [body],
      text: '{}',
    })
  }

  const sockets = { plain: webSockets(false), deflating: webSockets(true) }

  const upgrade = async (request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> => {
    socket.on('error', () => socket.destroy())
    if (headerBytes(request) > 4_096) return refuseUpgrade(socket, 431)
    if (state !== 'online') return refuseUpgrade(socket, 503)
    try {
      const admitted = await admit(request)
      if (admitted.kind === 'refused') return refuseUpgrade(socket, admitted.status)
      if (admitted.kind === 'no-common-protocol') {
        return sockets.plain.handleUpgrade(request, socket, head, (opened) => opened.close(1002, 'no common version'))
      }
      const { station } = admitted
      const server = station.version === 'ocpp1.6' ? sockets.plain : sockets.deflating
      let isOpened = false
      server.handleUpgrade(request, socket, head, (opened) => {
        isOpened = true
        register(opened, station)
      })
      // The other side left while we looked it up.
      if (!isOpened) presence.gone({ ...station, lastSeenAt: station.openedAt })
    } catch (error) {
      if (!(error instanceof DatabaseAway)) log.error('a station could not be let in', { error })
      refuseUpgrade(socket, 503)
    }
  }

  const tick = (): void => {
    for (const connection of connections.values()) {
      const isMute = !connection.isAccepted && connection.silentMs() > (deps.silenceMs ?? SILENCE_MS)
      if (isMute) connection.close(POLICY, 'silent')
      else if (!connection.keepAlive()) connection.terminate()
    }
  }

  const wakeWaiting = async (): Promise<void> => {
    for (const [tenantId, group] of Map.groupBy(connections.values(), ({ tenantId }) => tenantId)) {
      const ids = group.filter(({ isAccepted }) => isAccepted).map(({ stationId }) => stationId)
      const waiting = await database.inTenant(tenantId, (tx) => loadWaitingStations(tx, ids))
      for (const stationId of waiting) connections.get(stationId)?.dispatcher.wake()
    }
  }

  const timers = [
    setInterval(tick, deps.pingMs ?? PING_MS),
    setInterval(() => inBackground(presence.flush()), FLUSH_MS),
    setInterval(() => inBackground(wakeWaiting()), POLL_MS),
  ]
  for (const timer of timers) timer.unref()
  const unsubscribe = bus.subscribe((_, notice) => {
    const stationId = typeof notice['stationId'] === 'string' ? notice['stationId'] : ''
    if (notice.type === QUEUED_NOTICE) connections.get(stationId)?.dispatcher.wake()
    if (notice.type === 'station.owned') {
      const own = connections.get(stationId)
      if (own !== undefined && own.epoch < BigInt(String(notice['epoch']))) inBackground(own.supersede())
    }
    if (notice.type === 'station.disconnect') connections.get(stationId)?.close(SERVICE_RESTART, 'come back')
  })

  const idle = async (): Promise<void> => {
    await receiver.idle()
    await Promise.all([presence.idle(), refusals.idle(), rawLog.idle(), ...background])
  }

  return {
    attach(server) {
      server.on('upgrade', (request, socket, head) => void upgrade(request, socket, head))
    },
    async forgetConnections() {
      for (const tenantId of await database.inDirectory(listTenants))
        await database.inTenant(tenantId, forgetConnections)
    },
    get connections() {
      return connections.size
    },
    isOnline: () => state === 'online',
    idle,
    async drain() {
      state = 'draining'
      unsubscribe()
      for (const timer of timers) clearInterval(timer)
      await receiver.idle()
      const closing = [...connections.values()]
      for (const connection of closing) connection.close(SERVICE_RESTART, 'service restart')
      const until = monotonicMs() + 3_000
      while (connections.size > 0 && monotonicMs() < until) await new Promise((resolve) => setTimeout(resolve, 10))
      await idle()
    },
    forgetPlaces: () => receiver.forgetPlaces(),
  }
}

function webSockets(deflates: boolean): WebSocketServer {
  return new WebSocketServer({
    noServer: true,
    maxPayload: MOST_BYTES,
    maxFragments: MOST_FRAGMENTS,
    handleProtocols: (offered) => subprotocolFor([...offered]) ?? false,
    // OCPP 2.x must be offered compression; without keeping a context it costs memory only while a frame is packed.
    perMessageDeflate: deflates
      ? { serverNoContextTakeover: true, clientNoContextTakeover: true, threshold: 1_024, concurrencyLimit: 4 }
      : false,
  })
}

function headerBytes({ rawHeaders }: IncomingMessage): number {
  return rawHeaders.reduce((sum, text) => sum + text.length + 2, 0)
}

/** Stations of which people may see something new: all but those that only read their meter. */
function touched(messages: readonly StationMessage[]): readonly StationMessage[] {
  return messages.filter(({ bodies }) =>
    bodies.some(
      (body) => body.kind !== 'meter-read' && !(body.kind === 'transaction-updated' && body.trigger === 'meter-value'),
    ),
  )
}
