import type { Feature, FeatureCollection, Point } from 'geojson'
import { type MapStation, type Seen, seenStates } from '../../api-types.ts'

/** What one mark on the map stands for: a site with its stations, or a station that belongs to none. */
export interface Place {
  readonly key: string
  readonly name: string
  readonly stations: number
  readonly evses: number
  readonly free: number
  readonly worst: Seen
  readonly worstCount: number
  /** One number per state: 1 where the place's worst state is it. Clusters add them up. */
  readonly [state: `is-${string}`]: number
}

/** Stations of one site lie together; a station without a place on earth is in the list alone. */
export function placesOf(stations: readonly MapStation[]): FeatureCollection<Point, Place> {
  const groups = new Map<string, MapStation[]>()
  for (const station of stations) {
    if (station.latitude === null || station.longitude === null) continue
    const key = station.siteId === undefined ? `station:${station.id}` : `site:${station.siteId}`
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [station])
    else group.push(station)
  }
  return { type: 'FeatureCollection', features: [...groups].map(([key, group]) => placeOf(key, group)) }
}

function placeOf(key: string, group: readonly MapStation[]): Feature<Point, Place> {
  const first = group[0]
  const evses = group.flatMap((station) => station.evses)
  const worst = seenStates.find((seen) => group.some((station) => station.seen === seen)) ?? 'unknown'
  const counts = Object.fromEntries(
    seenStates.map((seen) => [`is-${seen}`, group.filter((station) => station.seen === seen).length]),
  )
  return {
    type: 'Feature',
    geometry: { type: 'Point', coordinates: [first?.longitude ?? 0, first?.latitude ?? 0] },
    properties: {
      key,
      name: first?.siteName ?? first?.name ?? first?.number ?? '',
      stations: group.length,
      evses: evses.length,
      free: evses.filter((evse) => evse.seen === 'free').length,
      worst,
      worstCount: group.filter((station) => station.seen === worst).length,
      ...counts,
    },
  }
}
