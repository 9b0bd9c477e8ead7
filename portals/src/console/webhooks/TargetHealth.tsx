import { useTranslation } from 'react-i18next'
import type { Webhook, WebhookHealth } from '../../api-types.ts'
import { Icon, type IconName } from '../../parts/Icon.tsx'

const icons: Readonly<Record<WebhookHealth['state'], IconName>> = {
  unused: 'clock',
  well: 'check',
  failing: 'warning',
  down: 'no-signal',
}

/** How a target is, as icon and word, with its cause where it is not well. A webhook that does not send says so first. */
export function TargetHealth({ webhook, health }: { readonly webhook: Webhook; readonly health: WebhookHealth }) {
  const { t } = useTranslation()
  if (webhook.state !== 'active') {
    return (
      <span className={`row g1 m ${webhook.state === 'disabled' ? 'bad' : ''}`}>
        <Icon name={webhook.state === 'disabled' ? 'warning' : 'pause'} />
        {t(`portal.webhooks.state.${webhook.state}`)}
      </span>
    )
  }
  const isIll = health.state === 'failing' || health.state === 'down'
  return (
    <span>
      <span className={`row g1 m ${isIll ? 'bad' : health.state === 'well' ? 'ok' : ''}`}>
        <Icon name={icons[health.state]} />
        {t(`portal.webhooks.health.${health.state}`)}
      </span>
      {isIll && health.cause !== undefined && <span className="block t12 mid break">{health.cause.text}</span>}
      {isIll && health.since !== undefined && (
        <span className="block t12 dim">{t('portal.webhooks.since', { at: health.since })}</span>
      )}
    </span>
  )
}
