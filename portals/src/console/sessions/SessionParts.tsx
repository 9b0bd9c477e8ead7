import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { get, query } from '../../api.ts'
import type { List, SessionDetail, SessionRecord } from '../../api-types.ts'
import { Time } from '../../parts/Figures.tsx'
import { Icon } from '../../parts/Icon.tsx'
import {
  clockText,
  dayText,
  durationText,
  energyText,
  fullTimeText,
  spokenNumber,
  timeText,
} from '../../parts/quantities.ts'
import { useMay } from '../../session-of-staff.ts'
import { protocolText } from '../stations/station-words.ts'
import { endText, startedByText } from './session-words.ts'

export function Section({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section className="panel" aria-label={title}>
      <div className="ph">
        <h2>{title}</h2>
      </div>
      {children}
    </section>
  )
}

export function Facts({ session }: { readonly session: SessionDetail }) {
  const { t } = useTranslation()
  return (
    <Section title={t('portal.sessions.facts')}>
      <dl className="kv ekv pb">
        <dt>{t('portal.stations.number')}</dt>
        <dd>
          <Link to={`/stations/${session.stationId}`}>{spokenNumber(session.stationNumber)}</Link>{' '}
          {t('portal.stations.evse', { id: session.evseId })}
        </dd>
        {session.siteName !== undefined && (
          <>
            <dt>{t('portal.stations.site')}</dt>
            <dd>{session.siteName}</dd>
          </>
        )}
        <dt>{t('portal.sessions.started-by')}</dt>
        <dd>{startedByText(t, session.startedBy)}</dd>
        <dt>{t('portal.sessions.started')}</dt>
        <dd>
          <Time isWhole at={session.startedAt} />
        </dd>
        {session.endedAt !== undefined && (
          <>
            <dt>{t('portal.sessions.ended')}</dt>
            <dd>
              <Time isWhole at={session.endedAt} />
            </dd>
          </>
        )}
        {session.stopReason !== undefined && (
          <>
            <dt>{t('portal.sessions.reason')}</dt>
            <dd>{endText(t, session.stopReason)}</dd>
          </>
        )}
        {session.chargingSeconds !== undefined && (
          <>
            <dt>{t('portal.sessions.charging-parking')}</dt>
            <dd>
              {durationText(session.chargingSeconds)}, {durationText(session.parkingSeconds ?? 0)}
            </dd>
          </>
        )}
        <dt>{t('portal.stations.speaks')}</dt>
        <dd>{protocolText(t, session.protocol)}</dd>
        {session.transactionNumber !== undefined && (
          <>
            <dt>{t('portal.sessions.transaction')}</dt>
            <dd className="mono break">{session.transactionNumber}</dd>
          </>
        )}
      </dl>
    </Section>
  )
}

export function Periods({ session }: { readonly session: SessionDetail }) {
  const { t } = useTranslation()
  if (session.periods.length === 0) return null
  return (
    <Section title={t('portal.sessions.periods')}>
      <table className="tbl tight">
        <thead>
          <tr>
            <th scope="col">{t('portal.sessions.period')}</th>
            <th scope="col">{t('portal.sessions.period-state')}</th>
            <th scope="col" className="num">
              {t('portal.sessions.energy')}
            </th>
          </tr>
        </thead>
        <tbody>
          {session.periods.map((period) => (
            <tr key={period.from}>
              <td>
                {timeText(period.from)}–{clockText(period.to)}
              </td>
              <td>{t(`portal.sessions.period-${period.state}`, { defaultValue: period.state })}</td>
              <td className="num">{energyText(period.energyWh)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Section>
  )
}

export function History({ session }: { readonly session: SessionDetail }) {
  const { t } = useTranslation()
  if (session.history.length === 0) return null
  return (
    <Section title={t('portal.sessions.history')}>
      <ol className="list-plain">
        {session.history.map((entry, index) => (
          <li key={`${entry.at} ${entry.kind} ${entry.state}`} className="row history">
            <time className="mono dim" dateTime={entry.at} title={fullTimeText(entry.at)}>
              {isNewDay(session.history[index - 1]?.at ?? session.startedAt, entry.at) && `${dayText(entry.at)}, `}
              {clockText(entry.at, true)}
            </time>
            <span className="m">{t(historyKeys(entry), { defaultValue: entry.state })}</span>
            <span className="mid">{t(`portal.sessions.because.${entry.by}`, { defaultValue: entry.by })}</span>
          </li>
        ))}
      </ol>
    </Section>
  )
}

export function Records({ session }: { readonly session: SessionDetail }) {
  const { t } = useTranslation()
  const records = useQuery({
    queryKey: ['session-records', session.id, session.records.length],
    queryFn: () => get<List<SessionRecord>>(`/v1/session-records${query({ sessionId: session.id })}`),
    enabled: session.records.length > 0,
    // Until it has been taken.
    refetchInterval: ({ state }) => (state.data?.items.some(isUnderWay) === true ? 3000 : false),
  }).data?.items
  if (records === undefined || records.length === 0) return null
  return (
    <Section title={t('portal.sessions.records')}>
      <ul className="list-plain">
        {records.map((record) => (
          <li key={record.revision} className="col g1">
            <span className="row between wrap">
              <span className="m">
                {t('portal.sessions.revision', { revision: record.revision })}
                {record.revision > 1 || record.estimated ? `, ${t(`portal.sessions.made.${record.reason}`)}` : ''}
              </span>
              <span className="dim">
                <Time at={record.createdAt} />
              </span>
            </span>
            {record.handedOn.map((hand) => (
              <HandedOn key={`${hand.to} ${hand.webhookId ?? ''}`} hand={hand} />
            ))}
            {record.handedOn.some(({ state }) => state === 'held') && (
              <Link to="/usage-errors" search={{ sessionId: record.sessionId } as never} className="t12">
                {t('portal.sessions.decide')}
              </Link>
            )}
          </li>
        ))}
      </ul>
    </Section>
  )
}

/** To the built-in billing, or to a webhook whose delivery one may read. */
function HandedOn({ hand }: { readonly hand: SessionRecord['handedOn'][number] }) {
  const { t } = useTranslation()
  const may = useMay()
  const to = hand.name ?? t(`portal.sessions.hand-to.${hand.to}`, { defaultValue: hand.to })
  const isGivenUp = hand.to === 'webhook' && hand.state === 'failed'
  const words = t(isGivenUp ? 'portal.sessions.hand.given-up' : `portal.sessions.hand.${hand.state}`, { to })
  return (
    <span className="row t12 mid">
      <Icon name={hand.state === 'done' ? 'check' : hand.state === 'failed' ? 'warning' : 'clock'} size={12} />
      {hand.webhookId !== undefined && hand.deliveryId !== undefined && may('webhooks.read') ? (
        <Link to={`/webhooks/${hand.webhookId}`} search={{ delivery: hand.deliveryId } as never}>
          {words}
        </Link>
      ) : (
        words
      )}
    </span>
  )
}

function isUnderWay(record: SessionRecord): boolean {
  return record.handedOn.some(({ state }) => state === 'waiting' || state === 'held')
}

// The day stands where it is not the one before.
function isNewDay(before: string, at: string): boolean {
  return dayText(before) !== dayText(at)
}

function historyKeys({ kind, state }: SessionDetail['history'][number]): string[] {
  return [`portal.sessions.event.${kind}.${state}`, `portal.sessions.${kind === 'flag' ? 'flag' : 'state'}.${state}`]
}
