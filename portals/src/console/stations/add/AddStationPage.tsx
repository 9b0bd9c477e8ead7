import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { MadeStation, Site } from '../../../api-types.ts'
import { Choice, Field } from '../../../parts/Field.tsx'
import { Page } from '../../../parts/Page.tsx'
import { PlaceFields } from '../../../parts/PlaceFields.tsx'
import { FormProblem, NoRight } from '../../../parts/Waiting.tsx'
import { useSendOnce } from '../../../send-once.ts'
import { useMay, useMe } from '../../../session-of-staff.ts'
import { allSitesQuery } from '../../all-sites.ts'
import { EvseFields } from './EvseFields.tsx'
import { FirstBoot } from './FirstBoot.tsx'
import { RefusedStations } from './RefusedStations.tsx'
import { emptyForm, placeOf, type StationForm, stationBody } from './station-form.ts'

/** A new station: what it is, what the installer needs, and its first boot; beside it, those that were turned away. */
export function AddStationPage() {
  const { t } = useTranslation()
  const may = useMay()
  const [made, setMade] = useState<MadeStation>()
  return (
    <Page title={t('portal.stations.add.title')} crumbs={[{ to: '/stations', text: t('portal.stations.title') }]}>
      {!may('stations.write') ? (
        <NoRight />
      ) : (
        <div className="two">
          {made === undefined ? (
            <NewStation onMade={setMade} />
          ) : (
            <FirstBoot made={made} another={() => setMade(undefined)} />
          )}
          <RefusedStations onAdopted={setMade} />
        </div>
      )}
    </Page>
  )
}

function NewStation({ onMade }: { readonly onMade: (station: MadeStation) => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const { timeZone } = useMe().tenant
  const [form, setForm] = useState<StationForm>(emptyForm)
  const set = (name: keyof StationForm) => (text: string) => setForm({ ...form, [name]: text })
  const sendOnce = useSendOnce()
  const make = useMutation({
    mutationFn: async () => {
      const siteId =
        form.site === 'new'
          ? (await sendOnce<Site>('/v1/sites', siteBody(form))).id
          : form.site === ''
            ? undefined
            : form.site
      if (form.site === 'new' && siteId !== undefined) {
        // It is there, whatever becomes of the station: it is shown as chosen, and not made again.
        await client.invalidateQueries({ queryKey: ['sites'] })
        setForm((now) => ({ ...now, site: siteId }))
      }
      return sendOnce<MadeStation>('/v1/stations', stationBody(form, siteId, timeZone))
    },
    onSuccess: (station) => {
      for (const key of ['map', 'stations', 'sites']) void client.invalidateQueries({ queryKey: [key] })
      onMade(station)
    },
  })
  function submit(event: FormEvent) {
    event.preventDefault()
    make.mutate()
  }
  return (
    <form className="panel" onSubmit={submit}>
      <div className="pb col g4 form">
        <p className="mid">{t('portal.stations.add.text')}</p>
        <Field
          label={t('portal.stations.add.identity')}
          hint={t('portal.stations.add.identity-hint')}
          required
          maxLength={48}
          autoComplete="off"
          spellCheck={false}
          value={form.identity}
          onText={set('identity')}
        />
        <Field
          label={t('portal.stations.name')}
          hint={t('portal.stations.add.name-hint')}
          value={form.name}
          onText={set('name')}
        />
        <SiteFields form={form} set={set} />
        <EvseFields evses={form.evses} onChange={(evses) => setForm({ ...form, evses })} />
        <ConnectionFields form={form} set={set} />
        <FormProblem error={make.error} />
        <div>
          <button type="submit" className="btn main" disabled={make.isPending}>
            {t('portal.stations.add.make')}
          </button>
        </div>
      </div>
    </form>
  )
}

interface PartProps {
  readonly form: StationForm
  readonly set: (name: keyof StationForm) => (text: string) => void
}

function SiteFields({ form, set }: PartProps) {
  const { t } = useTranslation()
  const sites = useQuery(allSitesQuery).data
  return (
    <>
      <Choice
        label={t('portal.stations.site')}
        value={form.site}
        onText={set('site')}
        options={[
          { value: '', text: t('portal.stations.add.no-site') },
          ...(sites ?? []).map(({ id, name }) => ({ value: id, text: name })),
          { value: 'new', text: t('portal.stations.add.new-site') },
        ]}
      />
      {form.site === 'new' && (
        <div className="cols">
          <Field label={t('portal.stations.add.site-name')} required value={form.siteName} onText={set('siteName')} />
          <Field label={t('portal.stations.add.city')} value={form.city} onText={set('city')} />
        </div>
      )}
      {(form.site === 'new' || form.site === '') && (
        <PlaceFields form={form} set={set} hint={t('portal.stations.add.place-hint')} />
      )}
    </>
  )
}

function ConnectionFields({ form, set }: PartProps) {
  const { t } = useTranslation()
  return (
    <>
      <div className="cols">
        <Choice
          label={t('portal.stations.add.security')}
          value={form.profile}
          onText={set('profile')}
          options={['1', '0'].map((value) => ({ value, text: t(`portal.stations.add.profile-${value}`) }))}
        />
        <Field
          label={t('portal.stations.add.plain-until')}
          hint={t('portal.stations.add.plain-hint')}
          type="date"
          required={form.profile === '0'}
          value={form.plainUntil}
          onText={set('plainUntil')}
        />
      </div>
      {form.profile !== '0' && (
        <Field
          label={t('portal.stations.add.password-own')}
          hint={t('portal.stations.add.password-hint')}
          autoComplete="off"
          spellCheck={false}
          value={form.password}
          onText={set('password')}
        />
      )}
    </>
  )
}

function siteBody(form: StationForm): object {
  return {
    name: form.siteName,
    ...(form.city === '' ? {} : { city: form.city }),
    ...placeOf(form),
  }
}
