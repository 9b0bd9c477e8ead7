import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { get } from '../../../api.ts'
import type { List, MadeStation, RefusedStation } from '../../../api-types.ts'
import { numberText } from '../../../parts/quantities.ts'
import { Failed, Loading } from '../../../parts/Waiting.tsx'
import { RefusedOne } from './RefusedOne.tsx'

/** Those that knocked and were turned away: why, what would be right, and a way in by one press. */
export function RefusedStations({ onAdopted }: { readonly onAdopted: (station: MadeStation) => void }) {
  const { t } = useTranslation()
  const list = useQuery({
    queryKey: ['refused-stations'],
    queryFn: () => get<List<RefusedStation>>('/v1/refused-stations?count=true'),
    refetchInterval: 15_000,
  })
  const items = list.data?.items ?? []
  const more = (list.data?.total ?? 0) - items.length
  return (
    <section className="panel" aria-label={t('portal.stations.add.refused.title')}>
      <div className="ph">
        <h2>{t('portal.stations.add.refused.title')}</h2>
        {items.length > 0 && <span className="dim">{numberText(list.data?.total ?? items.length)}</span>}
      </div>
      {list.isPending ? (
        <Loading />
      ) : list.isError && list.data === undefined ? (
        <Failed error={list.error} retry={() => void list.refetch()} />
      ) : items.length === 0 ? (
        <p className="pb dim">{t('portal.stations.add.refused.none')}</p>
      ) : (
        <>
          <p className="pb mid">{t('portal.stations.add.refused.text')}</p>
          <ul className="list-plain">
            {items.map((item) => (
              <RefusedOne key={item.id} item={item} onAdopted={onAdopted} />
            ))}
          </ul>
          {more > 0 && <p className="pb dim sep">{t('portal.stations.add.refused.more', { count: more })}</p>}
        </>
      )}
    </section>
  )
}
