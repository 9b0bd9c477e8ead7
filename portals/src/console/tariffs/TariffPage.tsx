import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call, get } from '../../api.ts'
import type { Tariff } from '../../api-types.ts'
import { Field } from '../../parts/Field.tsx'
import { Time } from '../../parts/Figures.tsx'
import { Icon } from '../../parts/Icon.tsx'
import { Page } from '../../parts/Page.tsx'
import { decimalSign, milliseconds, nowMilliseconds } from '../../parts/quantities.ts'
import { Failed, FormProblem, Loading, NoRight, ReadOnly } from '../../parts/Waiting.tsx'
import { instantOfField } from '../../parts/zoned.ts'
import { useSendOnce } from '../../send-once.ts'
import { useMay, useMe } from '../../session-of-staff.ts'
import { Calculator } from './Calculator.tsx'
import { PriceParts } from './PriceParts.tsx'
import { RenameTariff } from './RenameTariff.tsx'
import { emptyTariff, formFromTariff, type TariffForm, tariffFromForm } from './tariff-form.ts'

/** A tariff: its versions, its price parts, and what a session would cost, beside each other. */
export function TariffPage() {
  const { t } = useTranslation()
  const { id = '' } = useParams({ strict: false }) as { readonly id?: string }
  const tariff = useQuery({ queryKey: ['tariff', id], queryFn: () => get<Tariff>(`/v1/tariffs/${id}`) })
  if (tariff.data !== undefined) return <Editor key={id} tariff={tariff.data} />
  return (
    <Page title={t('portal.tariffs.one')} crumbs={[{ to: '/tariffs', text: t('portal.tariffs.title') }]}>
      <section className="panel">
        {tariff.isError ? <Failed error={tariff.error} retry={() => void tariff.refetch()} /> : <Loading rows={8} />}
      </section>
    </Page>
  )
}

export function NewTariffPage() {
  const { t } = useTranslation()
  if (useMay()('tariffs.write')) return <Editor />
  return (
    <Page title={t('portal.tariffs.new')} crumbs={[{ to: '/tariffs', text: t('portal.tariffs.title') }]}>
      <NoRight />
    </Page>
  )
}

function Editor({ tariff }: { readonly tariff?: Tariff }) {
  const { t } = useTranslation()
  const may = useMay()
  const me = useMe()
  const [name, setName] = useState('')
  const [validFrom, setValidFrom] = useState('')
  const { form, setForm, isBehind, takeNewest, published } = useForm(tariff, () => setValidFrom(''))
  const written = tariffFromForm(form)
  const isChanged =
    tariff === undefined || JSON.stringify(written) !== JSON.stringify(tariffFromForm(formFromTariff(tariff.tariff)))
  const start = instantOfField(validFrom, me.tenant.timeZone)
  const save = useSave(
    tariff,
    {
      name,
      tariff: written,
      ...(Number.isNaN(start) ? {} : { validFrom: new Date(start).toISOString() }),
    },
    published,
  )
  const title = tariff?.name ?? t('portal.tariffs.new')
  return (
    <Page
      title={title}
      crumbs={[{ to: '/tariffs', text: t('portal.tariffs.title') }]}
      beside={tariff?.default === true ? <IsDefault /> : undefined}
      actions={
        tariff !== undefined &&
        may('tariffs.write') && (
          <>
            <RenameTariff tariff={tariff} />
            {!tariff.default && <MakeDefault tariff={tariff} />}
          </>
        )
      }
    >
      <div className="three">
        {tariff === undefined ? <NewNote /> : <Versions tariff={tariff} />}
        <section className="panel" aria-label={t('portal.tariffs.prices')}>
          {tariff === undefined && (
            <div className="pb">
              <Field label={t('portal.tariffs.name')} required value={name} onText={setName} />
            </div>
          )}
          {!may('tariffs.write') && (
            <div className="pb">
              <ReadOnly />
            </div>
          )}
          {isBehind && !save.isPending && <Behind tariff={tariff} take={takeNewest} />}
          <PriceParts form={form} onChange={setForm} isReadOnly={!may('tariffs.write')} />
          {may('tariffs.write') && (
            <div className="pb col g3">
              <Field
                label={t('portal.tariffs.starts')}
                hint={t('portal.tariffs.starts-hint', { zone: me.tenant.timeZone })}
                type="datetime-local"
                value={validFrom}
                onText={setValidFrom}
              />
              <FormProblem error={save.error} />
              <Publish
                tariff={tariff}
                isReadable={written !== undefined}
                isReady={
                  written !== undefined &&
                  isChanged &&
                  !save.isPending &&
                  (tariff !== undefined || name.trim() !== '') &&
                  (validFrom === '' || !Number.isNaN(start))
                }
                publish={() => save.mutate()}
              />
            </div>
          )}
        </section>
        <Calculator tariff={written} />
      </div>
    </Page>
  )
}

