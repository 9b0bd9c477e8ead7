import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '../../api.ts'
import { Field } from '../../parts/Field.tsx'
import { FormProblem } from '../../parts/Waiting.tsx'
import { slugFrom } from './slug-from.ts'
import { Words } from './Words.tsx'

const firstForm = () => ({
  name: '',
  slug: '',
  currency: 'EUR',
  country: 'FI',
  timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  personName: '',
  mail: '',
})

type NetworkForm = ReturnType<typeof firstForm>

/** While no tenant exists: the first network, and oneself as its administrator. */
export function MakeNetwork({ done }: { readonly done: () => void }) {
  const { t, i18n } = useTranslation()
  const [form, setForm] = useState(firstForm)
  const set = (name: keyof NetworkForm) => (text: string) => setForm({ ...form, [name]: text })
  const slug = form.slug === '' ? slugFrom(form.name) : form.slug
  const make = useMutation({
    mutationFn: () =>
      call('POST', '/v1/make-network', {
        name: form.name,
        slug,
        currency: form.currency.toUpperCase(),
        country: form.country.toUpperCase(),
        timeZone: form.timeZone,
        language: i18n.language,
        person: { name: form.personName, mail: form.mail },
      }),
    onSuccess: done,
  })
  function submit(event: FormEvent) {
    event.preventDefault()
    make.mutate()
  }
  return (
    <Words title={t('portal.sign-in.make.title')}>
      <p className="mid">{t('portal.sign-in.make.text')}</p>
      <form className="col g4" onSubmit={submit}>
        <NetworkFields form={form} set={set} slug={slug} />
        <PersonFields form={form} set={set} />
        <FormProblem error={make.error} />
        <button type="submit" className="btn touch big main" disabled={make.isPending}>
          {t('portal.sign-in.make.make')}
        </button>
      </form>
    </Words>
  )
}

interface PartProps {
  readonly form: NetworkForm
  readonly set: (name: keyof NetworkForm) => (text: string) => void
}

function NetworkFields({ form, set, slug }: PartProps & { readonly slug: string }) {
  const { t } = useTranslation()
  return (
    <>
      <Field big label={t('portal.sign-in.make.name')} required value={form.name} onText={set('name')} />
      <Field
        big
        label={t('portal.sign-in.make.slug')}
        hint={t('portal.sign-in.make.slug-hint', { slug: slug === '' ? '…' : slug })}
        value={form.slug}
        placeholder={slug}
        pattern="[a-z0-9][a-z0-9-]*"
        onText={set('slug')}
      />
      <div className="cols">
        <Field
          big
          label={t('portal.sign-in.make.country')}
          required
          maxLength={2}
          value={form.country}
          onText={set('country')}
        />
        <Field
          big
          label={t('portal.sign-in.make.currency')}
          required
          maxLength={3}
          value={form.currency}
          onText={set('currency')}
        />
      </div>
      <Field
        big
        label={t('portal.sign-in.make.time-zone')}
        required
        list="time-zones"
        value={form.timeZone}
        onText={set('timeZone')}
      />
      <datalist id="time-zones">
        {Intl.supportedValuesOf('timeZone').map((zone) => (
          <option key={zone} value={zone}>
            {zone}
          </option>
        ))}
      </datalist>
    </>
  )
}

function PersonFields({ form, set }: PartProps) {
  const { t } = useTranslation()
  return (
    <>
      <Field
        big
        label={t('portal.sign-in.make.person')}
        required
        autoComplete="name"
        value={form.personName}
        onText={set('personName')}
      />
      <Field
        big
        label={t('portal.sign-in.mail')}
        type="email"
        required
        autoComplete="email"
        value={form.mail}
        onText={set('mail')}
      />
    </>
  )
}
