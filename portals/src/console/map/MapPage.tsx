import { useNavigate } from '@tanstack/react-router'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { MapStation } from '../../api-types.ts'
import { Icon } from '../../parts/Icon.tsx'
import { Page } from '../../parts/Page.tsx'
import { Empty } from '../../parts/Waiting.tsx'
import { KeyHints } from '../KeyHints.tsx'
import { useFilters } from '../use-filters.ts'
import { AllStations } from './AllStations.tsx'
import { FigureStrip } from './FigureStrip.tsx'
import { MapPanel } from './MapPanel.tsx'
import { matchingStations } from './matching-stations.ts'
import { StationRows } from './StationRows.tsx'

/** The network now: figures, the stations worst first, and the same stations on the map. */
export function MapPage() {
  const { t } = useTranslation()
  return (
    <Page title={t('portal.map.title')}>
      <AllStations>{(stations) => <Network stations={stations} />}</AllStations>
    </Page>
  )
}

function Network({ stations }: { readonly stations: readonly MapStation[] }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const { filters, set } = useFilters()
  const matching = useMemo(
    () => matchingStations(stations, filters.seen, filters.site),
    [stations, filters.seen, filters.site],
  )
  const onMap = useMemo(() => matchingStations(stations, filters.seen, undefined), [stations, filters.seen])
  const shownSite = stations.find(({ siteId }) => siteId === filters.site)?.siteName
  function openPlace(key: string) {
    const [kind, id] = [key.slice(0, key.indexOf(':')), key.slice(key.indexOf(':') + 1)]
    const ofSite = stations.filter(({ siteId }) => siteId === id)
    const only = kind === 'station' ? id : ofSite.length === 1 ? ofSite[0]?.id : undefined
    if (only !== undefined) void navigate({ to: `/stations/${only}` })
    else set({ site: id })
  }
  return (
    <>
      <FigureStrip stations={stations} />
      <div className="home">
        <section className="panel q" aria-label={t('portal.map.list')}>
          <div className="ph">
            <h2>{t('portal.map.list')}</h2>
            <span className="dim t12">{t('portal.map.of', { count: matching.length, all: stations.length })}</span>
            {filters.site !== undefined && (
              <button type="button" className="chip on" onClick={() => set({ site: undefined })}>
                {shownSite ?? t('portal.map.one-site')}
                <Icon name="cross" size={12} />
                <span className="sr">{t('portal.filter.take-off')}</span>
              </button>
            )}
          </div>
          {matching.length === 0 ? (
            <NothingMatches onClear={() => set({ seen: undefined, site: undefined })} all={stations.length} />
          ) : (
            <StationRows stations={matching} />
          )}
          <KeyHints
            hints={[
              ['J', 'K', 'portal.keys.move'],
              ['Enter', 'portal.keys.open'],
              ['/', 'portal.keys.filter'],
            ]}
          >
            {t('portal.map.worst-first')}
          </KeyHints>
        </section>
        <MapPanel besideStations stations={stations} onMap={onMap} onPlace={openPlace} />
      </div>
    </>
  )
}

function NothingMatches({ onClear, all }: { readonly onClear: () => void; readonly all: number }) {
  const { t } = useTranslation()
  return (
    <Empty icon="filter" title={t('portal.map.no-match.title', { all })} text={t('portal.map.no-match.text')}>
      <button type="button" className="btn" onClick={onClear}>
        {t('portal.filter.clear')}
      </button>
    </Empty>
  )
}
