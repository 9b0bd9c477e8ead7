import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { Alert } from '../../api-types.ts'
import { evidenceRows } from './evidence-text.ts'
import { IncidentBars } from './IncidentBars.tsx'

/** What was seen: figures and words as they were noted, and the way to the frames of that time. */
export function Evidence({ alert }: { readonly alert: Alert }) {
  const { t } = useTranslation()
  const rows = evidenceRows(t, alert.evidence)
  return (
    <section className="col g1" aria-label={t('portal.alerts.evidence')}>
      <h3 className="t12 dim">{t('portal.alerts.evidence')}</h3>
      <IncidentBars alert={alert} />
      {rows.length > 0 && (
        <dl className="kv">
          {rows.map(({ name, label, text }) => (
            <div key={name} className="kv-row">
              <dt>{label}</dt>
              <dd className="break">{text}</dd>
            </div>
          ))}
        </dl>
      )}
      {alert.stationId !== undefined && <Link to={`/stations/${alert.stationId}`}>{t('portal.alerts.log')}</Link>}
    </section>
  )
}
