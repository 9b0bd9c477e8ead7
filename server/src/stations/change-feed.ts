import { DatabaseAway, type Ground, sql } from '../platform/index.ts'
import { loadCommands } from './commands/store.ts'
import { commandView } from './commands/view.ts'
import { loadConnectors, loadEvses, loadStations } from './store.ts'
import { connectionView, mapItem, partsOf, seenOf, type StationParts } from './views.ts'

export interface ChangeFeed {
  /** What people see of this station may have changed: it is read and published within moments, many at once. */
  touch(tenantId: string, stationId: string): void
  idle(): Promise<void>
  stop(): void
}

const SOON_MS = 100

/** Publishes what changed for people: `station.changed`, `evse.changed`, `command.changed`. Hints, from the truth in the database. */
export function openChangeFeed({ database, bus, clock, log }: Ground): ChangeFeed {
  let touched = new Map<string, Set<string>>()
  let soon: NodeJS.Timeout | undefined
  let running: Promise<void> = Promise.resolve()
  /** What was last published of each EVSE. */
  const published = new Map<string, string>()

  const publishStation = (tenantId: string, parts: StationParts, at: Temporal.Instant): void => {
    const { station } = parts
    const item = { ...mapItem(parts, at), connection: connectionView(station, at) }
    const site = station.siteId === null ? {} : { siteId: station.siteId }
    bus.publish(tenantId, { type: 'station.changed', version: 1, at: at.toString(), ...site, station: item })
    for (const [evseId, seen] of seenOf(parts, at)) {
      const evse = parts.evses.find(({ id }) => id === evseId)
      const said = {
        ...site,
        stationId: station.id,
        evseId,
        ...seen,
        ...(typeof evse?.powerW === 'number' ? { powerW: evse.powerW } : {}),
        ...(typeof evse?.openSessionId === 'string' ? { sessionId: evse.openSessionId } : {}),
      }
      const key = `${station.id}/${evseId}`
      const text = JSON.stringify(said)
      if (published.get(key) === text) continue
      published.set(key, text)
      bus.publish(tenantId, { type: 'evse.changed', version: 1, at: at.toString(), ...said })
    }
  }

  const publishAll = async (): Promise<void> => {
    soon = undefined
    const due = touched
    touched = new Map()
    for (const [tenantId, ids] of due) {
      try {
        const at = clock.now()
        const stationIds = [...ids]
        const parts = await database.inTenant(tenantId, async (tx) =>
          partsOf(
            await loadStations(tx, sql`s.id = any(${stationIds}::uuid[])`),
            await loadEvses(tx, stationIds),
            await loadConnectors(tx, stationIds),
          ),
        )
        for (const one of parts) publishStation(tenantId, one, at)
      } catch (error) {
        if (!(error instanceof DatabaseAway)) log.error('changes of stations could not be published', { error })
      }
    }
  }

  const publishCommand = async (tenantId: string, id: string): Promise<void> => {
    try {
      const [row] = await database.inTenant(tenantId, (tx) => loadCommands(tx, sql`c.id = ${id}`))
      if (row !== undefined) bus.publish(tenantId, { type: 'command.changed', version: 1, command: commandView(row) })
    } catch (error) {
      if (!(error instanceof DatabaseAway)) log.error('a command could not be published', { error })
    }
  }

  const unsubscribe = bus.subscribe((tenantId, notice) => {
    if (notice.type === 'session.changed') {
      const { stationId } = (notice['session'] ?? notice) as { readonly stationId?: unknown }
      if (typeof stationId === 'string') feed.touch(tenantId, stationId)
      return
    }
    if (notice.type !== 'command.touched' && notice.type !== 'command.queued') return
    const id = String(notice['commandId'])
    running = running.then(() => publishCommand(tenantId, id))
  })

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
  return feed
}
