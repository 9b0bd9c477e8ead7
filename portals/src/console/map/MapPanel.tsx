import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { type MapStation, seenStates } from '../../api-types.ts'
import { Chips } from '../../parts/Chips.tsx'
import { StatusShape, useStatusWord } from '../../parts/StatusTag.tsx'
import { Empty } from '../../parts/Waiting.tsx'
import { listOf, toggled, useFilters } from '../use-filters.ts'
import { evseCounts } from './evse-counts.ts'

const MapView = lazy(() => import('../../parts/map/MapView.tsx'))

/** The map, and under it the states: legend and filter in one. */
export function MapPanel(props: {
  readonly stations: readonly MapStation[]
  readonly onMap: readonly MapStation[]
  readonly onPlace: (key: string) => void
  /** The list beside it holds stations too. */
  readonly besideStations?: boolean
}) {
  const { t } = useTranslation()
  const { filters, set } = useFilters()
  const unplaced = props.stations.filter(({ latitude, longitude }) => latitude === null || longitude === null).length
  return (
    <section className="panel mp" aria-label={t('portal.map.map')}>
      <div className="ph">
        <h2>{t('portal.map.map')}</h2>
        {unplaced > 0 ? (
          <span className="dim t12">{t('portal.map.unplaced', { count: unplaced })}</span>
        ) : (
          props.besideStations === true && <span className="dim t12">{t('portal.map.same')}</span>
        )}
      </div>
      {unplaced === props.stations.length ? (
        <div className="mapbox unplaced">
          <Empty icon="map" title={t('portal.map.no-place.title')} text={t('portal.map.no-place.text')} />
        </div>
      ) : (
        <Suspense fallback={<div className="mapbox" />}>
          <MapView stations={props.onMap} onPlace={props.onPlace} />
        </Suspense>
      )}
      <StateFilter
        stations={props.stations}
        chosen={listOf(filters.seen)}
        onToggle={(seen) => set({ seen: toggled(filters.seen, seen) })}
      />
    </section>
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
        chips={seenStates.map((seen) => ({
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
