import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '../../api.ts'
import type { MadeWebhook, Webhook, WebhookHealth } from '../../api-types.ts'
import { Field } from '../../parts/Field.tsx'
import { numberText } from '../../parts/quantities.ts'
import { FormDialog } from '../../parts/FormDialog.tsx'
import { SecretShown } from './SecretShown.tsx'

/** Says what will happen, then shows the new secret once. */
export function RotateSecret({ webhook, close }: { readonly webhook: Webhook; readonly close: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const rotate = useMutation({
    mutationFn: () => call<MadeWebhook>('POST', `/v1/webhooks/${webhook.id}/rotate-secret`, {}),
    onSuccess: () => client.invalidateQueries({ queryKey: ['webhooks'] }),
  })
  if (rotate.data !== undefined) return <SecretShown webhook={rotate.data} close={close} />
  return (
    <FormDialog
      title={t('portal.webhooks.new-secret')}
      does={t('portal.webhooks.new-secret')}
      act={{ ...rotate, mutate: () => rotate.mutate() }}
      close={close}
    >
      <p>{t('portal.webhooks.rotate.text')}</p>
    </FormDialog>
  )
}

/** What waits is lost with it: the name is typed. */
export function RemoveWebhook(props: {
  readonly webhook: Webhook
  readonly health: WebhookHealth
  readonly close: () => void
}) {
  const { webhook, health, close } = props
  const { t } = useTranslation()
  const client = useQueryClient()
  const navigate = useNavigate()
  const [typed, setTyped] = useState('')
  const remove = useMutation({
    mutationFn: () => call('DELETE', `/v1/webhooks/${webhook.id}`),
    async onSuccess() {
      await navigate({ to: '/webhooks' as string })
      client.removeQueries({ queryKey: ['webhooks', webhook.id] })
      void client.invalidateQueries({ queryKey: ['webhooks'] })
    },
  })
  const isTyped = typed.trim() === webhook.name
  const counts = { waiting: numberText(health.waiting), dead: numberText(health.dead) }
  return (
    <FormDialog
      title={t('portal.webhooks.remove-do')}
      does={t('portal.webhooks.remove-do')}
      act={remove}
      close={close}
      isUnready={!isTyped}
      isRisk
    >
      <p>{t('portal.webhooks.remove.text', counts)}</p>
      <Field
        label={t('portal.webhooks.remove.type', { name: webhook.name })}
        autoComplete="off"
        value={typed}
        onText={setTyped}
      />
    </FormDialog>
  )
}
