import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { Webhook, WebhookHealth } from '../../api-types.ts'
import { Time } from '../../parts/Figures.tsx'
import { Icon } from '../../parts/Icon.tsx'
import { Page } from '../../parts/Page.tsx'
import { numberText } from '../../parts/quantities.ts'
import { Failed, Loading } from '../../parts/Waiting.tsx'
import { Deliveries } from './Deliveries.tsx'
import { TargetHealth } from './TargetHealth.tsx'
import { WebhookActions } from './WebhookActions.tsx'
import { healthQuery, webhookQuery } from './webhook-query.ts'

/** One webhook: how its target is, and what became of each delivery. */
export function WebhookPage() {
  const { t } = useTranslation()
  const { id } = useParams({ strict: false }) as { id: string }
  const webhook = useQuery(webhookQuery(id))
  const health = useQuery(healthQuery(id))
  const crumbs = [{ to: '/webhooks', text: t('portal.webhooks.title') }]
  if (webhook.data === undefined || health.data === undefined) {
    const error = webhook.error ?? health.error
    return (
      <Page title={t('portal.webhooks.title')} crumbs={crumbs}>
        <section className="panel">{error === null ? <Loading /> : <Failed error={error} />}</section>
      </Page>
    )
  }
  return (
    <Page
      title={webhook.data.name}
      crumbs={crumbs}
      actions={<WebhookActions webhook={webhook.data} health={health.data} />}
    >
      <StateNote webhook={webhook.data} health={health.data} />
      <Facts webhook={webhook.data} health={health.data} />
      <Deliveries webhook={webhook.data} health={health.data} />
    </Page>
  )
}

function StateNote({ webhook, health }: { readonly webhook: Webhook; readonly health: WebhookHealth }) {
  const { t } = useTranslation()
  if (webhook.state === 'active') return null
  const isDisabled = webhook.state === 'disabled'
  return (
    <p className={`note ${isDisabled ? 's-faulted' : 's-preparing'}`}>
      <Icon name={isDisabled ? 'warning' : 'pause'} />
      {isDisabled
        ? t('portal.webhooks.disabled-note', { at: webhook.disabledAt, cause: health.cause?.text ?? '–' })
        : t('portal.webhooks.paused-note')}
    </p>
  )
}

function Facts({ webhook, health }: { readonly webhook: Webhook; readonly health: WebhookHealth }) {
  const { t } = useTranslation()
  return (
    <section className="panel" aria-label={t('portal.webhooks.facts')}>
      <div className="ph">
        <h2>{t('portal.webhooks.facts')}</h2>
      </div>
      <dl className="kv ekv kv-wide pb">
        <dt>{t('portal.webhooks.health-head')}</dt>
        <dd>
          <TargetHealth webhook={webhook} health={health} />
          {health.retryAt !== undefined && webhook.state === 'active' && (
            <span className="block t12 dim">{t('portal.webhooks.retry', { at: health.retryAt })}</span>
          )}
        </dd>
        <dt>{t('portal.webhooks.target')}</dt>
        <dd className="mono break">{webhook.url}</dd>
        <dt>{t('portal.webhooks.types')}</dt>
        <dd>{webhook.types.map((type) => t(`portal.webhooks.type.${type}`)).join(', ')}</dd>
        <dt>{t('portal.webhooks.last-success')}</dt>
        <dd>{health.lastSuccessAt === undefined ? t('portal.webhooks.never') : <Time at={health.lastSuccessAt} />}</dd>
        <dt>{t('portal.webhooks.waiting')}</dt>
        <dd>{numberText(health.waiting)}</dd>
        <dt>{t('portal.webhooks.dead')}</dt>
        <dd>{numberText(health.dead)}</dd>
      </dl>
      {webhook.formerSecretUntil !== undefined && (
        <p className="pb mid">{t('portal.webhooks.secret.former', { until: webhook.formerSecretUntil })}</p>
      )}
    </section>
  )
}
