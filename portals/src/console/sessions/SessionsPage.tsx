import { useSuspenseQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { List, Session } from '../../api-types.ts'
import { Chips } from '../../parts/Chips.tsx'
import { DataTable } from '../../parts/DataTable.tsx'
import { Choice, Field } from '../../parts/Field.tsx'
import { Duration, Money, Time } from '../../parts/Figures.tsx'
import { Icon } from '../../parts/Icon.tsx'
import { usePages } from '../../pages-of-list.ts'
import { Paged } from '../../parts/Paged.tsx'
import { Page } from '../../parts/Page.tsx'
import { energyText, spokenNumber } from '../../parts/quantities.ts'
import { Empty } from '../../parts/Waiting.tsx'
import { dayEnd, dayStart } from '../../parts/zoned.ts'
import { meQuery } from '../../session-of-staff.ts'
import { KeyHints } from '../KeyHints.tsx'
import { RowLink } from '../RowLink.tsx'
import { type Filters, useFilters } from '../use-filters.ts'
import { DownloadSessions } from './DownloadSessions.tsx'
import { SessionState } from './SessionState.tsx'
import { startedByText } from './session-words.ts'

/** Sessions, newest first; the filters stand in the address. */
export function SessionsPage() {
  const { t } = useTranslation()
  const { filters, set, clear } = useFilters()
  // Days are those of the network, wherever one sits.
  const zone = useSuspenseQuery(meQuery).data.tenant.timeZone
  const asked = askedBy(filters, zone)
  const list = usePages<List<Session>>({
    key: ['sessions-list', filters],
    path: '/v1/sessions',
    filters: { ...asked, count: true },
    everyMs: () => 10_000,
  })
  const total = list.pages?.[0]?.total
  const isFiltered = Object.values(filters).some(Boolean)
  return (
    <Page
      title={t('portal.sessions.title')}
      beside={
        total === undefined ? undefined : <span className="dim">{t('portal.sessions.count', { count: total })}</span>
      }
      actions={total !== undefined && total > 0 && <DownloadSessions filters={asked} total={total} zone={zone} />}
    >
      <SessionFilters filters={filters} set={set} />
      <section className="panel" aria-label={t('portal.sessions.title')}>
        <Paged
          of={list}
          rows={8}
          empty={
            <Empty
              icon={isFiltered ? 'filter' : 'bolt'}
              title={t(isFiltered ? 'portal.sessions.no-match.title' : 'portal.sessions.none.title')}
              text={t(isFiltered ? 'portal.sessions.no-match.text' : 'portal.sessions.none.text')}
            >
              {isFiltered && (
                <button type="button" className="btn" onClick={clear}>
                  {t('portal.filter.clear')}
                </button>
              )}
            </Empty>
          }
        >
          {(sessions) => <SessionTable sessions={sessions} />}
        </Paged>
        <KeyHints
          hints={[
            ['J', 'K', 'portal.keys.move'],
            ['Enter', 'portal.keys.open'],
            ['/', 'portal.keys.filter'],
          ]}
        >
          {t('portal.sessions.newest-first')}
        </KeyHints>
      </section>
    </Page>
  )
}

function askedBy({ open, state, flag, stationId, from, to }: Filters, zone: string) {
  return { open, state, flag, stationId, from: dayStart(from, zone), to: dayEnd(to, zone) }
}

const flags: readonly Session['flags'][number][] = [
  'no-tariff',
  'estimated',
  'not-authorised',
  'no-energy',
  'over-limit',
  'end-lost',
  'orphan',
  'gap',
  'clock-corrected',
  'register-backwards',
  'reading-differs',
  'numbers-repeated',
  'implausible-energy',
  'begin-reading-missing',
  'stop-before-start',
  'stop-without-number',
  'corrected',
]

function SessionFilters({ filters, set }: { readonly filters: Filters; readonly set: (change: Filters) => void }) {
  const { t } = useTranslation()
  const chosen = filters.open === 'true' ? 'open' : filters.state === 'ended' ? 'ended' : ''
  function toggle(value: string) {
    const next = value === chosen ? '' : value
    set({ open: next === 'open' ? 'true' : undefined, state: next === 'ended' ? 'ended' : undefined })
  }
  return (
    <div className="filters">
      <Chips
        label={t('portal.sessions.filter')}
        chosen={chosen === '' ? [] : [chosen]}
        onToggle={toggle}
        chips={['open', 'ended'].map((value) => ({ value, text: t(`portal.sessions.filter-${value}`) }))}
      />
      {filters.stationId !== undefined && (
        <button type="button" className="chip on" onClick={() => set({ stationId: undefined })}>
          {t('portal.sessions.one-station')}
          <Icon name="cross" size={12} />
          <span className="sr">{t('portal.filter.take-off')}</span>
        </button>
      )}
      <span className="grow" />
      <Choice
        label={t('portal.sessions.flag-filter')}
        value={filters.flag ?? ''}
        onText={(flag) => set({ flag: flag === '' ? undefined : flag })}
        options={[
          { value: '', text: t('portal.sessions.flag-any') },
          ...flags.map((value) => ({ value, text: t(`portal.sessions.flag.${value}`) })),
        ]}
      />
      <Field
        label={t('portal.sessions.from')}
        type="date"
        value={filters.from ?? ''}
        onText={(from) => set({ from: from === '' ? undefined : from })}
      />
      <Field
        label={t('portal.sessions.to')}
        type="date"
        value={filters.to ?? ''}
        onText={(to) => set({ to: to === '' ? undefined : to })}
      />
    </div>
  )
}

function SessionTable({ sessions }: { readonly sessions: readonly Session[] }) {
  const { t } = useTranslation()
  return (
    <DataTable
      label={t('portal.sessions.title')}
      rows={sessions}
      rowKey={(session) => session.id}
      columns={[
        {
          key: 'number',
          head: t('portal.sessions.number'),
          cell: (session) => <RowLink to={`/sessions/${session.id}`}>{spokenNumber(session.number)}</RowLink>,
        },
        { key: 'state', head: t('portal.sessions.state-head'), cell: (session) => <SessionState session={session} /> },
        {
          key: 'where',
          head: t('portal.sessions.where'),
          names: true,
          cell: (session) => (
            <span>
              {spokenNumber(session.stationNumber)}{' '}
              <span className="mid">{session.siteName ?? session.stationName}</span>
            </span>
          ),
        },
        {
          key: 'by',
          head: t('portal.sessions.started-by'),
          wideOnly: true,
          cell: (session) => <span className="mid">{startedByText(t, session.startedBy)}</span>,
        },
        { key: 'started', head: t('portal.sessions.started'), cell: (session) => <Time at={session.startedAt} /> },
        {
          key: 'duration',
          head: t('portal.sessions.duration'),
          number: true,
          wideOnly: true,
          cell: (session) => <Duration since={session.startedAt} until={session.endedAt} />,
        },
        {
          key: 'energy',
          head: t('portal.sessions.energy'),
          number: true,
          cell: (session) => energyText(session.energyWh),
        },
        {
          key: 'cost',
          head: t('portal.sessions.cost'),
          number: true,
          cell: (session) =>
            session.cost === undefined ? (
              <span className="dim">{t('portal.sessions.no-price')}</span>
            ) : (
              <Money money={session.cost.totals.inclTax} />
            ),
        },
      ]}
    />
  )
}
