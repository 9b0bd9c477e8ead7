import { type Ground, ok, refuse, type Result } from '../platform/index.ts'
import { type PublicStation, showStation } from './public-station.ts'
import { publicNumber } from './rules/public-number.ts'
import { placeOfNumber, type StationPlace } from './store.ts'

export type FindingRefusal = 'check-digit' | 'unknown-station-number'

export interface FoundStation {
  readonly place: StationPlace
  readonly station: PublicStation
}

export type FindStation = (typed: string) => Promise<Result<FoundStation, FindingRefusal>>

/** However many phones look at a sticker's page, the database is asked once a second and station. */
const REMEMBERED_MS = 1_000
const MOST_REMEMBERED = 5_000

/** Looks a station up by its public number, remembering each answer, also that there is none, for a second. */
export function stationFinder(ground: Pick<Ground, 'database' | 'clock'>): FindStation {
  const remembered = new Map<string, { readonly answer: Promise<FoundStation | undefined>; readonly until: number }>()
  return async (typed) => {
    const number = publicNumber(typed)
    if (!number.ok) return number
    const now = ground.clock.now().epochMilliseconds
    let known = remembered.get(number.value)
    if (known === undefined || known.until <= now) {
      if (remembered.size >= MOST_REMEMBERED) remembered.clear()
      known = { answer: look(ground, number.value), until: now + REMEMBERED_MS }
      remembered.set(number.value, known)
      // A database that was away must not be remembered.
      known.answer.catch(() => remembered.delete(number.value))
    }
    const found = await known.answer
    return found === undefined ? refuse('unknown-station-number') : ok(found)
  }
}

async function look(ground: Pick<Ground, 'database' | 'clock'>, number: string): Promise<FoundStation | undefined> {
  const place = await ground.database.inDirectory((tx) => placeOfNumber(tx, number))
  if (place === undefined) return undefined
  const station = await ground.database.inTenant(place.tenantId, (tx) =>
    showStation(tx, place.stationId, ground.clock.now()),
  )
  // The directory may be ahead of, or behind, the tenant's own rows.
  return station?.number === number ? { place, station } : undefined
}
