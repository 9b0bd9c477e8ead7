import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { get, query } from '../../api.ts'
import type { Alert, List } from '../../api-types.ts'
import { Duration } from '../../parts/Figures.tsx'
import { spokenNumber } from '../../parts/quantities.ts'

const shown = 20

/** The stations of an incident that are silent still. */
export function IncidentMembers({ id }: { readonly id: string }) {
  const { t } = useTranslation()
  const members = useQuery({
    queryKey: ['alerts', 'members', id],
    queryFn: ({ signal }) =>
      get<List<Alert>>(`/v1/alerts${query({ incidentId: id, limit: shown, count: true })}`, signal),
    refetchInterval: 30_000,
  }).data
  if (members === undefined || members.items.length === 0) return null
  const more = (members.total ?? 0) - members.items.length
  return (
    <section className="col g1" aria-label={t('portal.alerts.members')}>
      <h3 className="t12 dim">{t('portal.alerts.members')}</h3>
      <ul className="list-plain tight">
        {members.items.map((alert) => (
          <li key={alert.id} className="row between wrap">
            <span>
              <Link to={`/stations/${alert.stationId ?? ''}`}>{spokenNumber(alert.stationNumber ?? '')}</Link>{' '}
              <span className="mid">{alert.stationName ?? alert.siteName}</span>
            </span>
            <span className="dim">
              <Duration since={alert.since} until={alert.clearedAt} />
            </span>
          </li>
        ))}
      </ul>
      {more > 0 && <p className="dim">{t('portal.alerts.more-members', { count: more })}</p>}
    </section>
  )
}
