import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '../../api.ts'
import type { Site } from '../../api-types.ts'
import { changedMembers } from '../../parts/changed-members.ts'
import { Field } from '../../parts/Field.tsx'
import { FormDialog } from '../../parts/FormDialog.tsx'
import { DEGREES } from '../../parts/PlaceFields.tsx'
import { useSendOnce } from '../../send-once.ts'
import { emptySite, formOfSite, type SiteForm, siteFromForm } from './site-form.ts'

/** A new site, or one to be changed. */
export function EditSite({ site, close }: { readonly site: Site | undefined; readonly close: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [before] = useState(() => (site === undefined ? emptySite : formOfSite(site)))
  const [form, setForm] = useState(before)
  const sendOnce = useSendOnce()
  const save = useMutation({
    mutationFn: () =>
      site === undefined
        ? sendOnce<Site>('/v1/sites', siteFromForm(form))
        : call<Site>('PATCH', `/v1/sites/${site.id}`, changedMembers(siteFromForm(before), siteFromForm(form))),
    onSuccess: () => {
      for (const queryKey of [['sites'], ['map'], ['stations'], ['station']])
        void client.invalidateQueries({ queryKey })
      close()
    },
  })
  const place = site === undefined ? 'add' : 'edit'
  return (
    <FormDialog
      title={t(`portal.sites.${place}.title`)}
      does={t(site === undefined ? 'portal.sites.add.do' : 'portal.sites.edit.save')}
      act={save}
      close={close}
    >
      <SiteFields form={form} set={(name) => (text) => setForm({ ...form, [name]: text })} />
    </FormDialog>
  )
}

function SiteFields(props: {
  readonly form: SiteForm
  readonly set: (name: keyof SiteForm) => (text: string) => void
}) {
  const { t } = useTranslation()
  const { form, set } = props
  const degrees = { inputMode: 'decimal', pattern: DEGREES, title: t('portal.sites.place-hint') } as const
  const field = (name: keyof SiteForm, word: string, more: object = {}) => (
    <Field label={t(`portal.sites.${word}`)} value={form[name]} onText={set(name)} {...more} />
  )
  return (
    <>
      {field('name', 'name', { required: true, maxLength: 100 })}
      {field('address', 'address', { maxLength: 200 })}
      <div className="cols">
        {field('postalCode', 'postal-code', { maxLength: 20 })}
        {field('city', 'city', { maxLength: 100 })}
      </div>
      <div className="cols">
        {field('latitude', 'latitude', { ...degrees, hint: degrees.title })}
        {field('longitude', 'longitude', degrees)}
      </div>
      <div className="cols">
        {field('country', 'country', { maxLength: 2, hint: t('portal.sites.country-hint') })}
        {field('timeZone', 'time-zone', { hint: t('portal.sites.time-zone-hint') })}
      </div>
      {field('access', 'access', { maxLength: 500, hint: t('portal.sites.access-hint') })}
      {field('openingHours', 'opening-hours', { maxLength: 500 })}
    </>
  )
}
