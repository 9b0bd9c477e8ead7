import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { AlertSettings } from '../../api-types.ts'
import { Field } from '../../parts/Field.tsx'
import { useMay } from '../../session-of-staff.ts'
import { ReadOnly } from '../../parts/Waiting.tsx'
import { SaveRow } from './SaveRow.tsx'
import { useSave } from './use-save.ts'

/** When a station that is away is an alert, and when many are one. */
export function AlertForm({ settings }: { readonly settings: AlertSettings }) {
  const { t } = useTranslation()
  const mayWrite = useMay()('limits.write')
  const [form, setForm] = useState(() => ({
    offline: String(settings.offlineSeconds),
    stations: String(settings.incidentStations),
    window: String(settings.incidentSeconds),
  }))
  const save = useSave<AlertSettings>('/v1/alert-settings', 'alert-settings')
  const numberFrom = (text: string): number | null => (text.trim() === '' ? null : Number(text))
  function submit(event: FormEvent) {
    event.preventDefault()
    save.mutate({
      offlineSeconds: numberFrom(form.offline),
      incidentStations: numberFrom(form.stations),
      incidentSeconds: numberFrom(form.window),
    })
  }
  const field = (name: keyof typeof form, word: string, least: number, unit?: string) => (
    <Field
      label={t(`portal.limits.${word}`)}
      type="number"
      min={least}
      {...(unit === undefined ? {} : { unit })}
      value={form[name]}
      onText={(text) => setForm({ ...form, [name]: text })}
    />
  )
  return (
    <form className="pb col g3" onSubmit={submit}>
      <p className="mid">{t('portal.limits.alerts-note')}</p>
      {!mayWrite && <ReadOnly />}
      <fieldset className="plain col g3" disabled={!mayWrite}>
        {field('offline', 'offline', 30, 's')}
        <div className="cols">
          {field('stations', 'incident', 2)}
          {field('window', 'window', 10, 's')}
        </div>
        {mayWrite && <SaveRow save={save} />}
      </fieldset>
    </form>
  )
}
