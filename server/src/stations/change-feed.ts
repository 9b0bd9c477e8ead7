import { DatabaseAway, type Ground, hearsNobody, type Tx } from '../platform/index.ts'
import { findCommand } from './commands/store.ts'
import { commandChanged } from './commands/view.ts'
import { loadConnectors, loadEvses, loadStations, stationsNamed } from './store.ts'
import { connectionView, mapItem, partsOf, seenOf, type StationParts } from './views.ts'

export interface ChangeFeed {
  /** What people see of this station may have changed: it is read and published within moments, many at once. */
  touch(tenantId: string, stationId: string): void
  idle(): Promise<void>
  stop(): void
}

const SOON_MS = 100

/**
 * Publishes what changed for people: `station.changed`, `evse.changed`, `command.changed`. Hints, read from the truth in
 * the database.
 */
export function openChangeFeed(ground: Ground): ChangeFeed {
  let touched = new Map<string, Set<string>>()
  let soon: NodeJS.Timeout | undefined
  let running: Promise<void> = Promise.resolve()
  const publisher = openPublisher(ground)

  const publishAll = async (): Promise<void> => {
    soon = undefined
    const due = touched
    touched = new Map()
    for (const [tenantId, stationIds] of due) {
      if (ground.bus.isHeard(tenantId)) await publisher.stations(tenantId, [...stationIds])
      else publisher.forget(stationIds)
    }
  }
  const feed: ChangeFeed = {
    touch(tenantId, stationId) {
      const ids = touched.get(tenantId) ?? new Set()
      touched.set(tenantId, ids.add(stationId))
      soon ??= setTimeout(() => (running = running.then(publishAll)), SOON_MS)
    },
    async idle() {
      if (soon !== undefined) {
        clearTimeout(soon)
        running = running.then(publishAll)
      }
      await running
    },
    stop() {
      unsubscribe()
      clearTimeout(soon)
      soon = undefined
    },
  }
  const unsubscribe = ground.bus.subscribe((tenantId, notice) => {
    if (notice.type === 'session.changed') {
      const { stationId } = (notice['session'] ?? notice) as { readonly stationId?: unknown }
      if (typeof stationId === 'string') feed.touch(tenantId, stationId)
    }
    if (notice.type === 'command.touched' || notice.type === 'command.queued') {
      const id = String(notice['commandId'])
      running = running.then(() => publisher.command(tenantId, id))
    }
  }, hearsNobody)
  return feed
}

interface Publisher {
  stations(tenantId: string, ids: readonly string[]): Promise<void>
  /** They changed, and nobody was told: whatever is said of them next is new. */
  forget(ids: Iterable<string>): void
  command(tenantId: string, id: string): Promise<void>
}

function openPublisher({ database, bus, clock, log }: Ground): Publisher {
  /** What was last published of each EVSE, by station: the same is not said twice. */
  const published = new Map<string, Map<number, string>>()
  const isNew = (said: { readonly stationId: string; readonly evseId: number }): boolean => {
    const { stationId, evseId } = said
    const ofStation = published.get(stationId) ?? new Map<number, string>()
    const text = JSON.stringify(said)
    if (ofStation.get(evseId) === text) return false
    published.set(stationId, ofStation.set(evseId, text))
    return true
  }
  const fail = (error: unknown): void => {
    if (!(error instanceof DatabaseAway)) log.error('a change could not be published', { error })
  }
  return {
    async stations(tenantId, ids) {
      try {
        const at = clock.now()
        for (const parts of await database.inTenant(tenantId, (tx) => loadParts(tx, ids))) {
          const { siteId } = parts.station
          const common = { version: 1, at: at.toString(), ...(siteId === null ? {} : { siteId }) }
          const station = { ...mapItem(parts, at), connection: connectionView(parts.station, at) }
          bus.publish(tenantId, { type: 'station.changed', ...common, station })
          for (const evse of evsesSeen(parts, at)) {
            if (isNew(evse)) bus.publish(tenantId, { type: 'evse.changed', ...common, ...evse })
          }
        }
      } catch (error) {
        fail(error)
      }
    },
    forget(ids) {
      for (const id of ids) published.delete(id)
    },
    async command(tenantId, id) {
      try {
        const row = await database.inTenant(tenantId, (tx) => findCommand(tx, id))
        if (row !== undefined) bus.publish(tenantId, commandChanged(row))
      } catch (error) {
        fail(error)
      }
    },
  }
}

async function loadParts(tx: Tx, ids: readonly string[]): Promise<readonly StationParts[]> {
  const stations = await loadStations(tx, stationsNamed(ids))
  return partsOf(stations, await loadEvses(tx, ids), await loadConnectors(tx, ids))
}

function evsesSeen(parts: StationParts, at: Temporal.Instant) {
  return [...seenOf(parts, at)].map(([evseId, seen]) => {
    const evse = parts.evses.find(({ id }) => id === evseId)
    return {
      stationId: parts.station.id,
      evseId,
      ...seen,
      ...(typeof evse?.powerW === 'number' ? { powerW: evse.powerW } : {}),
      ...(typeof evse?.openSessionId === 'string' ? { sessionId: evse.openSessionId } : {}),
    }
  })
}
