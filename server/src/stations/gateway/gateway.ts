import type { Server } from 'node:http'
import { type Clock, DatabaseAway, type Ground } from '../../platform/index.ts'
import type { CommandQueue } from '../commands/queue.ts'
import type { HandedIn, RaiseAlert, TokenQuestion } from '../handed-in.ts'
import { openBatcher } from '../receive/batcher.ts'
import type { StationMessage } from '../receive/message.ts'
import { openReceiver, type Receiver } from '../receive/receiver.ts'
import { openRefusedKeeper, type RefusedKeeper } from '../receive/refused-keeper.ts'
import { openGuessLimits } from '../rules/guess-limits.ts'
import { openReconnectLimits } from '../rules/reconnect-limits.ts'
import type { LogFrame } from '../rules/log-frames.ts'
import { openAdmission } from './admit.ts'
import type { AdmittedStation } from './knocks.ts'
import { openAvailability } from './availability.ts'
import { type CommandCheck, openCommandCheck } from './command-check.ts'
import type { Connection, ConnectionDeps } from './connection.ts'
import { effectsOf } from './effects.ts'
import { openGatheredWrites } from './gathered-writes.ts'
import { FLUSH_MS, openPresence } from './presence.ts'
import { openRawLog } from './raw-log.ts'
import { openRefusals } from './refusals.ts'
import { openRegistry, type Registry } from './registry.ts'
import { forgetConnections, listTenants } from './store.ts'
import { openUpgrades } from './upgrades.ts'

export interface GatewayDeps extends HandedIn {
  readonly ground: Ground
  readonly queue: CommandQueue
  readonly raiseAlert?: RaiseAlert
  /** What people see of these stations may have changed. */
  touch(tenantId: string, stationId: string): void
  /** A frame went by, for those who watch the log. */
  onFrame(station: AdmittedStation, frame: LogFrame): void
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
  /** For a process that no station connects to: looks whether the database answers, so that nobody waits for ever on one that hangs. */
  watchDatabase(): void
  /** After a start of ours, before stations come: nobody is connected, nobody known to be away. */
  forgetConnections(): Promise<void>
  readonly connections: number
  isOnline(): boolean
  /** The database is known to be away: whoever asks something of it may be told so at once. */
  isAway(): boolean
  /** Where there is no room to keep what stations say, they are sent away until there is. */
  setRoom(hasRoom: boolean): void
  /** Waits until everything that was heard is written. */
  idle(): Promise<void>
  /** Takes no more, finishes what was begun, closes the sockets (1012: they come back elsewhere). */
  drain(): Promise<void>
  /** EVSEs were removed by hand. */
  forgetPlaces(): void
  /** Writes the raw log up to now. */
  flushLog(): Promise<void>
  /** A message that was refused before, by the same way as any other. */
  readonly takeAgain: Receiver['take']
}

const PING_MS = 30_000
const SILENCE_MS = 60_000
const POLL_MS = 5_000
const DRAIN_MS = 3_000
const SERVICE_RESTART = 1012
const TRY_AGAIN_LATER = 1013

