import { useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { MapStation } from '../../api-types.ts'
import { Page } from '../../parts/Page.tsx'
import { AllStations } from '../map/AllStations.tsx'
import { FigureStrip } from '../map/FigureStrip.tsx'
import { MapPanel } from '../map/MapPanel.tsx'
import { matchingStations } from '../map/matching-stations.ts'
import { useFilters } from '../use-filters.ts'
import { AlertDrawer } from './AlertDrawer.tsx'
import { AlertQueue } from './AlertQueue.tsx'

/** The first screen: key figures, what needs somebody now, and where. */
export function NowPage() {
  const { t } = useTranslation()
  const { filters, set } = useFilters()
  return (
    <Page title={t('portal.alerts.title')}>
      <AllStations>{(stations) => <Now stations={stations} />}</AllStations>
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
