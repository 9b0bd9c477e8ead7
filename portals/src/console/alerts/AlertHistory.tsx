import { useTranslation } from 'react-i18next'
import type { Alert } from '../../api-types.ts'
import { Time } from '../../parts/Figures.tsx'

/** What happened to an alert, the newest first. */
export function AlertHistory({ alert }: { readonly alert: Alert }) {
  const { t } = useTranslation()
  return (
    <section className="col g1" aria-label={t('portal.alerts.history')}>
      <h3 className="t12 dim">{t('portal.alerts.history')}</h3>
      <ol className="list-plain tight">
        {alert.history.toReversed().map((line) => (
          <li key={`${line.at} ${line.what}`} className="row between wrap">
            <span>
              {t(`portal.alerts.line.${line.what}`, {
                by: line.by ?? '',
                severity: line.severity === undefined ? '' : t(`portal.severity.${line.severity}`),
              })}
              {line.note !== undefined && <span className="mid block break">{line.note}</span>}
            </span>
            <span className="dim">
              <Time at={line.at} />
            </span>
          </li>
        ))}
      </ol>
    </section>
  )
}
