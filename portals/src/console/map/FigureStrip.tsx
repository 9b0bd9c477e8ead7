import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { get } from '../../api.ts'
import type { Figures, MapStation, Seen } from '../../api-types.ts'
import { numberText } from '../../parts/quantities.ts'
import { Sparkline } from '../../parts/Sparkline.tsx'
import { Stat } from '../../parts/Stat.tsx'
import { StatusShape, useStatusWord } from '../../parts/StatusTag.tsx'
import { evseCounts } from './evse-counts.ts'

/** Key figures in one strip; each is a link to what it counts. */
export function FigureStrip({ stations }: { readonly stations: readonly MapStation[] }) {
  const { t } = useTranslation()
  const figures = useQuery({
    queryKey: ['sessions', 'figures'],
    queryFn: ({ signal }) => get<Figures>('/v1/figures', signal),
    refetchInterval: 15_000,
  }).data
  const counts = evseCounts(stations)
  const evses = stations.reduce((sum, station) => sum + station.evses.length, 0)
  const powerW = figures?.powerW
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
        note={t('portal.map.power-note')}
        beside={<Sparkline values={history} />}
      />
      <Stat
        label={t('portal.map.sessions')}
        value={figures === undefined ? '–' : numberText(figures.openSessions)}
        note={figures === undefined ? undefined : t('portal.map.sessions-day', { count: figures.sessionsOfLastDay })}
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

// What was seen since the page opened; nothing is asked for that.
function useHistory(value: number | undefined): readonly number[] {
  const [values, setValues] = useState<readonly number[]>([])
  if (value !== undefined && values[values.length - 1] !== value) setValues([...values.slice(-29), value])
  return values
}
