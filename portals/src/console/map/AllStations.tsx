import type { ReactNode } from 'react'
import type { MapStation } from '../../api-types.ts'
import { Failed, Loading } from '../../parts/Waiting.tsx'
import { NoStations } from './NoStations.tsx'
import { useMapStations } from './use-map-stations.ts'

/** The network's stations once they are there, and what is shown until then, or where there are none. */
export function AllStations({ children }: { readonly children: (stations: readonly MapStation[]) => ReactNode }) {
  const map = useMapStations()
  if (map.data !== undefined) return map.data.items.length === 0 ? <NoStations /> : children(map.data.items)
  return (
    <section className="panel">
      {map.isError ? <Failed error={map.error} retry={() => void map.refetch()} /> : <Loading rows={8} />}
    </section>
  )
}