/** The sockets of stations, from the upgrade to the drain. */
export function openGateway(deps: GatewayDeps): Gateway {
  const connections = new Map<string, Connection>()
  const background = openBackground(deps.ground)
  const availability = openAvailability(deps.ground, () => registry.closeAll(TRY_AGAIN_LATER, 'try again later'))
  const refusals = openRefusals(deps.ground)
  const rawLog = openRawLog(deps.ground)
  const presence = openPresence({ ...deps.ground, present: () => connections.values(), onGone: goneTo(deps) })
  const refused = openRefusedKeeper({ ...deps.ground, raiseAlert: deps.raiseAlert ?? (async () => {}) })
  const commandCheck = openCommandCheck({ ...deps.ground, inBackground: background.run })
  const parts: ReceiverParts = { connections, refused, background, commandCheck, registry: () => registry }
  const receiver = receiverFor(deps, parts, availability.lost)
  const registry = openRegistry({
    ...deps.ground,
    connections,
    connectionDeps: connectionDepsFrom(deps, { refused, receiver, rawLog, commandCheck }, background.run),
    receiver,
    presence,
    touch: deps.touch,
    inBackground: background.run,
    silenceMs: deps.silenceMs ?? SILENCE_MS,
  })
  const upgrade = openUpgrades({
    ...availability,
    log: deps.ground.log,
    admit: openAdmission({ ...deps.ground, limits: openGuessLimits(), reconnects: openReconnectLimits(), refusals }),
    onOpen: registry.register,
    onLeft: (station) => presence.gone({ ...station, lastSeenAt: station.openedAt, lastSaidAt: station.openedAt }),
  })
  const stopTimers = startTimers([
    [deps.pingMs ?? PING_MS, () => registry.keepAlive()],
    [FLUSH_MS, () => background.run(presence.flush())],
    [POLL_MS, () => background.run(registry.wakeWaiting())],
  ])
  const idle = async (): Promise<void> => {
    for (const part of [receiver, presence, refusals, refused, rawLog, background]) await part.idle()
  }
  return {
    attach: (server) => attach(server, upgrade, availability.start),
    watchDatabase: availability.start,
    forgetConnections: () => forgetAllConnections(deps.ground),
    get connections() {
      return connections.size
    },
    isOnline: availability.isOnline,
    isAway: availability.isAway,
    setRoom: availability.setRoom,
    idle,
    async drain() {
      for (const end of [availability.stop, stopTimers, commandCheck.stop, registry.hearNoMore]) end()
      await receiver.idle()
      registry.closeAll(SERVICE_RESTART, 'service restart')
      await registry.allClosed(DRAIN_MS)
      registry.stop()
      await idle()
    },
    forgetPlaces: receiver.forgetPlaces,
    flushLog: rawLog.idle,
    takeAgain: receiver.take,
  }
}

function attach(server: Server, upgrade: ReturnType<typeof openUpgrades>, watch: () => void): void {
  server.on('upgrade', upgrade)
  watch()
}

function goneTo({ touch }: Pick<GatewayDeps, 'touch'>) {
  return (gone: readonly { readonly tenantId: string; readonly stationId: string }[]): void =>
    gone.forEach((one) => touch(one.tenantId, one.stationId))
}

function startTimers(timers: readonly (readonly [number, () => void])[]): () => void {
  const started = timers.map(([ms, work]) => setInterval(work, ms).unref())
  return () => started.forEach((timer) => clearInterval(timer))
}

async function forgetAllConnections({ database }: Ground): Promise<void> {
  for (const tenantId of await database.inDirectory(listTenants)) await database.inTenant(tenantId, forgetConnections)
}

interface ReceiverParts {
  readonly connections: ReadonlyMap<string, Connection>
  readonly refused: RefusedKeeper
  readonly background: { run(work: Promise<unknown>): void }
  readonly registry: () => Pick<Registry, 'letGoRefused'>
  readonly commandCheck: CommandCheck
}

