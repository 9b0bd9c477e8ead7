import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { call, get, query } from '../../api.ts'
import type { Alert, AlertSeverity, List } from '../../api-types.ts'
import { Chips } from '../../parts/Chips.tsx'
import { DataTable } from '../../parts/DataTable.tsx'
import { Duration, Time } from '../../parts/Figures.tsx'
import { Icon } from '../../parts/Icon.tsx'
import { Page } from '../../parts/Page.tsx'
import { spokenNumber } from '../../parts/quantities.ts'
import { Severity } from '../../parts/Severity.tsx'
import { Empty, Failed, FormProblem, Loading } from '../../parts/Waiting.tsx'
import { useMay } from '../../session-of-staff.ts'
import { KeyHints } from '../KeyHints.tsx'
import { useKeys } from '../keys.ts'
import { useFilters } from '../use-filters.ts'

const states = ['open', 'acknowledged', 'cleared'] as const
const worst: readonly AlertSeverity[] = ['critical', 'major', 'minor']

/** What needs somebody: worst first, oldest first among equals. */
export function AlertsPage() {
  const { t } = useTranslation()
  const { filters, set } = useFilters()
  const state = filters.state ?? 'open'
  const alerts = useQuery({
    queryKey: ['alerts', state],
    queryFn: ({ signal }) => get<List<Alert>>(`/v1/alerts${query({ state, limit: 200 })}`, signal),
    refetchInterval: 30_000,
  })
  const acknowledge = useAcknowledge()
  const may = useMay()
  useKeys([{ keys: 'a', word: 'portal.alerts.acknowledge', run: () => rowAction()?.click() }])
  const items = (alerts.data?.items ?? []).toSorted(
    (one, other) => worst.indexOf(one.severity) - worst.indexOf(other.severity) || one.since.localeCompare(other.since),
  )
  return (
    <Page title={t('portal.alerts.title')}>
      <div className="filters">
        <Chips
          label={t('portal.alerts.states')}
          chosen={[state]}
          onToggle={(value) => set({ state: value === 'open' ? undefined : value })}
          chips={states.map((value) => ({ value, text: t(`portal.alerts.state.${value}`) }))}
        />
      </div>
      <section className="panel" aria-label={t('portal.alerts.title')}>
        <FormProblem error={acknowledge.error} />
        {alerts.isPending ? (
          <Loading />
        ) : alerts.isError && alerts.data === undefined ? (
          <Failed error={alerts.error} retry={() => void alerts.refetch()} />
        ) : items.length === 0 ? (
          <Empty icon="check" title={t(`portal.alerts.none.${state}`)} text={t('portal.alerts.none.text')} />
        ) : (
          <AlertTable
            alerts={items}
            {...(may('alerts.write') && state === 'open' ? { onTake: (id: string) => acknowledge.mutate(id) } : {})}
          />
        )}
        <KeyHints
          hints={[
            ['J', 'K', 'portal.keys.move'],
            ['Enter', 'portal.keys.open'],
            ['A', 'portal.alerts.acknowledge-hint'],
          ]}
        >
          {t('portal.map.worst-first')}
        </KeyHints>
      </section>
    </Page>
  )
}

function AlertTable(props: { readonly alerts: readonly Alert[]; readonly onTake?: (id: string) => void }) {
  const { t } = useTranslation()
  const { onTake } = props
  return (
    <DataTable
      label={t('portal.alerts.title')}
      rows={props.alerts}
      rowKey={(alert) => alert.id}
      columns={[
        { key: 'severity', head: t('portal.alerts.severity'), cell: (alert) => <Severity severity={alert.severity} /> },
        { key: 'what', head: t('portal.alerts.what'), cell: (alert) => <What alert={alert} /> },
        {
          key: 'since',
          head: t('portal.alerts.since'),
          cell: (alert) => (
            <span>
              <span className="m">
                <Duration since={alert.since} until={alert.clearedAt} />
              </span>
              <span className="dim block">
                <Time at={alert.since} />
              </span>
            </span>
          ),
        },
        {
          key: 'state',
          head: t('portal.alerts.state-head'),
          cell: (alert) => (
            <span>
              <span className="m">{t(`portal.alerts.state.${alert.state}`)}</span>
              {alert.acknowledgedBy !== undefined && <span className="mid block">{alert.acknowledgedBy}</span>}
            </span>
          ),
        },
        ...(onTake === undefined
          ? []
          : [
              {
                key: 'act',
                head: t('portal.alerts.act'),
                cell: (alert: Alert) => (
                  <button type="button" className="btn sm over-row" data-act onClick={() => onTake(alert.id)}>
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
  const { t } = useTranslation()
  const to =
    alert.sessionId !== undefined
      ? `/sessions/${alert.sessionId}`
      : alert.stationId !== undefined
        ? `/stations/${alert.stationId}`
        : undefined
  return (
    <span>
      {to === undefined ? (
        <span className="b">{alert.text}</span>
      ) : (
        <Link to={to} className="row-link ink b" data-row>
          {alert.text}
        </Link>
      )}
      {alert.stationNumber !== undefined && (
        <span className="mid block">{t('portal.alerts.at', { number: spokenNumber(alert.stationNumber) })}</span>
      )}
    </span>
  )
}

/** Data, not current: the row leaves the queue at once and comes back when the server refuses. */
function useAcknowledge() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (id: string) => call<Alert>('POST', `/v1/alerts/${id}/acknowledge`, {}),
    onMutate: (id) => {
      const before = client.getQueryData<List<Alert>>(['alerts', 'open'])
      if (before !== undefined) {
        client.setQueryData<List<Alert>>(['alerts', 'open'], {
          ...before,
          items: before.items.filter((alert) => alert.id !== id),
        })
      }
      return before
    },
    onError: (_error, _id, before) => client.setQueryData(['alerts', 'open'], before),
    onSettled: () => client.invalidateQueries({ queryKey: ['alerts'] }),
  })
}

// The acknowledging button of the row that has the focus.
function rowAction(): HTMLElement | null | undefined {
  return document.activeElement?.closest('tr')?.querySelector<HTMLElement>('[data-act]')
}
