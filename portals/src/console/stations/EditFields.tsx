import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { getAll } from '../../api.ts'
import type { Tariff } from '../../api-types.ts'
import { Choice, Field } from '../../parts/Field.tsx'
import { PlaceFields } from '../../parts/PlaceFields.tsx'
import { Failed } from '../../parts/Waiting.tsx'
import { allSitesQuery } from '../all-sites.ts'
import type { SetForm } from './edit-form.ts'

interface Props {
  readonly form: SetForm
  readonly set: (name: keyof SetForm) => (text: string) => void
}

/** The fields of what we set about a station; `children`: its connectors. */
export function EditFields({
  before,
  form,
  set,
  children,
}: Props & { readonly before: SetForm; readonly children: ReactNode }) {
  const { t } = useTranslation()
  const sites = useQuery(allSitesQuery)
  const tariffs = useQuery({
    queryKey: ['tariffs', 'choice'],
    queryFn: ({ signal }) => getAll<Tariff>('/v1/tariffs', { signal }),
  })
  return (
    <>
      <Field label={t('portal.stations.name')} value={form.name} onText={set('name')} />
      <Choice
        label={t('portal.stations.site')}
        value={form.siteId}
        onText={set('siteId')}
        options={[
          { value: '', text: t('portal.none') },
          ...withKnown(sites.data, before.siteId, t('portal.stations.edit.as-now')),
        ]}
      />
      {sites.isError && <Failed error={sites.error} retry={() => void sites.refetch()} />}
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
        label={t('portal.stations.onboarding.title')}
        value={form.onboarding}
        onText={set('onboarding')}
        hint={t(`portal.stations.onboarding-note.${form.onboarding}`)}
        options={['accepted', 'waiting', 'refused'].map((value) => ({
          value,
          text: t(`portal.stations.onboarding.${value}`),
        }))}
      />
      {children}
      <ConnectionFields form={form} set={set} />
      <Choice
        label={t('portal.stations.tariff')}
        value={form.tariffId}
        onText={set('tariffId')}
        options={[
          { value: '', text: t('portal.stations.default-tariff') },
          ...withKnown(tariffs.data, before.tariffId, t('portal.stations.edit.as-now')),
        ]}
      />
      {tariffs.isError && <Failed error={tariffs.error} retry={() => void tariffs.refetch()} />}
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

/** What the station has stands among them also where the list did not come: it is never shown as none. */
function withKnown(
  items: readonly { readonly id: string; readonly name: string }[] | undefined,
  id: string,
  words: string,
) {
  const options = (items ?? []).map((item) => ({ value: item.id, text: item.name }))
  return id === '' || options.some(({ value }) => value === id) ? options : [...options, { value: id, text: words }]
}

/** How it proves itself, and until when it may come unencrypted. */
function ConnectionFields({ form, set }: Props) {
  const { t } = useTranslation()
  // Those that need TLS are shown only where a station has one from elsewhere: they cannot be chosen yet.
  const profiles = ['1', '0', ...(Number(form.profile) >= 2 ? [form.profile] : [])]
  return (
    <>
      <Field
        label={t('portal.stations.add.identity')}
        hint={t('portal.stations.edit.identity-hint')}
        required
        maxLength={48}
        value={form.identity}
        onText={set('identity')}
      />
      <Choice
        label={t('portal.stations.add.security')}
        value={form.profile}
        onText={set('profile')}
        options={profiles.map((value) => ({ value, text: t(`portal.stations.add.profile-${value}`) }))}
      />
      <Field
        label={t('portal.stations.add.plain-until')}
        hint={t('portal.stations.add.plain-hint')}
        type="date"
        value={form.plainUntil}
        onText={set('plainUntil')}
      />
    </>
  )
}
