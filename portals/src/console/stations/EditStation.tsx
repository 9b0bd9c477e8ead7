import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call, get } from '../../api.ts'
import type { List, Site, Station, Tariff } from '../../api-types.ts'
import { CopyField } from '../../parts/CopyField.tsx'
import { Choice, Field } from '../../parts/Field.tsx'
import { FormDialog } from '../../parts/FormDialog.tsx'
import { PlaceFields } from '../../parts/PlaceFields.tsx'
import { FormProblem } from '../../parts/Waiting.tsx'

type SetForm = ReturnType<typeof formOf>

function formOf(station: Station) {
  return {
    name: station.name ?? '',
    siteId: station.siteId ?? '',
    latitude: degrees(station.latitude),
    longitude: degrees(station.longitude),
    state: station.state as string,
    tariffId: station.tariffId ?? '',
    maxSessions: station.maxSessions === undefined ? '' : String(station.maxSessions),
    maxMinutes: station.maxDurationSeconds === undefined ? '' : String(Math.round(station.maxDurationSeconds / 60)),
  }
}

function degrees(value: number | undefined): string {
  return value === undefined ? '' : String(value)
}

/** A place is both numbers or none; what is half typed changes nothing. */
function placeIn({ latitude, longitude }: SetForm): { latitude?: number | null; longitude?: number | null } {
  const typed = [latitude, longitude].map((text) => text.trim().replace(',', '.'))
  if (typed.every((text) => text === '')) return { latitude: null, longitude: null }
  const [north = Number.NaN, east = Number.NaN] = typed.map((text) => (text === '' ? Number.NaN : Number(text)))
  return Number.isNaN(north + east) ? {} : { latitude: north, longitude: east }
}

/** What we have set about a station: name, site, place, state, tariff, limit; and a new password. */
export function EditStation({ station, close }: { readonly station: Station; readonly close: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [form, setForm] = useState(() => formOf(station))
  const set = (name: keyof SetForm) => (text: string) => setForm({ ...form, [name]: text })
  const save = useMutation({
    mutationFn: () =>
      call<Station>('PATCH', `/v1/stations/${station.id}`, {
        name: form.name === '' ? null : form.name,
        siteId: form.siteId === '' ? null : form.siteId,
        ...placeIn(form),
        state: form.state,
        tariffId: form.tariffId === '' ? null : form.tariffId,
        maxSessions: form.maxSessions === '' ? null : Number(form.maxSessions),
        maxDurationSeconds: form.maxMinutes === '' ? null : Math.round(Number(form.maxMinutes) * 60),
      }),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ['station', station.id] })
      void client.invalidateQueries({ queryKey: ['map'] })
      close()
    },
  })
  return (
    <FormDialog
      title={t('portal.stations.edit.title')}
      does={t('portal.stations.edit.save')}
      act={save}
      close={close}
      below={<NewPassword station={station} />}
    >
      <SetFields form={form} set={set} />
    </FormDialog>
  )
}

function NewPassword({ station }: { readonly station: Station }) {
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
          <CopyField label={t('portal.stations.add.url')} value={station.url} />
        </>
      )}
      <FormProblem error={make.error} />
    </div>
  )
}

function SetFields(props: { readonly form: SetForm; readonly set: (name: keyof SetForm) => (text: string) => void }) {
  const { t } = useTranslation()
  const { form, set } = props
  const sites = useQuery({ queryKey: ['sites'], queryFn: () => get<List<Site>>('/v1/sites?limit=200') }).data
  const tariffs = useQuery({ queryKey: ['tariffs'], queryFn: () => get<List<Tariff>>('/v1/tariffs?limit=200') }).data
  return (
    <>
      <Field label={t('portal.stations.name')} value={form.name} onText={set('name')} />
      <Choice
        label={t('portal.stations.site')}
        value={form.siteId}
        onText={set('siteId')}
        options={[
          { value: '', text: t('portal.none') },
          ...(sites?.items ?? []).map(({ id, name }) => ({ value: id, text: name })),
        ]}
      />
      <PlaceFields form={form} set={set} hint={t('portal.stations.edit.place-hint')} />
      <Choice
        label={t('portal.stations.we-set')}
        value={form.state}
        onText={set('state')}
        hint={t(`portal.stations.admin-note.${form.state}`)}
        options={['active', 'test', 'disabled'].map((value) => ({
          value,
          text: t(`portal.stations.admin.${value}`),
        }))}
      />
      <Choice
        label={t('portal.stations.tariff')}
        value={form.tariffId}
        onText={set('tariffId')}
        options={[
          { value: '', text: t('portal.stations.default-tariff') },
          ...(tariffs?.items ?? []).map(({ id, name }) => ({ value: id, text: name })),
        ]}
      />
      <Field
        label={t('portal.stations.max-sessions')}
        hint={t('portal.stations.max-sessions-hint')}
        type="number"
        min={1}
        value={form.maxSessions}
        onText={set('maxSessions')}
      />
      <Field
        label={t('portal.stations.max-duration')}
        hint={t('portal.stations.max-duration-hint')}
        type="number"
        min={1}
        unit="min"
        value={form.maxMinutes}
        onText={set('maxMinutes')}
      />
    </>
  )
}
