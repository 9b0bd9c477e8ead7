import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { Alert, AlertSeverity, List } from '../../api-types.ts'
import { numberText } from '../../parts/quantities.ts'
import { Chips } from '../../parts/Chips.tsx'
import { Choice } from '../../parts/Field.tsx'
import { usePages } from '../../pages-of-list.ts'
import { Paged } from '../../parts/Paged.tsx'
import { Empty, FormProblem } from '../../parts/Waiting.tsx'
import { useMay } from '../../session-of-staff.ts'
import { allSitesQuery } from '../all-sites.ts'
import { KeyHints } from '../KeyHints.tsx'
import { useKeys } from '../keys.ts'
import { type Filters, useFilters } from '../use-filters.ts'
import { AlertTable } from './AlertTable.tsx'
import { useAcknowledge } from './use-acknowledge.ts'

const states = ['open', 'acknowledged', 'cleared'] as const
const worst: readonly AlertSeverity[] = ['critical', 'major', 'minor']

type Page = List<Alert> & { readonly bySeverity?: Readonly<Record<AlertSeverity, number>> }

/** What needs somebody: worst first, with its filters in the address. */
export function AlertQueue() {
  const { t } = useTranslation()
  const { filters } = useFilters()
  const state = filters.state ?? 'open'
  const alerts = useAlerts(state, filters)
  const acknowledge = useAcknowledge()
  const may = useMay()
  useKeys([{ keys: 'a', word: 'portal.alerts.acknowledge', run: () => rowAction()?.click() }])
  const [first] = alerts.pages ?? []
  return (
    <section className="panel q" aria-label={t('portal.alerts.queue')}>
      <div className="ph">
        <h2>{t('portal.alerts.queue')}</h2>
        {first?.total !== undefined && <span className="dim t12">{numberText(first.total)}</span>}
      </div>
      <QueueFilters state={state} bySeverity={first?.bySeverity} />
      <FormProblem error={acknowledge.error} />
      <Paged of={alerts} empty={<NoAlerts state={state} />}>
        {(items) => (
          <AlertTable
            alerts={items}
            {...(may('alerts.write') && state === 'open' ? { onTake: (id: string) => acknowledge.mutate({ id }) } : {})}
          />
        )}
      </Paged>
      <KeyHints
        hints={[
          ['J', 'K', 'portal.keys.move'],
          ['Enter', 'portal.keys.open'],
          ...(may('alerts.write') ? [['A', 'portal.alerts.acknowledge-hint']] : []),
        ]}
      >
        {t('portal.map.worst-first')}
      </KeyHints>
    </section>
  )
}

/** Nothing needs anybody, or nothing that fits what was chosen. */
function NoAlerts({ state }: { readonly state: string }) {
  const { t } = useTranslation()
  const { filters, set } = useFilters()
  if (filters.severity === undefined && filters.site === undefined) {
    return <Empty icon="check" title={t(`portal.alerts.none.${state}`)} text={t('portal.alerts.none.text')} />
  }
  return (
    <Empty icon="filter" title={t('portal.alerts.no-match')} text={t('portal.alerts.no-match-text')}>
      <button type="button" className="btn" onClick={() => set({ severity: undefined, site: undefined })}>
        {t('portal.filter.clear')}
      </button>
    </Empty>
  )
}

function useAlerts(state: string, { severity, site }: Filters) {
  return usePages<Page>({
    key: ['alerts', state, severity, site],
    path: '/v1/alerts',
    filters: { state, severity, siteId: site, limit: 50, count: true },
    everyMs: () => 30_000,
  })
}

function QueueFilters(props: { readonly state: string; readonly bySeverity: Page['bySeverity'] | undefined }) {
  const { t } = useTranslation()
  const { filters, set } = useFilters()
  const sites = useQuery(allSitesQuery).data ?? []
  return (
    <div className="filters queue-filters">
      <Chips
        label={t('portal.alerts.states')}
        chosen={[props.state]}
        onToggle={(value) => set({ state: value === 'open' ? undefined : value })}
        chips={states.map((value) => ({ value, text: t(`portal.alerts.state.${value}`) }))}
      />
      <Chips
        label={t('portal.alerts.severities')}
        chosen={filters.severity === undefined ? [] : [filters.severity]}
        onToggle={(value) => set({ severity: value === filters.severity ? undefined : value })}
        chips={worst.map((value) => ({
          value,
          text: t(`portal.severity.${value}`),
          // While one is chosen the others are not counted.
          count: filters.severity === undefined ? props.bySeverity?.[value] : undefined,
        }))}
      />
      {sites.length > 0 && (
        <Choice
          label={t('portal.alerts.site')}
          value={filters.site ?? ''}
          onText={(site) => set({ site: site === '' ? undefined : site })}
          options={[
            { value: '', text: t('portal.alerts.all-sites') },
            ...sites.map(({ id, name }) => ({ value: id, text: name })),
          ]}
        />
      )}
    </div>
  )
}

// The acknowledging button of the row that has the focus.
function rowAction(): HTMLElement | null | undefined {
  return document.activeElement?.closest('tr')?.querySelector<HTMLElement>('[data-act]')
}
