import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { MapStation } from '../../api-types.ts'
import { type Column, DataTable } from '../../parts/DataTable.tsx'
import { placeName } from '../../parts/place-name.ts'
import { spokenNumber } from '../../parts/quantities.ts'
import { StateCounts } from '../../parts/StateCounts.tsx'
import { RowLink } from '../RowLink.tsx'

const step = 100

/** The list twin of the map. */
export function StationRows({ stations }: { readonly stations: readonly MapStation[] }) {
  const { t } = useTranslation()
  const [shown, setShown] = useState(step)
  const columns = useMemo(
    (): readonly Column<MapStation>[] => [
      {
        key: 'number',
        head: t('portal.stations.number'),
        cell: (station) => <RowLink to={`/stations/${station.id}`}>{spokenNumber(station.number)}</RowLink>,
      },
      {
        key: 'site',
        head: t('portal.stations.site'),
        names: true,
        cell: (station) => <span className="mid">{placeName(station.siteName, station.name) ?? '–'}</span>,
      },
      { key: 'evses', head: t('portal.stations.evses'), cell: (station) => <StateCounts evses={station.evses} /> },
    ],
    [t],
  )
  return (
    <div className="grow rows">
      <DataTable
        label={t('portal.map.list')}
        rows={stations.slice(0, shown)}
        rowKey={(station) => station.id}
        columns={columns}
      />
      {stations.length > shown && (
        <div className="pb">
          <button type="button" className="btn" onClick={() => setShown(shown + step)}>
            {t('portal.more')}
          </button>
        </div>
      )}
    </div>
  )
}
