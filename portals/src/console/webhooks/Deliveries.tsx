import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { call } from '../../api.ts'
import type { Delivery, Webhook, WebhookHealth } from '../../api-types.ts'
import { Chips } from '../../parts/Chips.tsx'
import { DataTable } from '../../parts/DataTable.tsx'
import { Time } from '../../parts/Figures.tsx'
import { Icon, type IconName } from '../../parts/Icon.tsx'
import { Paged } from '../../parts/Paged.tsx'
import { numberText, timeText } from '../../parts/quantities.ts'
import { Empty, FormProblem } from '../../parts/Waiting.tsx'
import { useMay } from '../../session-of-staff.ts'
import { useFilters } from '../use-filters.ts'
import { About } from './About.tsx'
import { DeliveryShown } from './DeliveryShown.tsx'
import { nextTryOf } from './next-try.ts'
import { useDeliveries } from './webhook-query.ts'

const states = ['waiting', 'dead', 'delivered'] as const
const icons: Readonly<Record<Delivery['state'], IconName>> = { waiting: 'clock', delivered: 'check', dead: 'warning' }

/** What was handed on and what became of it; what was not taken is sent again from here. */
export function Deliveries({ webhook, health }: { readonly webhook: Webhook; readonly health: WebhookHealth }) {
  const { t } = useTranslation()
  const { filters, set } = useFilters()
  const list = useDeliveries(webhook.id, filters.state)
  return (
    <section className="panel" aria-label={t('portal.webhooks.deliveries-head')}>
      <div className="ph wrap">
        <h2>{t('portal.webhooks.deliveries-head')}</h2>
        <Chips
          label={t('portal.webhooks.deliveries.which')}
          chosen={[filters.state ?? 'all']}
          onToggle={(state) => set({ state: state === 'all' ? undefined : state })}
          chips={[
            { value: 'all', text: t('portal.webhooks.deliveries.all') },
            ...states.map((value) => ({ value, text: t(`portal.webhooks.delivery.${value}`) })),
          ]}
        />
        <span className="grow" />
        {health.dead > 0 && <ResendDead webhook={webhook} />}
      </div>
      <Paged
        of={list}
        empty={
          <Empty
            icon="link"
            title={t(`portal.webhooks.deliveries.${filters.state === undefined ? 'none' : 'no-match'}`)}
            text={t('portal.webhooks.deliveries.none-text')}
          />
        }
      >
        {(deliveries) => <DeliveryTable webhook={webhook} health={health} deliveries={deliveries} />}
      </Paged>
      {filters.delivery !== undefined && (
        <DeliveryShown webhookId={webhook.id} id={filters.delivery} close={() => set({ delivery: undefined })} />
      )}
    </section>
  )
}

function DeliveryTable(props: {
  readonly webhook: Webhook
  readonly health: WebhookHealth
  readonly deliveries: readonly Delivery[]
}) {
  const { t } = useTranslation()
  const may = useMay()
  return (
    <DataTable
      label={t('portal.webhooks.deliveries-head')}
      rows={props.deliveries}
      rowKey={({ id }) => id}
      columns={[
        { key: 'what', head: t('portal.webhooks.what'), cell: (delivery) => <What delivery={delivery} /> },
        {
          key: 'about',
          head: t('portal.webhooks.about-head'),
          names: true,
          cell: (delivery) => <About delivery={delivery} />,
        },
        { key: 'when', head: t('portal.webhooks.when'), cell: ({ createdAt }) => <Time at={createdAt} /> },
        {
          key: 'became',
          head: t('portal.webhooks.became'),
          cell: (one) => <Became delivery={one} nextTryAt={nextTryOf(one, props.webhook, props.health)} />,
        },
        {
          key: 'attempts',
          head: t('portal.webhooks.attempts'),
          number: true,
          cell: ({ attempts }) => numberText(attempts),
        },
        ...(may('webhooks.resend')
          ? [{ key: 'act', head: t('portal.webhooks.act'), cell: (one: Delivery) => <Resend delivery={one} /> }]
          : []),
      ]}
    />
  )
}

function What({ delivery }: { readonly delivery: Delivery }) {
  const { t } = useTranslation()
  const { filters } = useFilters()
  return (
    <Link
      to={'.' as string}
      search={{ ...filters, delivery: delivery.id } as never}
      className="row-link ink b"
      data-row
      resetScroll={false}
    >
      {t(`portal.webhooks.type.${delivery.type}`)}
    </Link>
  )
}

function Became({ delivery, nextTryAt }: { readonly delivery: Delivery; readonly nextTryAt: string | undefined }) {
  const { t } = useTranslation()
  const { state, cause } = delivery
  return (
    <span>
      <span className={`row g1 m ${state === 'dead' ? 'bad' : state === 'delivered' ? 'ok' : ''}`}>
        <Icon name={icons[state]} />
        {t(`portal.webhooks.delivery.${state}`)}
      </span>
      {state !== 'delivered' && cause !== undefined && <span className="block t12 mid break">{cause.text}</span>}
      {nextTryAt !== undefined && (
        <span className="block t12 dim">{t('portal.webhooks.next-try', { at: nextTryAt })}</span>
      )}
    </span>
  )
}

function Resend({ delivery }: { readonly delivery: Delivery }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const { id, webhookId } = delivery
  const resend = useMutation({
    mutationFn: () => call('POST', `/v1/webhooks/${webhookId}/deliveries/${id}/resend`, {}),
    onSettled: () => client.invalidateQueries({ queryKey: ['webhooks', webhookId] }),
  })
  return (
    <>
      <button type="button" className="btn sm over-row" disabled={resend.isPending} onClick={() => resend.mutate()}>
        <Icon name="refresh" />
        {t('portal.webhooks.resend')}
        <span className="sr">
          {t(`portal.webhooks.type.${delivery.type}`)}, {timeText(delivery.createdAt)}
        </span>
      </button>
      <FormProblem error={resend.error} />
    </>
  )
}

function ResendDead({ webhook }: { readonly webhook: Webhook }) {
  const { t } = useTranslation()
  const may = useMay()
  const client = useQueryClient()
  const resend = useMutation({
    mutationFn: () => call<{ count: number }>('POST', `/v1/webhooks/${webhook.id}/resend-dead`, {}),
    onSettled: () => client.invalidateQueries({ queryKey: ['webhooks', webhook.id] }),
  })
  if (!may('webhooks.resend')) return null
  return (
    <span className="row wrap">
      <FormProblem error={resend.error} />
      <button type="button" className="btn" disabled={resend.isPending} onClick={() => resend.mutate()}>
        <Icon name="refresh" />
        {t('portal.webhooks.resend-dead')}
      </button>
    </span>
  )
}
