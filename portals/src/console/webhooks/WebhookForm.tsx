import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '../../api.ts'
import { type MadeWebhook, type Webhook, webhookTypes } from '../../api-types.ts'
import { changedMembers } from '../../parts/changed-members.ts'
import { Field, Tick } from '../../parts/Field.tsx'
import { FormDialog } from '../../parts/FormDialog.tsx'
import { useSendOnce } from '../../send-once.ts'
import { SecretShown } from './SecretShown.tsx'

/** Adds a webhook, or changes one. A new one shows its secret once before it closes. */
export function WebhookForm({ webhook, close }: { readonly webhook?: Webhook; readonly close: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [before] = useState(() => ({
    name: webhook?.name ?? '',
    url: webhook?.url ?? '',
    types: (webhook?.types ?? ['session-record.created']) as readonly string[],
  }))
  const [name, setName] = useState(before.name)
  const [url, setUrl] = useState(before.url)
  const [types, setTypes] = useState(before.types)
  const sendOnce = useSendOnce()
  const save = useMutation({
    mutationFn: () =>
      webhook === undefined
        ? sendOnce<MadeWebhook | Webhook>('/v1/webhooks', { name, url, types })
        : // The same address sent anew would count as a change of the target.
          call<MadeWebhook | Webhook>(
            'PATCH',
            `/v1/webhooks/${webhook.id}`,
            changedMembers(before, { name, url, types }),
          ),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ['webhooks'] })
      if (webhook !== undefined) close()
    },
  })
  if (webhook === undefined && save.data !== undefined)
    return <SecretShown webhook={save.data as MadeWebhook} close={close} />
  const kind = webhook === undefined ? 'add' : 'edit'
  return (
    <FormDialog
      title={t(`portal.webhooks.${kind}.title`)}
      does={t(`portal.webhooks.${kind}.do`)}
      act={save}
      close={close}
      isUnready={types.length === 0}
    >
      <Field
        label={t('portal.webhooks.name')}
        hint={t('portal.webhooks.add.name-hint')}
        required
        value={name}
        onText={setName}
      />
      <Field
        label={t('portal.webhooks.target')}
        hint={t('portal.webhooks.add.url-hint')}
        type="url"
        required
        autoComplete="off"
        spellCheck={false}
        value={url}
        onText={setUrl}
      />
      {webhookTypes.length > 1 && (
        <fieldset className="field">
          <legend className="lab">{t('portal.webhooks.types')}</legend>
          {webhookTypes.map((type) => (
            <Tick
              key={type}
              label={t(`portal.webhooks.type.${type}`)}
              checked={types.includes(type)}
              onChange={(on) => setTypes(on ? [...types, type] : types.filter((other) => other !== type))}
            />
          ))}
        </fieldset>
      )}
    </FormDialog>
  )
}
