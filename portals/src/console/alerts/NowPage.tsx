import { useNavigate } from '@tanstack/react-router'
import { type ReactNode, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { Page } from '../../parts/Page.tsx'
import { Failed, Loading } from '../../parts/Waiting.tsx'
import { FigureStrip } from '../map/FigureStrip.tsx'
import { MapPanel } from '../map/MapPanel.tsx'
import { matchingStations } from '../map/matching-stations.ts'
import { NoStations } from '../map/NoStations.tsx'
import { useMapStations } from '../map/use-map-stations.ts'
import { useFilters } from '../use-filters.ts'
import { AlertDrawer } from './AlertDrawer.tsx'
import { AlertQueue } from './AlertQueue.tsx'

/** The first screen: key figures, what needs somebody now, and where. The queue waits for nothing else. */
export function NowPage() {
  const { t } = useTranslation()
  const { filters, set } = useFilters()
  return (
    <Page title={t('portal.alerts.title')}>
      <Network>
        <AlertQueue />
      </Network>
      {filters.alert !== undefined && <AlertDrawer id={filters.alert} close={() => set({ alert: undefined })} />}
    </Page>
  )
}

/** Around the queue, which is handed in: it is not drawn anew with each event of a station. */
function Network({ children: queue }: { readonly children: ReactNode }) {
  const navigate = useNavigate()
  const { filters } = useFilters()
  const map = useMapStations()
  const stations = map.data?.items
  const onMap = useMemo(() => matchingStations(stations ?? [], filters.seen, undefined), [stations, filters.seen])
  function openPlace(key: string) {
    const [kind, id] = [key.slice(0, key.indexOf(':')), key.slice(key.indexOf(':') + 1)]
    if (kind === 'station') void navigate({ to: `/stations/${id}` })
    else void navigate({ to: '/map' as string, search: { site: id } as never })
  }
  if (stations?.length === 0) {
    return (
      <>
        <NoStations />
        {queue}
      </>
    )
  }
  return (
    <>
      {stations !== undefined && <FigureStrip stations={stations} />}
      <div className="home queue-first">
        {queue}
        {stations === undefined ? (
          <section className="panel">
            {map.isError ? <Failed error={map.error} retry={() => void map.refetch()} /> : <Loading rows={8} />}
          </section>
        ) : (
          <MapPanel stations={stations} onMap={onMap} onPlace={openPlace} />
        )}
      </div>
    </>
  )
}