/** What is typed stays when somebody else's version comes; what nobody touched follows it. */
function useForm(tariff: Tariff | undefined, begun: () => void) {
  const { currency } = useMe().tenant
  const newest = (): TariffForm =>
    tariff === undefined ? emptyTariff(currency) : formFromTariff(tariff.tariff, decimalSign())
  const [form, setForm] = useState(newest)
  const [base, setBase] = useState({ version: tariff?.version, form })
  const [own, setOwn] = useState<number>()
  const isBehind = base.version !== tariff?.version
  function takeNewest(): void {
    const next = newest()
    setForm(next)
    setBase({ version: tariff?.version, form: next })
    begun()
  }
  if (isBehind && (own === tariff?.version || isSamePrice(base.form, form))) takeNewest()
  return { form, setForm, isBehind, takeNewest, published: setOwn }
}

function isSamePrice(one: TariffForm, other: TariffForm): boolean {
  return JSON.stringify(tariffFromForm(one)) === JSON.stringify(tariffFromForm(other))
}

function Behind({ tariff, take }: { readonly tariff: Tariff | undefined; readonly take: () => void }) {
  const { t } = useTranslation()
  const version = tariff?.version
  return (
    <div className="pb col g2">
      <output className="note s-preparing">
        <Icon name="warning" />
        <p>{t('portal.tariffs.behind', { version })}</p>
      </output>
      <div>
        <button type="button" className="btn sm" onClick={take}>
          {t('portal.tariffs.behind-take', { version })}
        </button>
      </div>
    </div>
  )
}

interface Written {
  readonly name: string
  readonly tariff: ReturnType<typeof tariffFromForm>
  readonly validFrom?: string
}

function useSave(tariff: Tariff | undefined, written: Written, published: (version: number) => void) {
  const client = useQueryClient()
  const navigate = useNavigate()
  const sendOnce = useSendOnce()
  return useMutation({
    mutationFn: () => {
      const { name, ...version } = written
      return tariff === undefined
        ? sendOnce<Tariff>('/v1/tariffs', { name: name.trim(), ...version })
        : sendOnce<Tariff>(`/v1/tariffs/${tariff.id}/versions`, version)
    },
    onSuccess: async (saved) => {
      published(saved.version)
      await client.invalidateQueries({ queryKey: ['tariffs'] })
      if (tariff === undefined) await navigate({ to: `/tariffs/${saved.id}` })
      else await client.invalidateQueries({ queryKey: ['tariff', tariff.id] })
    },
  })
}

function IsDefault() {
  const { t } = useTranslation()
  return (
    <span className="row g1 ok m">
      <Icon name="check" />
      {t('portal.tariffs.is-default')}
    </span>
  )
}

function MakeDefault({ tariff }: { readonly tariff: Tariff }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const make = useMutation({
    mutationFn: () => call('POST', `/v1/tariffs/${tariff.id}/default`, {}),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['tariff', tariff.id] })
      await client.invalidateQueries({ queryKey: ['tariffs'] })
    },
  })
  return (
    <>
      <FormProblem error={make.error} />
      <button type="button" className="btn" disabled={make.isPending} onClick={() => make.mutate()}>
        {t('portal.tariffs.make-default')}
      </button>
    </>
  )
}

function NewNote() {
  const { t } = useTranslation()
  return (
    <section className="panel pb">
      <p className="mid">{t('portal.tariffs.new-note')}</p>
    </section>
  )
}

function Versions({ tariff }: { readonly tariff: Tariff }) {
  const { t } = useTranslation()
  const { versions } = tariff
  const inForce = versions
    .filter(({ validFrom }) => milliseconds(validFrom) <= nowMilliseconds())
    .toSorted((one, other) => other.version - one.version)[0]
  return (
    <section className="panel" aria-label={t('portal.tariffs.versions')}>
      <div className="ph">
        <h2>{t('portal.tariffs.versions')}</h2>
      </div>
      <ol className="list-plain">
        {versions
          .toSorted((one, other) => other.version - one.version)
          .map((version) => (
            <li key={version.version} className={version.version === inForce?.version ? 'cur col' : 'col'}>
              <span className="row between">
                <span className="b">{t('portal.tariffs.version-n', { version: version.version })}</span>
                <span className={version.version === inForce?.version ? 'm' : 'mid'}>
                  {t(
                    version.version === inForce?.version
                      ? 'portal.tariffs.in-force'
                      : milliseconds(version.validFrom) > nowMilliseconds()
                        ? 'portal.tariffs.to-come'
                        : 'portal.tariffs.past',
                  )}
                </span>
              </span>
              <span className="t12 mid">
                {t('portal.tariffs.from')} <Time at={version.validFrom} />
              </span>
            </li>
          ))}
      </ol>
      <p className="pb t12 mid sep">{t('portal.tariffs.versions-note')}</p>
    </section>
  )
}

function Publish(props: {
  readonly tariff: Tariff | undefined
  readonly isReadable: boolean
  readonly isReady: boolean
  readonly publish: () => void
}) {
  const { t } = useTranslation()
  const next = Math.max(0, ...(props.tariff?.versions ?? []).map(({ version }) => version)) + 1
  return (
    <div className="row wrap">
      <button type="button" className="btn main" disabled={!props.isReady} onClick={props.publish}>
        {props.tariff === undefined ? t('portal.tariffs.make') : t('portal.tariffs.publish', { version: next })}
      </button>
      {!props.isReadable && <span className="hint">{t('portal.tariffs.unreadable')}</span>}
    </div>
  )
}
