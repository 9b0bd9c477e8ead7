import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { AlertSettings } from '../../api-types.ts'
import { changedMembers } from '../../parts/changed-members.ts'
import { Field } from '../../parts/Field.tsx'
import { useMay } from '../../session-of-staff.ts'
import { ReadOnly } from '../../parts/Waiting.tsx'
import { SaveRow } from './SaveRow.tsx'
import { useSave } from './use-save.ts'

function formOf({ offlineSeconds, incidentStations, incidentSeconds }: AlertSettings) {
  return { offline: String(offlineSeconds), stations: String(incidentStations), window: String(incidentSeconds) }
}

function membersOf({ offline, stations, window }: ReturnType<typeof formOf>) {
  const numberFrom = (text: string): number | null => (text.trim() === '' ? null : Number(text))
  return {
    offlineSeconds: numberFrom(offline),
    incidentStations: numberFrom(stations),
    incidentSeconds: numberFrom(window),
  }
}

/** When a station that is away is an alert, and when many are one. */
export function AlertForm({ settings }: { readonly settings: AlertSettings }) {
  const { t } = useTranslation()
  const mayWrite = useMay()('limits.write')
  const [before, setBefore] = useState(() => formOf(settings))
  const [form, setForm] = useState(before)
  const save = useSave<AlertSettings>('/v1/alert-settings', 'alert-settings')
  function submit(event: FormEvent) {
    event.preventDefault()
    save.mutate(changedMembers(membersOf(before), membersOf(form)), { onSuccess: () => setBefore(form) })
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
        {mayWrite && <SaveRow save={save} isChanged={form !== before} />}
      </fieldset>
    </form>
  )
}
