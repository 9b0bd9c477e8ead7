import { useTranslation } from 'react-i18next'
import type { UsageReading } from '../../api-types.ts'
import { Icon } from '../../parts/Icon.tsx'
import { exactClockText, fullTimeText, numberText, powerText } from '../../parts/quantities.ts'
import { useChecks } from './usage-query.ts'

/** Every reading as it came; those that a check speaks of are marked, with its words. */
export function ReadingsTable({ values }: { readonly values: readonly UsageReading[] }) {
  const { t } = useTranslation()
  const checks = useChecks().data?.items ?? []
  const about = (check: string): string => checks.find((one) => one.check === check)?.about ?? check
  if (values.length === 0) return <p className="pb mid">{t('portal.usage.no-readings')}</p>
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a box that scrolls must be reached by keyboard (WCAG 2.1.1)
    <section className="usage-readings" tabIndex={0} aria-label={t('portal.usage.readings')}>
      <table className="tbl tight stack">
        <thead>
          <tr>
            <th scope="col">{t('portal.usage.stamped')}</th>
            <th scope="col">{t('portal.usage.received')}</th>
            <th scope="col" className="num">
              {t('portal.usage.register')}
            </th>
            <th scope="col" className="num">
              {t('portal.usage.power')}
            </th>
          </tr>
        </thead>
        <tbody>
          {values.map((value) => (
            <tr key={`${value.at} ${value.context}`} className={value.checks.length > 0 ? 'usage-marked' : undefined}>
              <td data-head={t('portal.usage.stamped')}>
                <span>
                  <time dateTime={value.at} title={fullTimeText(value.at)}>
                    {exactClockText(value.at)}
                  </time>{' '}
                  <span className="mid">
                    {t(`portal.usage.context.${value.context}`, { defaultValue: value.context })}
                  </span>
                  {value.checks.map((check) => (
                    <span key={check} className="block warn t12">
                      <Icon name="warning" size={12} /> {about(check)}
                    </span>
                  ))}
                </span>
              </td>
              <td data-head={t('portal.usage.received')}>
                <time dateTime={value.receivedAt} title={fullTimeText(value.receivedAt)} className="mid">
                  {exactClockText(value.receivedAt)}
                </time>
              </td>
              <td className="num" data-head={t('portal.usage.register')}>
                {value.registerWh === undefined ? '–' : `${numberText(value.registerWh)} Wh`}
              </td>
              <td className="num" data-head={t('portal.usage.power')}>
                {value.powerW === undefined ? '–' : powerText(value.powerW)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
