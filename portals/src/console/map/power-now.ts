import type { MapStation, Session } from '../../api-types.ts'

/** What flows now, in watts: the sessions whose EVSE is seen charging. Of a station that is away nothing is known. */
export function powerNow(
  sessions: readonly Pick<Session, 'stationId' | 'evseId' | 'powerW'>[],
  stations: readonly Pick<MapStation, 'id' | 'evses'>[],
): number {
  const charging = new Set(
    stations.flatMap(({ id, evses }) =>
      evses.filter(({ seen }) => seen === 'charging').map((evse) => `${id}/${evse.id}`),
    ),
  )
  return sessions
    .filter(({ stationId, evseId }) => charging.has(`${stationId}/${evseId}`))
    .reduce((sum, { powerW }) => sum + (powerW ?? 0), 0)
}
