import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { get, query } from '../api.ts'
import type { IdToken, List, Session, Station } from '../api-types.ts'
import type { IconName } from '../parts/Icon.tsx'
import { spokenNumber } from '../parts/quantities.ts'
import { useMay } from '../session-of-staff.ts'
import { tasks } from './tasks.ts'

export interface Finding {
  readonly key: string
  readonly icon: IconName
  readonly text: string
  readonly note: string
  readonly to: string
  readonly search?: Readonly<Record<string, string>>
}

const mostStations = 6

/** What the palette offers for a text, as far as one may see it: stations, a session of that number, a card of that UID, tasks by name. */
export function useFindings(text: string): readonly Finding[] {
  return [...useStations(text), ...useSession(text), ...useCard(text), ...useTasks(text)]
}

function useStations(q: string): readonly Finding[] {
  const may = useMay()
  const found = useQuery({
    queryKey: ['palette', 'stations', q],
    queryFn: ({ signal }) => get<List<Station>>(`/v1/stations${query({ q, limit: mostStations })}`, signal),
    enabled: q !== '' && may('stations.read'),
    placeholderData: keepPreviousData,
  }).data
  if (q === '') return []
  return (found?.items ?? []).map(({ id, number, name, site, identity }) => ({
    key: id,
    icon: 'plug',
    text: spokenNumber(number),
    note: [name ?? site?.name, identity].filter(Boolean).join(', '),
    to: `/stations/${id}`,
  }))
}

function useSession(q: string): readonly Finding[] {
  const { t } = useTranslation()
  const may = useMay()
  const number = q.replaceAll(/\s/g, '')
  const isNumber = /^\d{1,15}$/.test(number)
  const found = useQuery({
    queryKey: ['palette', 'session', number],
    queryFn: ({ signal }) => get<List<Session>>(`/v1/sessions${query({ number, limit: 1 })}`, signal),
    enabled: isNumber && may('sessions.read'),
  }).data?.items[0]
  if (!isNumber || found === undefined) return []
  return [
    {
      key: found.id,
      icon: 'bolt',
      text: t('portal.sessions.numbered', { number: spokenNumber(found.number) }),
      note: t(`portal.sessions.state.${found.state}`),
      to: `/sessions/${found.id}`,
    },
  ]
}

/** By its whole number only, as it is read out by a driver on the phone. */
function useCard(q: string): readonly Finding[] {
  const { t } = useTranslation()
  const may = useMay()
  const isUid = /^[0-9a-z:\- ]{6,40}$/i.test(q)
  const found = useQuery({
    queryKey: ['palette', 'card', q],
    queryFn: ({ signal }) => get<List<IdToken>>(`/v1/id-tokens${query({ uid: q, limit: 1 })}`, signal),
    enabled: isUid && may('tokens.read'),
    retry: false,
  }).data?.items[0]
  if (!isUid || found === undefined) return []
  return [
    {
      key: found.id,
      icon: 'card',
      text: found.label ?? t('portal.cards.card'),
      note: `${t('portal.cards.ends', { last4: found.last4 })}, ${t(`portal.cards.state.${found.status}`)}`,
      to: '/cards',
      search: { q: found.last4 },
    },
  ]
}

function useTasks(q: string): readonly Finding[] {
  const { t } = useTranslation()
  const may = useMay()
  if (q === '') return []
  const wanted = q.toLocaleLowerCase()
  return tasks
    .filter(({ right, word }) => may(right) && t(word).toLocaleLowerCase().startsWith(wanted))
    .map(({ id, icon, word, pages }) => ({
      key: id,
      icon,
      text: t(word),
      note: t('portal.shell.task'),
      to: pages[0].path,
    }))
}
