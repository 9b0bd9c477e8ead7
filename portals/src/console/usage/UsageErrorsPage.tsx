import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { List, UsageError, UsageState } from '../../api-types.ts'
import { Chips } from '../../parts/Chips.tsx'
import { DataTable } from '../../parts/DataTable.tsx'
import { Choice } from '../../parts/Field.tsx'
import { Money, Time } from '../../parts/Figures.tsx'
import { Icon } from '../../parts/Icon.tsx'
import { usePages } from '../../pages-of-list.ts'
import { Paged } from '../../parts/Paged.tsx'
import { Page } from '../../parts/Page.tsx'
import { energyText, spokenNumber } from '../../parts/quantities.ts'
import { Empty } from '../../parts/Waiting.tsx'
import { KeyHints } from '../KeyHints.tsx'
import { RowLink } from '../RowLink.tsx'
import { type Filters, useFilters } from '../use-filters.ts'
import { useChecks } from './usage-query.ts'
import { UsageStateWord } from './UsageStateWord.tsx'

const states: readonly UsageState[] = ['held', 'accepted', 'corrected', 'superseded', 'noted']

/** What validating usage data found: first what waits for somebody. */
export function UsageErrorsPage() {
  const { t } = useTranslation()
  const { filters, set, clear } = useFilters()
  const state = filters.state ?? 'held'
  // Nothing waits, or nothing was ever found: else it is the filters that hide something.
  const isAll = state === 'all'
  const isPlain = Object.entries(filters).every(([name, value]) => value === undefined || (name === 'state' && isAll))
  const nothing = !isPlain ? 'no-match' : isAll ? 'never' : 'none'
  const list = useErrors({ ...filters, state: isAll ? undefined : state })
  const total = list.pages?.[0]?.total
  return (
    <Page
      title={t('portal.usage.title')}
      beside={
        total === undefined ? undefined : <span className="dim">{t('portal.usage.count', { count: total })}</span>
      }
      actions={
        <Link to="/usage-errors/checks" className="btn">
          <Icon name="gear" />
          {t('portal.usage.checks.title')}
        </Link>
      }
    >
      <UsageFilters filters={filters} state={state} set={set} />
      <section className="panel" aria-label={t('portal.usage.title')}>
        <Paged
          of={list}
          rows={6}
          empty={
            <Empty
              icon={isPlain ? 'check' : 'filter'}
              title={t(`portal.usage.${nothing}.title`)}
              text={t(`portal.usage.${nothing}.text`)}
            >
              {!isPlain && (
                <button type="button" className="btn" onClick={clear}>
                  {t('portal.filter.clear')}
                </button>
              )}
            </Empty>
          }
        >
          {(errors) => <ErrorTable errors={errors} />}
        </Paged>
        <KeyHints
          hints={[
            ['J', 'K', 'portal.keys.move'],
            ['Enter', 'portal.keys.open'],
          ]}
        >
          {t('portal.usage.newest-first')}
        </KeyHints>
      </section>
    </Page>
  )
}

function useErrors(filters: Filters) {
  const { state, check, stationId, sessionId } = filters
  return usePages<List<UsageError>>({
    key: ['usage-errors', filters],
    path: '/v1/usage-errors',
    filters: { state, check, stationId, sessionId, count: true },
    everyMs: () => 30_000,
  })
}

function UsageFilters(props: {
  readonly filters: Filters
  readonly state: string
  readonly set: (change: Filters) => void
}) {
  const { t } = useTranslation()
  const { filters, state, set } = props
  const checks = useChecks().data?.items ?? []
  return (
    <div className="filters">
      <Chips
        label={t('portal.usage.states')}
        chosen={[state]}
        onToggle={(value) => set({ state: value === 'held' ? undefined : value })}
        chips={[...states, 'all'].map((value) => ({ value, text: t(`portal.usage.state.${value}`) }))}
      />
      {(['stationId', 'sessionId'] as const)
        .filter((name) => filters[name] !== undefined)
        .map((name) => (
          <button key={name} type="button" className="chip on" onClick={() => set({ [name]: undefined })}>
            {t(name === 'stationId' ? 'portal.usage.one-station' : 'portal.usage.one-session')}
            <Icon name="cross" size={12} />
            <span className="sr">{t('portal.filter.take-off')}</span>
          </button>
        ))}
      <span className="grow" />
      <Choice
        label={t('portal.usage.check')}
        value={filters.check ?? ''}
        onText={(check) => set({ check: check === '' ? undefined : check })}
        options={[
          { value: '', text: t('portal.usage.any-check') },
          ...checks.map(({ check, about }) => ({ value: check, text: about })),
        ]}
      />
    </div>
  )
}

function ErrorTable({ errors }: { readonly errors: readonly UsageError[] }) {
  const { t } = useTranslation()
  return (
    <DataTable
      label={t('portal.usage.title')}
      rows={errors}
      rowKey={(error) => error.id}
      columns={[
        {
          key: 'session',
          head: t('portal.usage.session'),
          cell: (error) => <RowLink to={`/usage-errors/${error.id}`}>{spokenNumber(error.sessionNumber)}</RowLink>,
        },
        { key: 'state', head: t('portal.usage.state-head'), cell: (error) => <UsageStateWord state={error.state} /> },
        { key: 'reason', head: t('portal.usage.reason'), cell: (error) => <Reasons error={error} /> },
        {
          key: 'where',
          head: t('portal.usage.where'),
          names: true,
          wideOnly: true,
          cell: (error) => (
            <span>
              {spokenNumber(error.stationNumber)} <span className="mid">{error.siteName ?? error.stationName}</span>
            </span>
          ),
        },
        { key: 'found', head: t('portal.usage.found'), cell: (error) => <Time at={error.foundAt} /> },
        {
          key: 'recorded',
          head: t('portal.usage.recorded'),
          number: true,
          cell: (error) => <Figures figures={error.recorded} />,
        },
        {
          key: 'proposed',
          head: t('portal.usage.proposed'),
          number: true,
          cell: (error) =>
            error.proposed === undefined ? (
              <span className="dim">{t('portal.usage.no-proposal-short')}</span>
            ) : (
              <Figures figures={error.proposed} />
            ),
        },
      ]}
    />
  )
}

function Reasons({ error: { findings } }: { readonly error: UsageError }) {
  const { t } = useTranslation()
  return (
    <span>
      {findings[0]?.text}
      {findings.length > 1 && (
        <span className="mid block">{t('portal.usage.more-reasons', { count: findings.length - 1 })}</span>
      )}
    </span>
  )
}

function Figures({ figures: { energyWh, totals } }: { readonly figures: UsageError['recorded'] }) {
  return (
    <span>
      <span className="nowrap">{energyText(energyWh)}</span>
      {totals !== undefined && (
        <span className="mid block">
          <Money money={totals.inclTax} />
        </span>
      )}
    </span>
  )
}
