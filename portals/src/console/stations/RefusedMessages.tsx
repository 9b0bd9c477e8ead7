import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { get } from '../../api.ts'
import type { List, RefusedMessage } from '../../api-types.ts'
import { Time } from '../../parts/Figures.tsx'

/** What the station said that no schema takes, with the reason; nothing is shown where there is none. */
export function RefusedMessages({ stationId }: { readonly stationId: string }) {
  const { t } = useTranslation()
  const messages = useQuery({
    queryKey: ['refused-messages', stationId],
    queryFn: () => get<List<RefusedMessage>>(`/v1/stations/${stationId}/refused-messages?limit=20`),
    refetchInterval: 60_000,
  }).data?.items
  if (messages === undefined || messages.length === 0) return null
  return (
    <section className="panel" aria-label={t('portal.stations.refused.title')}>
      <div className="ph">
        <h2>{t('portal.stations.refused.title')}</h2>
        <span className="dim t12">{t('portal.stations.refused.text')}</span>
      </div>
      <ul className="list-plain">
        {messages.map((message) => (
          <li key={message.id} className="col g1">
            <span className="row between wrap">
              <span className="m">{message.action ?? t('portal.stations.refused.unread')}</span>
              <span className="dim">
                <Time at={message.at} />
              </span>
            </span>
            <span className="bad break">{message.why}</span>
            <details>
              <summary className="t12 dim">{t('portal.stations.log.request')}</summary>
              <pre className="mono pre">{message.text}</pre>
            </details>
          </li>
        ))}
      </ul>
    </section>
  )
}
