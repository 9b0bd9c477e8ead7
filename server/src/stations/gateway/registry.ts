import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import { type Bus, type Clock, type Database, hearsNobody, monotonicMs, together } from '../../platform/index.ts'
import { QUEUED_NOTICE } from '../commands/queue.ts'
import { loadWaitingStations } from '../commands/store.ts'
import type { Receiver } from '../receive/receiver.ts'
import type { AdmittedStation } from './knocks.ts'
import { type Connection, type ConnectionDeps, openConnection, type StationSocket } from './connection.ts'
import type { PresenceKeeper } from './presence.ts'
import { mayFinish } from '../rules/finishing.ts'
import { type RefusedStation, refusedAndConnected } from './store.ts'
import { noteSwap, QUARANTINED } from './swaps.ts'

export interface RegistryDeps {
  readonly database: Database
  readonly clock: Clock
  readonly bus: Bus
  readonly connections: Map<string, Connection>
  readonly connectionDeps: ConnectionDeps
  readonly receiver: Receiver
  readonly presence: PresenceKeeper
  touch(tenantId: string, stationId: string): void
  inBackground(work: Promise<unknown>): void
  readonly silenceMs: number
}

export interface Registry {
  /** `raw`: what the socket writes to. */
  register(socket: WebSocket, station: AdmittedStation, raw: Duplex): void
  /** Pings everybody; ends who no longer answers, and who never was let in and says nothing. */
  keepAlive(): void
  /** Wakes the stations for which commands wait, and lets those go that staff have refused: notices may be lost. */
  wakeWaiting(): Promise<void>
  /** Staff have refused it, or what ran there may have ended since. */
  letGoRefused(tenantId: string): Promise<void>
  /** Stations that never cease to talk must not keep us from ending. */
  hearNoMore(): void
  closeAll(code: number, reason: string): void
  /** Resolves when all sockets are closed, or after this long. */
  allClosed(withinMs: number): Promise<void>
  stop(): void
}

const SERVICE_RESTART = 1012
const POLICY = 1008
/** Why a station is sent away, in a notice between nodes. */
export const REMOVED = 'removed'
export const REFUSED_NOTICE = 'station.refused'

/** The open sockets, one for each station: the newest authenticated wins. */
export function openRegistry(deps: RegistryDeps): Registry {
  const { connections, bus } = deps

  const unsubscribe = bus.subscribe((_, notice) => {
    const own = typeof notice['stationId'] === 'string' ? connections.get(notice['stationId']) : undefined
    if (own === undefined) return
    if (notice.type === QUEUED_NOTICE) own.dispatcher.wake()
    if (notice.type === 'station.disconnect') {
      if (notice['why'] === QUARANTINED) own.close(POLICY, 'two machines use this key')
      else if (notice['why'] === REMOVED) own.close(POLICY, 'removed')
      else own.close(SERVICE_RESTART, 'come back')
    }
    if (notice.type === REFUSED_NOTICE) {
      // From this moment; whether something goes on there is asked then.
      own.isFinishing ||= own.isAccepted
      own.isAccepted = false
      deps.inBackground(letGoRefused(deps, own.tenantId))
    }
    // On another node: this socket's epoch is over, and it is taken leave of once.
    if (notice.type === 'station.owned' && own.epoch < BigInt(String(notice['epoch']))) {
      connections.delete(own.stationId)
      deps.inBackground(replace(deps, own))
    }
  }, hearsNobody)

  return {
    register: (socket, station, raw) => register(deps, { socket, raw }, station),
    keepAlive() {
      for (const connection of connections.values()) {
        if (!connection.isAccepted && connection.silentMs() > deps.silenceMs) connection.close(POLICY, 'silent')
        else if (!connection.keepAlive()) connection.terminate()
      }
    },
    async wakeWaiting() {
      for (const [tenantId, group] of Map.groupBy(connections.values(), (connection) => connection.tenantId)) {
        const ids = group.filter(mayTakeCommands).map(({ stationId }) => stationId)
        if (ids.length === 0) continue
        const [waiting, refused] = await deps.database.inTenant(tenantId, (tx) =>
          together([loadWaitingStations(tx, ids), refusedAndConnected(tx)]),
        )
        for (const stationId of waiting) connections.get(stationId)?.dispatcher.wake()
        for (const station of refused) letGo(deps, station)
      }
    },
    letGoRefused: (tenantId) => letGoRefused(deps, tenantId),
    hearNoMore() {
      for (const connection of connections.values()) connection.hearNoMore()
    },
    closeAll(code, reason) {
      for (const connection of connections.values()) connection.close(code, reason)
    },
    async allClosed(withinMs) {
      const until = monotonicMs() + withinMs
      while (connections.size > 0 && monotonicMs() < until) await new Promise((resolve) => setTimeout(resolve, 10))
    },
    stop: unsubscribe,
  }
}

const mayTakeCommands = ({ isAccepted, isFinishing }: Connection): boolean => isAccepted || isFinishing

async function letGoRefused(deps: RegistryDeps, tenantId: string): Promise<void> {
  for (const station of await deps.database.inTenant(tenantId, refusedAndConnected)) letGo(deps, station)
}

/** At once; where a session goes on, once that has ended or its time is over. One that is back to boot hears Rejected. */
function letGo({ connections, clock }: RegistryDeps, station: RefusedStation): void {
  const connection = connections.get(station.id)
  if (connection === undefined || !mayTakeCommands(connection)) return
  connection.isAccepted = false
  connection.isFinishing = mayFinish(station, clock.now())
  if (!connection.isFinishing) connection.close(POLICY, 'refused by its operator')
}

function register(deps: RegistryDeps, sockets: StationSocket, station: AdmittedStation): void {
  const { socket } = sockets
  const { connections, presence, bus } = deps
  const { tenantId, stationId, epoch } = station
  const older = connections.get(stationId)
  const connection = openConnection(sockets, station, deps.connectionDeps)
  socket.on('close', () => {
    // The late close of an older socket says nothing about the station.
    if (connections.get(stationId) === connection) connections.delete(stationId)
    presence.gone(connection)
  })
  if (older !== undefined && older.epoch > epoch) return connection.close(POLICY, 'a newer connection is open')
  connections.set(stationId, connection)
  if (older !== undefined) deps.inBackground(replace(deps, older))
  deps.touch(tenantId, stationId)
  bus.publish(tenantId, { type: 'station.owned', version: 1, stationId, epoch: String(epoch) })
  if (mayTakeCommands(connection)) deps.connectionDeps.askForCommands(connection)
}

/**
 * An older socket that still answers is a second machine with the station's key: staff should know, and when they take it
 * from each other again and again, neither gets it, at whatever node, until the key is another or some time has passed.
 */
async function replace(deps: RegistryDeps, older: Connection): Promise<void> {
  if (await older.supersede()) await noteSwap(deps, older)
}
