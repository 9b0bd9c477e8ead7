import { type Clock, type Database, failPoint, type Log } from '../../platform/index.ts'
import type { ClockWatch } from './clock-offset.ts'
import { type Presence, savePresences } from './store.ts'

/** What presence needs to know of an open socket. */
export interface Present {
  readonly tenantId: string
  readonly stationId: string
  readonly epoch: bigint
  readonly openedAt: Temporal.Instant
  readonly lastSeenAt: Temporal.Instant
  readonly lastSaidAt: Temporal.Instant
  readonly clock?: ClockWatch
}

export interface PresenceKeeper {
  /** A socket is gone; written soon, together with others. */
  gone(station: Present): void
  /** Writes when everybody was last heard. */
  flush(): Promise<void>
  idle(): Promise<void>
}

export const FLUSH_MS = 15_000
const SOON_MS = 20

/** Keeps connections in the database: last-seen in one statement for all, those gone within moments. */
export function openPresence(deps: {
  readonly database: Database
  readonly clock: Clock
  readonly log: Log
  present(): Iterable<Present>
  /** These are known to be away now. */
  onGone(stations: readonly Presence[]): void
}): PresenceKeeper {
  let gone: Presence[] = []
  let soon: NodeJS.Timeout | undefined
  let running = Promise.resolve()

  const save = async (presences: readonly Presence[]): Promise<void> => {
    if (presences.length === 0) return
    const tenantIds = [...new Set(presences.map(({ tenantId }) => tenantId))]
    await deps.database.inTenants(tenantIds, async (tx) => {
      await savePresences(tx, presences)
      failPoint('presence.before-commit')
    })
    deps.onGone(presences.filter(({ goneAt }) => goneAt !== undefined))
  }

  const saveGone = async (): Promise<void> => {
    soon = undefined
    const batch = gone
    gone = []
    try {
      await save(batch)
    } catch (error) {
      deps.log.warn('stations that went away could not be noted', { stations: batch.length, error })
      gone.push(...batch)
    }
  }

  return {
    gone(station) {
      gone.push({ ...pick(station), goneAt: deps.clock.now() })
      soon ??= setTimeout(() => (running = running.then(saveGone)), SOON_MS)
    },
    async flush() {
      await saveGone()
      try {
        await save([...deps.present()].map((station) => ({ ...pick(station), goneAt: undefined })))
      } catch (error) {
        deps.log.warn('last-seen could not be written', { error })
      }
    },
    async idle() {
      if (soon !== undefined) {
        clearTimeout(soon)
        running = running.then(saveGone)
      }
      await running
    },
  }
}

function pick(station: Present): Omit<Presence, 'goneAt'> {
  const { tenantId, stationId, epoch, openedAt, lastSeenAt, lastSaidAt } = station
  return { tenantId, stationId, epoch, openedAt, lastSeenAt, lastSaidAt, clockOffsetMs: station.clock?.take() }
}
