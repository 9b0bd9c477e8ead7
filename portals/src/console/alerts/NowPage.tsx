import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { get } from '../../api.ts'
import type { List, MapStation } from '../../api-types.ts'
import { Page } from '../../parts/Page.tsx'
import { Failed, Loading } from '../../parts/Waiting.tsx'
import { FigureStrip } from '../map/FigureStrip.tsx'
import { MapPanel } from '../map/MapPanel.tsx'
import { matchingStations } from '../map/matching-stations.ts'
import { NoStations } from '../map/NoStations.tsx'
import { useFilters } from '../use-filters.ts'
import { AlertDrawer } from './AlertDrawer.tsx'
import { AlertQueue } from './AlertQueue.tsx'

/** The first screen: key figures, what needs somebody now, and where. */
export function NowPage() {
  const { t } = useTranslation()
  const { filters, set } = useFilters()
  const map = useQuery({
    queryKey: ['map'],
    queryFn: ({ signal }) => get<List<MapStation>>('/v1/map', signal),
    refetchInterval: 60_000,
  })
  return (
    <Page title={t('portal.alerts.title')}>
      {map.isError && map.data === undefined ? (
        <section className="panel">
          <Failed error={map.error} retry={() => void map.refetch()} />
        </section>
      ) : map.data === undefined ? (
        <section className="panel">
          <Loading rows={8} />
        </section>
      ) : map.data.items.length === 0 ? (
        <NoStations />
      ) : (
        <Now stations={map.data.items} />
      )}
      {filters.alert !== undefined && <AlertDrawer id={filters.alert} close={() => set({ alert: undefined })} />}
    </Page>
  )
}

function Now({ stations }: { readonly stations: readonly MapStation[] }) {
  const navigate = useNavigate()
  const { filters } = useFilters()
  function openPlace(key: string) {
    const [kind, id] = [key.slice(0, key.indexOf(':')), key.slice(key.indexOf(':') + 1)]
    if (kind === 'station') void navigate({ to: `/stations/${id}` })
    else void navigate({ to: '/map' as string, search: { site: id } as never })
  }
  return (
    <>
      <FigureStrip stations={stations} />
      <div className="home queue-first">
        <AlertQueue stations={stations} />
        <MapPanel stations={stations} onMap={matchingStations(stations, filters.seen, undefined)} onPlace={openPlace} />
      </div>
    </>
  )
}
