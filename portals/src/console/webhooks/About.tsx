import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { Delivery } from '../../api-types.ts'
import { spokenNumber } from '../../parts/quantities.ts'

/** What a delivery is about: the session of a record, by its number, or the alert. */
export function About({ delivery }: { readonly delivery: Delivery }) {
  const { t } = useTranslation()
  const { sessionNumber } = delivery
  const [id, revision] = delivery.key.split('/')
  if (delivery.type.startsWith('alert.')) {
    return (
      <Link to={'/alerts' as string} search={{ alert: id } as never} className="over-row">
        {t('portal.webhooks.alert')}
      </Link>
    )
  }
  if (delivery.type !== 'session-record.created') return '–'
  return (
    <span>
      <Link to={`/sessions/${id}`} className="over-row">
        {sessionNumber === undefined
          ? t('portal.sessions.one')
          : t('portal.sessions.numbered', { number: spokenNumber(sessionNumber) })}
      </Link>
      <span className="block t12 mid">{t('portal.webhooks.revision', { revision })}</span>
    </span>
  )
}
