import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { Alert, List } from '../../api-types.ts'
import { Duration } from '../../parts/Figures.tsx'
import { Paged } from '../../parts/Paged.tsx'
import { numberText, spokenNumber } from '../../parts/quantities.ts'
import { usePages } from '../../pages-of-list.ts'

/** The stations of an incident, a page at a time: those that came back too. */
export function IncidentMembers({ id }: { readonly id: string }) {
  const { t } = useTranslation()
  const members = usePages<List<Alert>>({
    key: ['alerts', 'members', id],
    path: '/v1/alerts',
    filters: { incidentId: id, limit: 20, count: true },
    everyMs: () => 30_000,
  })
  const all = members.pages?.[0]?.total ?? 0
  return (
    <section className="col g1" aria-label={t('portal.alerts.members')}>
      <h3 className="t12 dim">
        {t('portal.alerts.members')} {all > 0 && numberText(all)}
      </h3>
      <Paged of={members} rows={3} empty={<p className="mid">{t('portal.none')}</p>}>
        {(alerts) => (
          <ul className="list-plain tight">
            {alerts.map((alert) => (
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
        )}
      </Paged>
    </section>
  )
}
