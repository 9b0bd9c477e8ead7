import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { get, query } from '../../api.ts'
import type { List, SessionDetail, SessionRecord } from '../../api-types.ts'
import { Duration, Money, Time } from '../../parts/Figures.tsx'
import { Icon } from '../../parts/Icon.tsx'
import { Page } from '../../parts/Page.tsx'
import { PowerCurve } from '../../parts/PowerCurve.tsx'
import { PriceLines } from '../../parts/PriceLines.tsx'
import { clockText, durationText, energyText, powerText, spokenNumber } from '../../parts/quantities.ts'
import { Failed, Loading } from '../../parts/Waiting.tsx'
import { useMay } from '../../session-of-staff.ts'
import { StopSession } from '../stations/EvseColumn.tsx'
import { commandsQuery } from '../stations/station-query.ts'
import { CommandSteps } from '../stations/CommandSteps.tsx'
import { protocolText } from '../stations/station-words.ts'
import { SessionState } from './SessionState.tsx'
import { openStates, sessionQuery } from './session-query.ts'
import { startedByText } from './session-words.ts'

/** One session: energy and money, the curve, each price line, what happened, and the records that were made. */
export function SessionPage() {
  const { t } = useTranslation()
  const { id = '' } = useParams({ strict: false }) as { readonly id?: string }
  const session = useQuery(sessionQuery(id))
  if (session.data !== undefined) return <Loaded key={id} session={session.data} />
  return (
    <Page title={t('portal.sessions.one')} crumbs={[{ to: '/sessions', text: t('portal.sessions.title') }]}>
      <section className="panel">
        {session.isError ? (
          <Failed error={session.error} retry={() => void session.refetch()} />
        ) : (
          <Loading rows={10} />
        )}
      </section>
    </Page>
  )
}

function Loaded({ session }: { readonly session: SessionDetail }) {
  const { t } = useTranslation()
  const may = useMay()
  const isOpen = openStates.includes(session.state)
  return (
    <Page
      title={t('portal.sessions.numbered', { number: spokenNumber(session.number) })}
      beside={<SessionState session={session} />}
      crumbs={[{ to: '/sessions', text: t('portal.sessions.title') }]}
      actions={
        isOpen && may('sessions.write') && <StopSession big sessionId={session.id} stationId={session.stationId} />
      }
    >
      <Strip session={session} />
      {session.flags.map((flag) => (
        <div key={flag} className="note s-preparing">
          <Icon name="flag" />
          <p>
            <b>{t(`portal.sessions.flag.${flag}`, { defaultValue: flag })}.</b>{' '}
            {t(`portal.sessions.flag-note.${flag}`, { defaultValue: '' })}
          </p>
        </div>
      ))}
      <div className="two">
        <div className="col g3 narrow">
          <Section title={t('portal.curve.power')}>
            <div className="pb">
              <PowerCurve values={session.meterValues} label={t('portal.sessions.curve')} height={220} />
            </div>
          </Section>
          <Periods session={session} />
          <History session={session} />
        </div>
        <div className="col g3 narrow">
          <Section
            title={t(session.cost?.soFar === true || isOpen ? 'portal.sessions.cost-so-far' : 'portal.sessions.cost')}
          >
            <Cost session={session} />
          </Section>
          <StopSteps session={session} />
          <Facts session={session} />
          <Records session={session} />
        </div>
      </div>
    </Page>
  )
}

function Section({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section className="panel" aria-label={title}>
      <div className="ph">
        <h2>{title}</h2>
      </div>
      {children}
    </section>
  )
}

