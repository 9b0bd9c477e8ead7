import { type MapStation, seenStates } from '../../api-types.ts'
import { listOf } from '../use-filters.ts'

/** Those with an EVSE in one of the states, worst first, then by number. */
export function matchingStations(stations: readonly MapStation[], seen: string | undefined, site: string | undefined) {
  const states = listOf(seen)
  const rank = (station: MapStation) => seenStates.indexOf(station.seen)
  return stations
    .filter(
      (station) =>
        (states.length === 0 ||
          states.includes(station.seen) ||
          station.evses.some((evse) => states.includes(evse.seen))) &&
        (site === undefined || station.siteId === site),
    )
    .toSorted((one, other) => rank(one) - rank(other) || Number(one.number) - Number(other.number))
}
