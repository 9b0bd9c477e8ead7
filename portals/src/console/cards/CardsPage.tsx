import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '../../api.ts'
import type { IdToken, List } from '../../api-types.ts'
import { DataTable } from '../../parts/DataTable.tsx'
import { Time } from '../../parts/Figures.tsx'
import { Icon } from '../../parts/Icon.tsx'
import { usePages } from '../../pages-of-list.ts'
import { Paged } from '../../parts/Paged.tsx'
import { Page } from '../../parts/Page.tsx'
import { Empty, FormProblem } from '../../parts/Waiting.tsx'
import { useMay } from '../../session-of-staff.ts'
import { FilterText } from '../FilterText.tsx'
import { useFilters } from '../use-filters.ts'
import { AddCard } from './AddCard.tsx'
import { EditCard } from './EditCard.tsx'
import { ListsDefault } from './ListsDefault.tsx'

/** Cards and other tokens; a block is one press and says how far it has reached. */
export function CardsPage() {
  const { t } = useTranslation()
  const may = useMay()
  const { filters, set } = useFilters()
  const [isAdding, setAdding] = useState(false)
  const { q } = filters
  const list = useCards(q)
  return (
    <Page
      title={t('portal.cards.title')}
      actions={
        may('tokens.write') && (
          <button type="button" className="btn main" onClick={() => setAdding(true)}>
            <Icon name="plus" />
            {t('portal.cards.add.title')}
          </button>
        )
      }
    >
      <div className="filters">
        <FilterText label={t('portal.cards.filter')} value={q} onText={(text) => set({ q: text })} />
      </div>
      <section className="panel" aria-label={t('portal.cards.title')}>
        <Paged
          of={list}
          empty={
            <Empty
              icon={q === undefined ? 'card' : 'filter'}
              title={t(q === undefined ? 'portal.cards.none.title' : 'portal.cards.no-match')}
              text={t(q === undefined ? 'portal.cards.none.text' : 'portal.cards.no-match-text')}
            >
              {q !== undefined && (
                <button type="button" className="btn" onClick={() => set({ q: undefined })}>
                  {t('portal.filter.clear')}
                </button>
              )}
            </Empty>
          }
        >
          {(cards) => <CardTable cards={cards} mayWrite={may('tokens.write')} />}
        </Paged>
      </section>
      <p className="note s-charging">
        <Icon name="shield" />
        {t('portal.cards.block-note')}
      </p>
      {may('stations.read') && <ListsDefault />}
      {isAdding && <AddCard close={() => setAdding(false)} />}
    </Page>
  )
}

function CardTable({ cards, mayWrite }: { readonly cards: readonly IdToken[]; readonly mayWrite: boolean }) {
  const { t } = useTranslation()
  return (
    <DataTable
      label={t('portal.cards.title')}
      rows={cards}
      rowKey={(card) => card.id}
      columns={[
        {
          key: 'label',
          head: t('portal.cards.card'),
          names: true,
          cell: (card) => (
            <span>
              <span className="m">{card.label ?? t('portal.cards.nameless')}</span>
              <span className="block mid t12">{t('portal.cards.ends', { last4: card.last4 })}</span>
            </span>
          ),
        },
        { key: 'class', head: t('portal.cards.class'), names: true, wideOnly: true, cell: (card) => card.class ?? '–' },
        { key: 'type', head: t('portal.cards.type'), wideOnly: true, cell: (card) => card.type ?? '–' },
        {
          key: 'group',
          head: t('portal.cards.group'),
          names: true,
          wideOnly: true,
          cell: (card) => (card.groupLast4 === undefined ? '–' : t('portal.cards.ends', { last4: card.groupLast4 })),
        },
        {
          key: 'until',
          head: t('portal.cards.until'),
          wideOnly: true,
          cell: (card) => (card.validUntil === undefined ? t('portal.cards.no-end') : <Time at={card.validUntil} />),
        },
        { key: 'status', head: t('portal.cards.status'), cell: (card) => <Status card={card} /> },
        ...(mayWrite
          ? [{ key: 'act', head: t('portal.alerts.act'), cell: (card: IdToken) => <Act card={card} /> }]
          : []),
      ]}
    />
  )
}

function Status({ card }: { readonly card: IdToken }) {
  const { t } = useTranslation()
  const reach = card.blockedReach
  return (
    <span>
      <span className={`row g1 m ${card.status === 'active' ? '' : 'bad'}`}>
        <Icon name={card.status === 'active' ? 'check' : 'lock'} />
        {t(`portal.cards.state.${card.status}`)}
      </span>
      {card.status === 'blocked' && reach !== undefined && (
        <span className="block t12 mid" aria-live="polite">
          {reach.answered >= reach.stations
            ? t('portal.cards.reached-all', { count: reach.stations })
            : t('portal.cards.reached', { answered: reach.answered, told: reach.told, stations: reach.stations })}
          {reach.failed > 0 && (
            <span className="block bad">{t('portal.cards.reach-failed', { count: reach.failed })}</span>
          )}
        </span>
      )}
    </span>
  )
}

function Act({ card }: { readonly card: IdToken }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [isEditing, setEditing] = useState(false)
  const isActive = card.status === 'active'
  const change = useMutation({
    mutationFn: () => call('PATCH', `/v1/id-tokens/${card.id}`, { status: isActive ? 'blocked' : 'active' }),
    onSettled: () => client.invalidateQueries({ queryKey: ['cards'] }),
  })
  return (
    <span className="row g1 wrap">
      <button type="button" className="btn sm" onClick={() => setEditing(true)}>
        {t('portal.cards.change')}
        <span className="sr">{t('portal.cards.ends', { last4: card.last4 })}</span>
      </button>
      <button
        type="button"
        className={isActive ? 'btn sm risk' : 'btn sm'}
        disabled={change.isPending}
        onClick={() => change.mutate()}
      >
        {t(isActive ? 'portal.cards.block' : 'portal.cards.unblock')}
        <span className="sr">{t('portal.cards.ends', { last4: card.last4 })}</span>
      </button>
      <FormProblem error={change.error} />
      {isEditing && <EditCard card={card} close={() => setEditing(false)} />}
    </span>
  )
}

function isOnItsWay(card: IdToken): boolean {
  const reach = card.blockedReach
  return card.status === 'blocked' && reach !== undefined && reach.answered + reach.failed < reach.stations
}

function useCards(q: string | undefined) {
  return usePages<List<IdToken>>({
    key: ['cards', q],
    path: '/v1/id-tokens',
    filters: { q },
    // While a block is still on its way to stations, how far it has come is asked again.
    everyMs: (pages) => (pages.some(({ items }) => items.some(isOnItsWay)) ? 3_000 : 60_000),
  })
}