function receiverFor(
  deps: GatewayDeps,
  { connections, refused, background, registry, commandCheck }: ReceiverParts,
  onAway: () => void,
): Receiver {
  const ask = (connection: Connection | undefined): void => {
    if (connection !== undefined) commandCheck.ask(connection)
  }
  return openReceiver({
    ...deps.ground,
    takeReports: deps.takeReports,
    ...(deps.shortWay === undefined ? {} : { shortWay: deps.shortWay }),
    isExpecting: (stationId) => connections.get(stationId)?.dispatcher.isExpecting === true,
    async markEffects(tx, messages) {
      const expected = messages.filter(({ stationId }) => connections.get(stationId)?.dispatcher.isExpecting)
      const effects = expected.flatMap(effectsOf)
      if (effects.length === 0) return
      await deps.queue.markEffectSeen(tx, effects)
      // Where nothing is waited for any more, readings go the short way again.
      tx.afterCommit(() => effects.forEach(({ stationId }) => ask(connections.get(stationId))))
    },
    onTaken(messages) {
      for (const { tenantId, stationId } of messages.filter(isVisible)) {
        deps.touch(tenantId, stationId)
        if (connections.get(stationId)?.isFinishing === true) background.run(registry().letGoRefused(tenantId))
      }
    },
    onAway,
    keepRefused(message) {
      refused.note({ ...message, at: message.receivedAt, code: 'not-taken', why: 'not-taken' })
      return refused.idle()
    },
    ...(deps.patienceMs === undefined ? {} : { patienceMs: deps.patienceMs }),
  })
}

interface ConnectionParts extends Pick<ConnectionDeps, 'receiver' | 'rawLog'> {
  readonly refused: RefusedKeeper
  readonly commandCheck: CommandCheck
}

function connectionDepsFrom(
  deps: GatewayDeps,
  { refused, receiver, rawLog, commandCheck }: ConnectionParts,
  inBackground: (work: Promise<unknown>) => void,
): ConnectionDeps {
  const { database, clock } = deps.ground
  // Cards that are shown at many stations at once are looked up together.
  const judges = openBatcher({
    keyOf: ({ stationId }: TokenQuestion) => stationId,
    takeBatch: deps.judgeTokens,
    // Whoever waits hears that there is no answer; stations are sent away by what cannot be kept.
    onAway() {},
    patienceMs: 0,
  })
  return {
    ...deps.ground,
    clock: turnClock(clock),
    queue: deps.queue,
    judgeToken: judges.submit,
    keepRefused(station, { action, code = 'refused', description: why }, text) {
      const { tenantId, stationId, version: protocol, openedAt: socketOpenedAt } = station
      refused.note({ tenantId, stationId, protocol, socketOpenedAt, at: clock.now(), action, code, why, text })
    },
    onHeartbeat({ tenantId, stationId }) {
      const seen = { tenantId, stationId, effect: 'heartbeat', evse: null, at: clock.now() }
      inBackground(database.inTenant(tenantId, (tx) => deps.queue.markEffectSeen(tx, [seen])))
    },
    onFrame: deps.onFrame,
    receiver,
    rawLog,
    writes: openGatheredWrites(),
    askForCommands: commandCheck.ask,
    ...(deps.messagesPerSecond === undefined ? {} : { messagesPerSecond: deps.messagesPerSecond }),
    ...(deps.answerTimeoutMs === undefined ? {} : { answerTimeoutMs: deps.answerTimeoutMs }),
  }
}

/** Asks for the time once in a turn of the event loop: what is read or sent in one turn happened at one moment. */
function turnClock(clock: Clock): Clock {
  let now: Temporal.Instant | undefined
  const forget = (): void => {
    now = undefined
  }
  return {
    now() {
      if (now === undefined) {
        now = clock.now()
        setImmediate(forget)
      }
      return now
    },
  }
}

/** Whether people may see something new of the station: not where it only read its meter. */
function isVisible({ bodies }: StationMessage): boolean {
  return bodies.some(
    (body) => body.kind !== 'meter-read' && !(body.kind === 'transaction-updated' && body.trigger === 'meter-value'),
  )
}

/** Work nobody waits for: its faults are logged, and its end can be awaited. */
function openBackground({ log }: Ground): { run(work: Promise<unknown>): void; idle(): Promise<unknown> } {
  const running = new Set<Promise<unknown>>()
  return {
    run(work) {
      const done = work
        .catch((error: unknown) => {
          if (!(error instanceof DatabaseAway)) log.error('work for stations failed', { error })
        })
        .finally(() => running.delete(done))
      running.add(done)
    },
    idle: () => Promise.all(running),
  }
}
