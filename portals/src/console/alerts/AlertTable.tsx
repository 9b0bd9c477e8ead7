import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { Alert } from '../../api-types.ts'
import { DataTable } from '../../parts/DataTable.tsx'
import { Duration, Time } from '../../parts/Figures.tsx'
import { Icon } from '../../parts/Icon.tsx'
import { timeText } from '../../parts/quantities.ts'
import { Severity } from '../../parts/Severity.tsx'
import { useFilters } from '../use-filters.ts'
import { IncidentBars } from './IncidentBars.tsx'
import { usePlace } from './use-place.ts'

/** Alerts as rows; each opens its detail. */
export function AlertTable(props: { readonly alerts: readonly Alert[]; readonly onTake?: (id: string) => void }) {
  const { t } = useTranslation()
  const { filters } = useFilters()
  const { onTake } = props
  return (
    <DataTable
      label={t('portal.alerts.queue')}
      rows={props.alerts}
      rowKey={(alert) => alert.id}
      isCurrent={(alert) => alert.id === filters.alert}
      columns={[
        { key: 'severity', head: t('portal.alerts.severity'), cell: (alert) => <Severity severity={alert.severity} /> },
        { key: 'what', head: t('portal.alerts.what'), names: true, cell: (alert) => <What alert={alert} /> },
        { key: 'since', head: t('portal.alerts.since'), cell: (alert) => <Since alert={alert} /> },
        { key: 'state', head: t('portal.alerts.state-head'), names: true, cell: (alert) => <State alert={alert} /> },
        ...(onTake === undefined
          ? []
          : [
              {
                key: 'act',
                head: t('portal.alerts.act'),
                cell: (alert: Alert) => (
                  <button
                    type="button"
                    className="btn sm over-row"
                    data-act
                    onClick={({ currentTarget }) => {
                      keepPlace(currentTarget)
                      onTake(alert.id)
                    }}
                  >
                    <Icon name="check" />
                    {t('portal.alerts.acknowledge')}
                    <span className="sr">{alert.text}</span>
                  </button>
                ),
              },
            ]),
      ]}
    />
  )
}

function What({ alert }: { readonly alert: Alert }) {
  const { filters } = useFilters()
  const place = usePlace()
  return (
    <span>
      <Link
        to={'/alerts' as string}
        search={{ ...filters, alert: alert.id } as never}
        resetScroll={false}
        className="row-link ink b"
        data-row
      >
        {alert.text}
      </Link>
      {alert.fault !== undefined && <span className="block">{alert.fault}</span>}
      <span className="mid block">{place(alert)}</span>
      {alert.kind === 'stations-lost' && <IncidentBars alert={alert} />}
    </span>
  )
}

function Since({ alert }: { readonly alert: Alert }) {
  return (
    <span>
      <span className="m">
        <Duration since={alert.since} until={alert.clearedAt} />
      </span>
      <span className="dim block">
        <Time at={alert.since} />
      </span>
    </span>
  )
}

function State({ alert }: { readonly alert: Alert }) {
  const { t } = useTranslation()
  return (
    <span>
      <span className="m">{t(`portal.alerts.state.${alert.state}`)}</span>
      {alert.acknowledgedBy !== undefined && <span className="mid block">{alert.acknowledgedBy}</span>}
      {alert.flapping && (
        <span className="mid block">
          {t('portal.alerts.flapping')}
          {alert.calmAt !== undefined && `, ${t('portal.alerts.calm', { time: timeText(alert.calmAt) })}`}
        </span>
      )}
      {alert.count > 1 && <span className="dim block nowrap">{t('portal.alerts.times', { count: alert.count })}</span>}
    </span>
  )
}

/** The row is about to go: the focus goes to the one after it, else to the one before, so that the next key works on. */
function keepPlace(button: HTMLElement): void {
  const row = button.closest('tr')
  const near = row?.nextElementSibling ?? row?.previousElementSibling
  const next = near?.querySelector<HTMLElement>('[data-row]') ?? document.querySelector<HTMLElement>('#page')
  next?.focus()
}