function Strip({ session }: { readonly session: SessionDetail }) {
  const { t } = useTranslation()
  const figures: readonly (readonly [string, ReactNode])[] = [
    [t('portal.sessions.energy'), energyText(session.energyWh)],
    [
      t('portal.sessions.cost'),
      session.cost === undefined ? (
        t('portal.sessions.no-price')
      ) : (
        <Money key="money" money={session.cost.totals.inclTax} />
      ),
    ],
    [t('portal.sessions.duration'), <Duration key="length" since={session.startedAt} until={session.endedAt} />],
    [t('portal.sessions.power'), session.powerW === undefined ? '–' : powerText(session.powerW)],
  ]
  return (
    <section className="panel kfs four" aria-label={t('portal.sessions.figures')}>
      {figures.map(([label, value]) => (
        <div key={label} className="kf">
          <span className="t12 mid">{label}</span>
          <span className="kv1">{value}</span>
        </div>
      ))}
    </section>
  )
}

function Cost({ session }: { readonly session: SessionDetail }) {
  const { t } = useTranslation()
  if (session.cost === undefined) return <p className="pb mid">{t('portal.sessions.no-price-note')}</p>
  return (
    <>
      <PriceLines lines={session.lines} totals={session.cost.totals} />
      {session.cost.tariffId !== undefined && (
        <p className="pb t12 mid">
          <Link to={`/tariffs/${session.cost.tariffId}`}>{t('portal.sessions.tariff')}</Link>
          {session.cost.tariffVersion !== undefined &&
            ` ${t('portal.sessions.tariff-version', { version: session.cost.tariffVersion })}`}
        </p>
      )}
    </>
  )
}

/** Stopping is physical: its steps are shown, from the command that carries it out. */
function StopSteps({ session }: { readonly session: SessionDetail }) {
  const { t } = useTranslation()
  const may = useMay()
  const commands = useQuery({ ...commandsQuery(session.stationId), enabled: may('commands.send') }).data
  const command = commands?.items.find(({ sessionId }) => sessionId === session.id)
  if (command === undefined) return null
  return (
    <Section title={t('portal.sessions.command')}>
      <div className="pb">
        <CommandSteps command={command} />
      </div>
    </Section>
  )
}

function Facts({ session }: { readonly session: SessionDetail }) {
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
          <Time at={session.startedAt} />
        </dd>
        {session.endedAt !== undefined && (
          <>
            <dt>{t('portal.sessions.ended')}</dt>
            <dd>
              <Time at={session.endedAt} />
            </dd>
          </>
        )}
        {session.stopReason !== undefined && (
          <>
            <dt>{t('portal.sessions.reason')}</dt>
            <dd>{t(`portal.sessions.stop.${session.stopReason}`, { defaultValue: session.stopReason })}</dd>
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

function Periods({ session }: { readonly session: SessionDetail }) {
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
                {clockText(period.from)}–{clockText(period.to)}
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

function History({ session }: { readonly session: SessionDetail }) {
  const { t } = useTranslation()
  if (session.history.length === 0) return null
  return (
    <Section title={t('portal.sessions.history')}>
      <ol className="list-plain">
        {session.history.map((entry) => (
          <li key={`${entry.at} ${entry.kind} ${entry.state}`} className="row history">
            <span className="mono dim">{clockText(entry.at, true)}</span>
            <span className="m">{t(historyKeys(entry), { defaultValue: entry.state })}</span>
            <span className="mid">{t(`portal.sessions.because.${entry.by}`, { defaultValue: entry.by })}</span>
          </li>
        ))}
      </ol>
    </Section>
  )
}

function Records({ session }: { readonly session: SessionDetail }) {
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
              <span key={hand.to} className="row t12 mid">
                <Icon
                  name={hand.state === 'done' ? 'check' : hand.state === 'failed' ? 'warning' : 'clock'}
                  size={12}
                />
                {t(`portal.sessions.hand.${hand.state}`, {
                  to: t(`portal.sessions.hand-to.${hand.to}`, { defaultValue: hand.to }),
                })}
              </span>
            ))}
          </li>
        ))}
      </ul>
    </Section>
  )
}

function historyKeys({ kind, state }: SessionDetail['history'][number]): string[] {
  return [`portal.sessions.event.${kind}.${state}`, `portal.sessions.${kind === 'flag' ? 'flag' : 'state'}.${state}`]
}

function isUnderWay(record: SessionRecord): boolean {
  return record.handedOn.some(({ state }) => state !== 'done')
}
