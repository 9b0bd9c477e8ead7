import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { get, query } from '../../api.ts'
import type { List, MapStation, Seen, Session } from '../../api-types.ts'
import { numberText } from '../../parts/quantities.ts'
import { Sparkline } from '../../parts/Sparkline.tsx'
import { Stat } from '../../parts/Stat.tsx'
import { StatusShape, useStatusWord } from '../../parts/StatusTag.tsx'
import { evseCounts } from './evse-counts.ts'
import { powerNow } from './power-now.ts'

/** Key figures in one strip; each is a link to what it counts. */
export function FigureStrip({ stations }: { readonly stations: readonly MapStation[] }) {
  const { t } = useTranslation()
  const open = useQuery({
    queryKey: ['sessions', 'open-for-figures'],
    queryFn: () => get<List<Session>>('/v1/sessions?open=true&limit=200&count=true'),
    refetchInterval: 15_000,
  }).data
  const day = useSessionsOfDay()
  const counts = evseCounts(stations)
  const evses = stations.reduce((sum, station) => sum + station.evses.length, 0)
  const powerW = open === undefined ? undefined : powerNow(open.items, stations)
  const history = useHistory(powerW)
  const share = evses === 0 ? undefined : t('portal.map.share', { percent: Math.round((counts.free / evses) * 100) })
  return (
    <section className="panel kfs" aria-label={t('portal.map.figures')}>
      <StateStat seen="free" count={counts.free} note={share} />
      <StateStat
        seen="charging"
        count={counts.charging}
        note={t('portal.map.preparing', { count: counts.preparing })}
      />
      <StateStat seen="faulted" count={counts.faulted} />
      <StateStat seen="offline" count={counts.offline} note={t('portal.map.unknown', { count: counts.unknown })} />
      <Stat
        label={t('portal.map.power')}
        value={powerW === undefined ? '–' : numberText(powerW / 1000, 1)}
        unit="kW"
        note={
          open !== undefined && (open.total ?? 0) > open.items.length
            ? t('portal.map.power-some', { count: open.items.length, all: open.total })
            : t('portal.map.power-note')
        }
        beside={<Sparkline values={history} />}
      />
      <Stat
        label={t('portal.map.sessions')}
        value={open === undefined ? '–' : numberText(open.total ?? open.items.length)}
        note={day === undefined ? undefined : t('portal.map.sessions-day', { count: day })}
        to={{ to: '/sessions', search: { open: 'true' } }}
      />
    </section>
  )
}

function StateStat(props: { readonly seen: Seen; readonly count: number; readonly note?: string | undefined }) {
  const word = useStatusWord()
  return (
    <Stat
      label={
        <>
          <StatusShape seen={props.seen} />
          {word(props.seen)}
        </>
      }
      value={numberText(props.count)}
      note={props.note}
      to={{ to: '/map', search: { seen: props.seen } }}
    />
  )
}

function useSessionsOfDay(): number | undefined {
  return useQuery({
    queryKey: ['sessions', 'last-day'],
    queryFn: () => {
      const from = new Date(Date.now() - 86_400_000).toISOString()
      return get<List<Session>>(`/v1/sessions${query({ from, limit: 1, count: true })}`)
    },
    refetchInterval: 60_000,
  }).data?.total
}

// What was seen since the page opened; nothing is asked for that.
function useHistory(value: number | undefined): readonly number[] {
  const [values, setValues] = useState<readonly number[]>([])
  if (value !== undefined && values[values.length - 1] !== value) setValues([...values.slice(-29), value])
  return values
}
