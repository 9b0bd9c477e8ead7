import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { Alert } from '../../api-types.ts'
import { timeText } from '../../parts/quantities.ts'
import { IncidentBars } from './IncidentBars.tsx'

/** These are drawn apart. */
const drawn = new Set(['places', 'lost', 'silent', 'back'])

/** What was seen: figures and words as they were noted, and the way to the frames of that time. */
export function Evidence({ alert }: { readonly alert: Alert }) {
  const { t, i18n } = useTranslation()
  const rows = Object.entries(alert.evidence).filter(([name]) => !drawn.has(name))
  return (
    <section className="col g1" aria-label={t('portal.alerts.evidence')}>
      <h3 className="t12 dim">{t('portal.alerts.evidence')}</h3>
      <IncidentBars alert={alert} />
      {rows.length > 0 && (
        <dl className="kv">
          {rows.map(([name, value]) => (
            <div key={name} className="kv-row">
              <dt>{i18n.exists(`portal.alerts.seen.${name}`) ? t(`portal.alerts.seen.${name}`) : name}</dt>
              <dd className="break">{textOf(value)}</dd>
            </div>
          ))}
        </dl>
      )}
      {alert.stationId !== undefined && <Link to={`/stations/${alert.stationId}`}>{t('portal.alerts.log')}</Link>}
    </section>
  )
}

function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(textOf).join('; ')
  if (typeof value === 'string') return /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value) ? timeText(value) : value
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : JSON.stringify(value)
}
