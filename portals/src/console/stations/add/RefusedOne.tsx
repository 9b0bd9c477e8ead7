import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { MadeStation, RefusedStation } from '../../../api-types.ts'
import { Field, Tick } from '../../../parts/Field.tsx'
import { Ago } from '../../../parts/Figures.tsx'
import { Icon } from '../../../parts/Icon.tsx'
import { FormProblem } from '../../../parts/Waiting.tsx'
import { lastMinute, nowFieldText } from '../../../parts/zoned.ts'
import { useSendOnce } from '../../../send-once.ts'
import { useMe } from '../../../session-of-staff.ts'
import { refusedKeys } from '../station-words.ts'
import { wayIn } from './way-in.ts'

/** One that was turned away: why, the right address, and, where a press here can help, what it does. */
export function RefusedOne(props: {
  readonly item: RefusedStation
  readonly onAdopted: (station: MadeStation) => void
}) {
  const { t } = useTranslation()
  const { item } = props
  return (
    <li className="col g2">
      <span className="b mono break">{item.identity ?? item.path}</span>
      <p>{t(refusedKeys(item.reason), { defaultValue: item.reason })}</p>
      <p className="t12 dim">
        {t('portal.stations.add.refused.times', { count: item.count })} <Ago at={item.lastAt} />
        {`, ${t('portal.stations.add.refused.from', { address: item.address })}`}
      </p>
      {item.identity !== undefined && (
        <p className="t12 mid break">
          <span className="mono">{item.path}</span>
        </p>
      )}
      <p className="t12 mid break">
        {t('portal.stations.add.refused.right-address')}: <span className="mono">{item.url}</span>
      </p>
      {wayIn(item) !== undefined && <LetIn {...props} />}
    </li>
  )
}

function LetIn({
  item,
  onAdopted,
}: {
  readonly item: RefusedStation
  readonly onAdopted: (station: MadeStation) => void
}) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const { timeZone } = useMe().tenant
  const way = wayIn(item)
  // What a stranger offers becomes the password of a station that is ours only when somebody says so.
  const [keepPassword, setKeepPassword] = useState(item.mayKeepPassword && way?.isNew === true)
  const [until, setUntil] = useState('')
  const sendOnce = useSendOnce()
  const adopt = useMutation({
    mutationFn: () =>
      sendOnce<MadeStation>(`/v1/refused-stations/${item.id}/adopt`, {
        ...(item.mayKeepPassword ? { keepPassword } : {}),
        ...(until === '' ? {} : { plainUntil: lastMinute(until, timeZone) }),
      }),
    onSuccess: (station) => {
      for (const key of ['refused-stations', 'map', 'stations', 'station'])
        void client.invalidateQueries({ queryKey: [key] })
      onAdopted(station)
    },
  })
  function submit(event: FormEvent) {
    event.preventDefault()
    adopt.mutate()
  }
  if (way === undefined) return null
  return (
    <form className="col g2" onSubmit={submit}>
      {way.asksPassword && item.mayKeepPassword && (
        <Tick label={t('portal.stations.add.refused.keep')} checked={keepPassword} onChange={setKeepPassword} />
      )}
      {way.asksPassword && !(item.mayKeepPassword && keepPassword) && (
        <p className="t12 mid">{t('portal.stations.add.refused.new-password')}</p>
      )}
      {way.plain !== 'no' && (
        <Field
          label={t('portal.stations.add.plain-until')}
          hint={t('portal.stations.add.plain-hint')}
          type="date"
          min={nowFieldText(timeZone).slice(0, 10)}
          required={way.plain === 'needed'}
          value={until}
          onText={setUntil}
        />
      )}
      <FormProblem error={adopt.error} />
      <div>
        <button type="submit" className="btn sm" disabled={adopt.isPending}>
          <Icon name="plus" />
          {t(way.isNew ? 'portal.stations.add.refused.adopt' : 'portal.stations.add.refused.let-in')}
          <span className="sr">{item.identity}</span>
        </button>
      </div>
    </form>
  )
}
