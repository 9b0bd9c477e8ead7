import { type MapStation, type Seen, seenStates } from '../../api-types.ts'

/** How many EVSEs are in each state. */
export function evseCounts(stations: readonly MapStation[]): Readonly<Record<Seen, number>> {
  const counts = Object.fromEntries(seenStates.map((seen) => [seen, 0])) as Record<Seen, number>
  for (const station of stations) for (const evse of station.evses) counts[evse.seen] += 1
  return counts
}
