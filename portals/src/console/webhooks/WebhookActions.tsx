import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '../../api.ts'
import type { Delivery, Webhook, WebhookHealth } from '../../api-types.ts'
import { Icon } from '../../parts/Icon.tsx'
import { FormProblem } from '../../parts/Waiting.tsx'
import { useMay } from '../../session-of-staff.ts'
import { RemoveWebhook, RotateSecret } from './RiskyChanges.tsx'
import { WebhookForm } from './WebhookForm.tsx'
import { deliveryQuery, testRefetchMs } from './webhook-query.ts'

type Open = 'edit' | 'rotate' | 'remove'

/** What may be done with a webhook, by who may. */
export function WebhookActions({ webhook, health }: { readonly webhook: Webhook; readonly health: WebhookHealth }) {
  const { t } = useTranslation()
  const may = useMay()
  const [open, setOpen] = useState<Open>()
  const close = () => setOpen(undefined)
  const client = useQueryClient()
  const turn = useMutation({
    mutationFn: (state: 'active' | 'paused') => call('PATCH', `/v1/webhooks/${webhook.id}`, { state }),
    onSettled: () => client.invalidateQueries({ queryKey: ['webhooks'] }),
  })
  const isActive = webhook.state === 'active'
  return (
    <div className="row wrap">
      {may('webhooks.resend') && isActive && <TestButton webhook={webhook} />}
      {may('webhooks.write') && (
        <>
          <button
            type="button"
            className="btn"
            disabled={turn.isPending}
            onClick={() => turn.mutate(isActive ? 'paused' : 'active')}
          >
            <Icon name={isActive ? 'pause' : 'play'} />
            {t(isActive ? 'portal.webhooks.pause' : 'portal.webhooks.resume')}
          </button>
          <button type="button" className="btn" onClick={() => setOpen('edit')}>
            {t('portal.webhooks.change')}
          </button>
          <button type="button" className="btn" onClick={() => setOpen('rotate')}>
            {t('portal.webhooks.new-secret')}
          </button>
          <button type="button" className="btn risk" onClick={() => setOpen('remove')}>
            {t('portal.webhooks.remove-do')}
          </button>
        </>
      )}
      <FormProblem error={turn.error} />
      {open === 'edit' && <WebhookForm webhook={webhook} close={close} />}
      {open === 'rotate' && <RotateSecret webhook={webhook} close={close} />}
      {open === 'remove' && <RemoveWebhook webhook={webhook} health={health} close={close} />}
    </div>
  )
}

/** Sends a test and says what became of it. */
function TestButton({ webhook }: { readonly webhook: Webhook }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const test = useMutation({
    mutationFn: () => call<Delivery>('POST', `/v1/webhooks/${webhook.id}/test`, {}),
    onSuccess: () => client.invalidateQueries({ queryKey: ['webhooks', webhook.id] }),
  })
  const sent = useQuery({
    ...deliveryQuery(webhook.id, test.data?.id ?? ''),
    enabled: test.data !== undefined,
    refetchInterval: ({ state }) => testRefetchMs(state.data?.attempts, state.dataUpdateCount + state.errorUpdateCount),
  })
  const delivery = sent.data ?? test.data
  const words =
    delivery === undefined
      ? undefined
      : delivery.state === 'delivered'
        ? t('portal.webhooks.tested.delivered')
        : delivery.attempts === 0
          ? t('portal.webhooks.tested.waiting')
          : t('portal.webhooks.tested.not', { cause: delivery.cause?.text ?? '–' })
  return (
    <>
      <output className="mid">{words}</output>
      <FormProblem error={test.error} />
      <button type="button" className="btn" disabled={test.isPending} onClick={() => test.mutate()}>
        <Icon name="pulse" />
        {t('portal.webhooks.test')}
      </button>
    </>
  )
}
