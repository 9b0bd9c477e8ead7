import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '../../api.ts'
import type { Station } from '../../api-types.ts'
import { Field } from '../../parts/Field.tsx'
import { spokenNumber } from '../../parts/quantities.ts'
import { FormProblem } from '../../parts/Waiting.tsx'

/** A station that was mistyped, or is gone: its number is typed. Its sessions stay. */
export function RemoveStation({ station }: { readonly station: Station }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const navigate = useNavigate()
  const [typed, setTyped] = useState('')
  const isTyped = typed.replace(/\s/g, '') === station.number
  const remove = useMutation({
    mutationFn: () => call('DELETE', `/v1/stations/${station.id}`),
    onSuccess: async () => {
      await navigate({ to: '/stations' as string })
      client.removeQueries({ queryKey: ['station', station.id] })
      for (const key of ['stations', 'map', 'sites']) void client.invalidateQueries({ queryKey: [key] })
    },
  })
  function submit(event: FormEvent) {
    event.preventDefault()
    if (isTyped) remove.mutate()
  }
  return (
    <details className="below">
      <summary className="t12 dim">{t('portal.stations.remove.title')}</summary>
      <form className="col g2 older" onSubmit={submit}>
        <p className="mid">{t('portal.stations.remove.text')}</p>
        <Field
          label={t('portal.stations.hard.type', { number: spokenNumber(station.number) })}
          inputMode="numeric"
          autoComplete="off"
          value={typed}
          onText={setTyped}
        />
        <FormProblem error={remove.error} />
        <div>
          <button type="submit" className="btn risk" disabled={!isTyped || remove.isPending}>
            {t('portal.stations.remove.title')}
          </button>
        </div>
      </form>
    </details>
  )
}
