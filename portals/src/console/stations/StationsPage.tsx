import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { type List, seenStates, type Station } from '../../api-types.ts'
import { Chips } from '../../parts/Chips.tsx'
import { DataTable } from '../../parts/DataTable.tsx'
import { Ago } from '../../parts/Figures.tsx'
import { Icon } from '../../parts/Icon.tsx'
import { usePages } from '../../pages-of-list.ts'
import { Paged } from '../../parts/Paged.tsx'
import { Page } from '../../parts/Page.tsx'
import { placeName } from '../../parts/place-name.ts'
import { spokenNumber } from '../../parts/quantities.ts'
import { StateCounts } from '../../parts/StateCounts.tsx'
import { StatusShape, useStatusWord } from '../../parts/StatusTag.tsx'
import { Empty } from '../../parts/Waiting.tsx'
import { useMay } from '../../session-of-staff.ts'
import { FilterText } from '../FilterText.tsx'
import { KeyHints } from '../KeyHints.tsx'
import { RowLink } from '../RowLink.tsx'
import { type Filters, listOf, toggled, useFilters } from '../use-filters.ts'
import { protocolText } from './station-words.ts'

/** All stations, filtered by what stands in the address. */
export function StationsPage() {
  const { t } = useTranslation()
  const may = useMay()
  const { filters, clear } = useFilters()
  const list = useStations(filters)
  const total = list.pages?.[0]?.total
  const isFiltered = Object.values(filters).some(Boolean)
  return (
    <Page
      title={t('portal.stations.title')}
      beside={
        total === undefined ? undefined : <span className="dim">{t('portal.stations.count', { count: total })}</span>
      }
      actions={
        may('stations.write') && (
          <Link to="/stations/add" className="btn main">
            <Icon name="plus" />
            {t('portal.stations.add.title')}
          </Link>
        )
      }
    >
      <StationFilters />
      <section className="panel" aria-label={t('portal.stations.title')}>
        <Paged of={list} rows={8} empty={<NoneHere isFiltered={isFiltered} clear={clear} />}>
          {(stations) => <StationTable stations={stations} />}
        </Paged>
        <KeyHints
          hints={[
            ['J', 'K', 'portal.keys.move'],
            ['Enter', 'portal.keys.open'],
            ['/', 'portal.keys.filter'],
          ]}
        />
      </section>
    </Page>
  )
}

function StationTable({ stations }: { readonly stations: readonly Station[] }) {
  const { t } = useTranslation()
  return (
    <DataTable
      label={t('portal.stations.title')}
      rows={stations}
      rowKey={(station) => station.id}
      columns={[
        {
          key: 'number',
          head: t('portal.stations.number'),
          cell: (station) => <RowLink to={`/stations/${station.id}`}>{spokenNumber(station.number)}</RowLink>,
        },
        {
          key: 'site',
          head: t('portal.stations.site'),
          names: true,
          cell: (station) => placeName(station.site?.name, station.name) ?? '–',
        },
        { key: 'evses', head: t('portal.stations.evses'), cell: (station) => <StateCounts evses={station.evses} /> },
        {
          key: 'identity',
          head: t('portal.stations.identity'),
          names: true,
          wideOnly: true,
          cell: (station) => <span className="mono">{station.identity}</span>,
        },
        {
          key: 'protocol',
          head: t('portal.stations.speaks'),
          wideOnly: true,
          cell: (station) => protocolText(t, station.protocol),
        },
        {
          key: 'heard',
          head: t('portal.stations.heard'),
          number: true,
          cell: (station) =>
            station.connection.lastMessageAt === undefined ? (
              t(`portal.stations.connection.${station.connection.state}`)
            ) : (
              <Ago at={station.connection.lastMessageAt} />
            ),
        },
      ]}
    />
  )
}

function NoneHere({ isFiltered, clear }: { readonly isFiltered: boolean; readonly clear: () => void }) {
  const { t } = useTranslation()
  const may = useMay()
  if (isFiltered) {
    return (
      <Empty icon="filter" title={t('portal.stations.no-match.title')} text={t('portal.stations.no-match.text')}>
        <button type="button" className="btn" onClick={clear}>
          {t('portal.filter.clear')}
        </button>
      </Empty>
    )
  }
  return (
    <Empty icon="plug" title={t('portal.stations.none.title')} text={t('portal.stations.none.text')}>
      {may('stations.write') && (
        <Link to="/stations/add" className="btn main">
          <Icon name="plus" />
          {t('portal.stations.add.title')}
        </Link>
      )}
    </Empty>
  )
}

function useStations({ q, seen, siteId }: Filters) {
  return usePages<List<Station>>({
    key: ['stations', { q, seen, siteId }],
    path: '/v1/stations',
    filters: { q, seen, siteId, count: true },
    // When a station was heard last is no event: it would look silent while all is well.
    everyMs: () => 30_000,
  })
}

function StationFilters() {
  const { t } = useTranslation()
  const word = useStatusWord()
  const { filters, set } = useFilters()
  const { q, seen } = filters
  return (
    <div className="filters">
      <FilterText label={t('portal.stations.filter')} value={q} onText={(text) => set({ q: text })} />
      <Chips
        label={t('portal.map.states')}
        chosen={listOf(seen)}
        onToggle={(state) => set({ seen: toggled(seen, state) })}
        chips={seenStates.map((state) => ({
          value: state,
          text: (
            <>
              <StatusShape seen={state} />
              {word(state)}
            </>
          ),
        }))}
      />
    </div>
  )
}
