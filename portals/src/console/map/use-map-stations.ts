import { useQuery } from '@tanstack/react-query'
import { get } from '../../api.ts'
import type { List, MapStation } from '../../api-types.ts'

/** All stations of the network, light; kept new by the stream of events. */
export function useMapStations() {
  return useQuery({
    queryKey: ['map'],
    queryFn: ({ signal }) => get<List<MapStation>>('/v1/map', signal),
    refetchInterval: 60_000,
  })
}
