import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { lazy, Suspense, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { get } from '../../api.ts'
import { type List, type MapStation, seenStates } from '../../api-types.ts'
import { Chips } from '../../parts/Chips.tsx'
import { Icon } from '../../parts/Icon.tsx'
import { Page } from '../../parts/Page.tsx'
import { StatusShape, useStatusWord } from '../../parts/StatusTag.tsx'
import { Empty, Failed, Loading } from '../../parts/Waiting.tsx'
import { useMay } from '../../session-of-staff.ts'
import { KeyHints } from '../KeyHints.tsx'
import { RowLink } from '../RowLink.tsx'
import { listOf, toggled, useFilters } from '../use-filters.ts'
import { evseCounts } from './evse-counts.ts'
import { FigureStrip } from './FigureStrip.tsx'
import { StationRows } from './StationRows.tsx'

const MapView = lazy(() => import('../../parts/map/MapView.tsx'))

/** The network now: figures, the stations worst first, and the same stations on the map. */
export function MapPage() {
  const { t } = useTranslation()
  const map = useQuery({
    queryKey: ['map'],
    queryFn: ({ signal }) => get<List<MapStation>>('/v1/map', signal),
    refetchInterval: 60_000,
  })
  return (
    <Page title={t('portal.map.title')}>
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
        <Network stations={map.data.items} />
      )}
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
        <MapPanel stations={stations} onMap={onMap} onPlace={openPlace} />
      </div>
    </>
  )
}

/** Legend and filter in one: each state with how many EVSEs are in it. */
function StateFilter(props: {
  readonly stations: readonly MapStation[]
  readonly chosen: readonly string[]
  readonly onToggle: (seen: string) => void
}) {
  const { t } = useTranslation()
  const word = useStatusWord()
  const counts = evseCounts(props.stations)
  return (
    <div className="legend">
      <Chips
        label={t('portal.map.states')}
        chosen={props.chosen}
        onToggle={props.onToggle}
        chips={[...seenStates].reverse().map((seen) => ({
          value: seen,
          count: counts[seen],
          text: (
            <>
              <StatusShape seen={seen} />
              {word(seen)}
            </>
          ),
        }))}
      />
    </div>
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

function NoStations() {
  const { t } = useTranslation()
  const may = useMay()
  return (
    <section className="panel">
      <Empty icon="plug" title={t('portal.stations.none.title')} text={t('portal.stations.none.text')}>
        {may('stations.write') && (
          <RowLink to="/stations/add" className="btn main">
            <Icon name="plus" />
            {t('portal.stations.add.title')}
          </RowLink>
        )}
      </Empty>
    </section>
  )
}

/** Those with an EVSE in one of the states, worst first, then by number. */
function matchingStations(stations: readonly MapStation[], seen: string | undefined, site: string | undefined) {
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
    .toSorted((one, other) => rank(one) - rank(other) || one.number.localeCompare(other.number))
}

/** The map, and under it the states: legend and filter in one. */
function MapPanel(props: {
  readonly stations: readonly MapStation[]
  readonly onMap: readonly MapStation[]
  readonly onPlace: (key: string) => void
}) {
  const { t } = useTranslation()
  const { filters, set } = useFilters()
  return (
    <section className="panel mp" aria-label={t('portal.map.map')}>
      <div className="ph">
        <h2>{t('portal.map.map')}</h2>
        <span className="dim t12">{t('portal.map.same')}</span>
      </div>
      <Suspense fallback={<div className="mapbox" />}>
        <MapView stations={props.onMap} onPlace={props.onPlace} />
      </Suspense>
      <StateFilter
        stations={props.stations}
        chosen={listOf(filters.seen)}
        onToggle={(seen) => set({ seen: toggled(filters.seen, seen) })}
      />
    </section>
  )
}
