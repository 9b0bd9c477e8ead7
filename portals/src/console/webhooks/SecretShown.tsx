import { useTranslation } from 'react-i18next'
import type { MadeWebhook } from '../../api-types.ts'
import { Dialog } from '../../parts/Dialog.tsx'
import { CopyField } from '../../parts/CopyField.tsx'

/** A secret is shown once: closed on purpose only. */
export function SecretShown({ webhook, close }: { readonly webhook: MadeWebhook; readonly close: () => void }) {
  const { t } = useTranslation()
  const { formerSecretUntil: until } = webhook
  return (
    <Dialog
      onClose={close}
      title={t('portal.webhooks.secret.title', { name: webhook.name })}
      withCloseButton={false}
      closeOnClickOutside={false}
      closeOnEscape={false}
    >
      <div className="col g3">
        <CopyField
          label={t('portal.webhooks.secret.label')}
          value={webhook.secret}
          hint={t('portal.webhooks.secret.hint')}
        />
        {until !== undefined && <p className="mid">{t('portal.webhooks.secret.former', { until })}</p>}
        <div className="row">
          <button type="button" className="btn main" onClick={close}>
            {t('portal.webhooks.secret.done')}
          </button>
        </div>
      </div>
    </Dialog>
  )
}
