import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { WebhookListed } from '../../api-types.ts'
import { DataTable } from '../../parts/DataTable.tsx'
import { Icon } from '../../parts/Icon.tsx'
import { Page } from '../../parts/Page.tsx'
import { Paged } from '../../parts/Paged.tsx'
import { numberText } from '../../parts/quantities.ts'
import { Empty } from '../../parts/Waiting.tsx'
import { useMay } from '../../session-of-staff.ts'
import { KeyHints } from '../KeyHints.tsx'
import { RowLink } from '../RowLink.tsx'
import { TargetHealth } from './TargetHealth.tsx'
import { WebhookForm } from './WebhookForm.tsx'
import { useWebhooks } from './webhook-query.ts'

/** Programs outside that are told of events, and how each target is. */
export function WebhooksPage() {
  const { t } = useTranslation()
  const may = useMay()
  const [isAdding, setAdding] = useState(false)
  const list = useWebhooks()
  const add = may('webhooks.write') && (
    <button type="button" className="btn main" onClick={() => setAdding(true)}>
      <Icon name="plus" />
      {t('portal.webhooks.add.title')}
    </button>
  )
  return (
    <Page title={t('portal.webhooks.title')} actions={add}>
      <section className="panel" aria-label={t('portal.webhooks.title')}>
        <Paged
          of={list}
          empty={<Empty icon="link" title={t('portal.webhooks.none.title')} text={t('portal.webhooks.none.text')} />}
        >
          {(webhooks) => <WebhookTable webhooks={webhooks} />}
        </Paged>
        <KeyHints
          hints={[
            ['J', 'K', 'portal.keys.move'],
            ['Enter', 'portal.keys.open'],
          ]}
        />
      </section>
      <p className="note s-charging">
        <Icon name="shield" />
        {t('portal.webhooks.about')}
      </p>
      {isAdding && <WebhookForm close={() => setAdding(false)} />}
    </Page>
  )
}

function WebhookTable({ webhooks }: { readonly webhooks: readonly WebhookListed[] }) {
  const { t } = useTranslation()
  return (
    <DataTable
      label={t('portal.webhooks.title')}
      rows={webhooks}
      rowKey={({ id }) => id}
      columns={[
        {
          key: 'name',
          head: t('portal.webhooks.name'),
          names: true,
          cell: ({ id, name, url }) => (
            <span>
              <RowLink to={`/webhooks/${id}`}>{name}</RowLink>
              <span className="block t12 mid break">{new URL(url).host}</span>
            </span>
          ),
        },
        {
          key: 'health',
          head: t('portal.webhooks.health-head'),
          cell: (webhook) => <TargetHealth webhook={webhook} health={webhook.health} />,
        },
        {
          key: 'waiting',
          head: t('portal.webhooks.waiting'),
          number: true,
          cell: ({ health }) => numberText(health.waiting),
        },
        {
          key: 'dead',
          head: t('portal.webhooks.dead'),
          number: true,
          cell: ({ health }) => (
            <span className={health.dead > 0 ? 'bad m' : undefined}>{numberText(health.dead)}</span>
          ),
        },
      ]}
    />
  )
}
