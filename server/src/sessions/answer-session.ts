import { must, type StaffOrKey, type Tx } from '../platform/index.ts'
import { maySeeSite } from '../rights/index.ts'
import type { CommandBy } from '../stations/index.ts'
import { listSessions } from './store-lists.ts'
import { stationsById } from './store-validity.ts'
import { withCosts } from './views.ts'

/** What routes that start and stop share: who asks, what of, and the session as it is answered. */

export async function maySeeStation(tx: Tx, caller: StaffOrKey, stationId: string): Promise<boolean> {
  const [station] = await stationsById(tx, [{ tenantId: tx.tenantId, id: stationId }])
  return station !== undefined && maySeeSite(caller, station.siteId)
}

export function byOf(caller: StaffOrKey): CommandBy & { readonly kind: 'staff' | 'key' } {
  return { kind: caller.kind, id: caller.actorId, name: caller.actorName }
}

export async function oneSession(tx: Tx, id: string, at: Temporal.Instant) {
  const rows = await listSessions(tx, { sites: 'all', id }, { limit: 1 })
  return must((await withCosts(tx, rows, at))[0], 'session')
}
