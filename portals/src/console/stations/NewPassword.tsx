import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { call } from '../../api.ts'
import type { Station } from '../../api-types.ts'
import { CopyField } from '../../parts/CopyField.tsx'
import { FormProblem } from '../../parts/Waiting.tsx'

/** Another password for a station; shown once, with what else is typed into it. */
export function NewPassword({ station }: { readonly station: Station }) {
  const { t } = useTranslation()
  const make = useMutation({
    mutationFn: () => call<{ readonly password: string }>('POST', `/v1/stations/${station.id}/password`, {}),
  })
  return (
    <div className="col g2 below">
      {make.data === undefined ? (
        <>
          <p className="mid">{t('portal.stations.edit.password-note')}</p>
          <button type="button" className="btn risk" disabled={make.isPending} onClick={() => make.mutate()}>
            {t('portal.stations.edit.password')}
          </button>
        </>
      ) : (
        <>
          <CopyField
            label={t('portal.stations.add.password')}
            value={make.data.password}
            hint={t('portal.stations.add.once')}
          />
          <CopyField label={t('portal.stations.add.user')} value={station.identity} />
          <CopyField label={t('portal.stations.add.url')} value={station.url} />
        </>
      )}
      <FormProblem error={make.error} />
    </div>
  )
}
