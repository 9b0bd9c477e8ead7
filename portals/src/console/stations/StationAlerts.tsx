import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { get, query } from '../../api.ts'
import type { Alert, List } from '../../api-types.ts'
import { Time } from '../../parts/Figures.tsx'
import { Severity } from '../../parts/Severity.tsx'
import { RowLink } from '../RowLink.tsx'

/** What is wrong with a station now, and what to do; nothing is shown where nothing is. */
export function StationAlerts({ stationId }: { readonly stationId: string }) {
  const { t } = useTranslation()
  const alerts = useQuery({
    queryKey: ['alerts', 'station', stationId],
    queryFn: ({ signal }) => get<List<Alert>>(`/v1/alerts${query({ stationId, limit: 10 })}`, signal),
    refetchInterval: 30_000,
  }).data?.items
  if (alerts === undefined || alerts.length === 0) return null
  return (
    <section className="panel" aria-label={t('portal.stations.alerts')}>
      <div className="ph">
        <h2>{t('portal.stations.alerts')}</h2>
      </div>
      <ul className="list-plain">
        {alerts.map((alert) => (
          <li key={alert.id} className="col g1">
            <span className="row between wrap">
              <span className="row g2 wrap">
                <Severity severity={alert.severity} />
                <RowLink to="/alerts" search={{ alert: alert.id }} className="b">
                  {alert.text}
                </RowLink>
              </span>
              <span className="dim">
                <Time at={alert.since} />
              </span>
            </span>
            {alert.fault !== undefined && <span className="mid">{alert.fault}</span>}
          </li>
        ))}
      </ul>
    </section>
  )
}
