import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call, get } from '../../../api.ts'
import type { List, MadeStation, RefusedStation } from '../../../api-types.ts'
import { Tick } from '../../../parts/Field.tsx'
import { Ago } from '../../../parts/Figures.tsx'
import { Icon } from '../../../parts/Icon.tsx'
import { refusedKeys } from '../station-words.ts'
import { Failed, FormProblem, Loading } from '../../../parts/Waiting.tsx'

/** Those that knocked and were turned away: why, what would be right, and a way in by one press. */
export function RefusedStations({ onAdopted }: { readonly onAdopted: (station: MadeStation) => void }) {
  const { t } = useTranslation()
  const list = useQuery({
    queryKey: ['refused-stations'],
    queryFn: () => get<List<RefusedStation>>('/v1/refused-stations'),
    refetchInterval: 15_000,
  })
  const items = list.data?.items ?? []
  return (
    <section className="panel" aria-label={t('portal.stations.add.refused.title')}>
      <div className="ph">
        <h2>{t('portal.stations.add.refused.title')}</h2>
        {items.length > 0 && <span className="dim">{items.length}</span>}
      </div>
      {list.isPending ? (
        <Loading />
      ) : list.isError ? (
        <Failed error={list.error} retry={() => void list.refetch()} />
      ) : items.length === 0 ? (
        <p className="pb dim">{t('portal.stations.add.refused.none')}</p>
      ) : (
        <>
          <p className="pb mid">{t('portal.stations.add.refused.text')}</p>
          <ul className="list-plain">
            {items.map((item) => (
              <Refused key={item.id} item={item} onAdopted={onAdopted} />
            ))}
          </ul>
        </>
      )}
    </section>
  )
}

function Refused({
  item,
  onAdopted,
}: {
  readonly item: RefusedStation
  readonly onAdopted: (station: MadeStation) => void
}) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [keepPassword, setKeepPassword] = useState(item.mayKeepPassword)
  const adopt = useMutation({
    mutationFn: () =>
      call<MadeStation>('POST', `/v1/refused-stations/${item.id}/adopt`, item.mayKeepPassword ? { keepPassword } : {}),
    onSuccess: (station) => {
      for (const key of ['refused-stations', 'map', 'stations']) void client.invalidateQueries({ queryKey: [key] })
      onAdopted(station)
    },
  })
  return (
    <li className="col g2">
      <div className="row between wrap">
        <span className="b mono break">{item.identity ?? item.path}</span>
        <button type="button" className="btn sm" disabled={adopt.isPending} onClick={() => adopt.mutate()}>
          <Icon name="plus" />
          {t('portal.stations.add.refused.adopt')}
          <span className="sr">{item.identity}</span>
        </button>
      </div>
      <p>{t(refusedKeys(item.reason), { defaultValue: item.reason })}</p>
      <p className="t12 dim">
        {t('portal.stations.add.refused.times', { count: item.count })} <Ago at={item.lastAt} />
        {item.address !== undefined && `, ${t('portal.stations.add.refused.from', { address: item.address })}`}
      </p>
      <p className="t12 mid break">
        <span className="mono">{item.path}</span>
      </p>
      {item.url !== undefined && (
        <p className="t12 mid break">
          {t('portal.stations.add.refused.right-address')}: <span className="mono">{item.url}</span>
        </p>
      )}
      {item.mayKeepPassword && (
        <Tick label={t('portal.stations.add.refused.keep')} checked={keepPassword} onChange={setKeepPassword} />
      )}
      <FormProblem error={adopt.error} />
    </li>
  )
}
