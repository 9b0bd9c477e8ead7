import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { SessionDetail } from '../../api-types.ts'
import { Ago, Duration, Money, Time } from '../../parts/Figures.tsx'
import { Icon } from '../../parts/Icon.tsx'
import { Page } from '../../parts/Page.tsx'
import { PowerCurve } from '../../parts/PowerCurve.tsx'
import { PriceLines } from '../../parts/PriceLines.tsx'
import { energyText, powerText, spokenNumber } from '../../parts/quantities.ts'
import { Failed, Loading } from '../../parts/Waiting.tsx'
import { useMay } from '../../session-of-staff.ts'
import { StopSession } from '../stations/EvseColumn.tsx'
import { commandsQuery, stationQuery } from '../stations/station-query.ts'
import { CommandSteps } from '../stations/CommandSteps.tsx'
import { Facts, History, Periods, Records, Section } from './SessionParts.tsx'
import { SessionState } from './SessionState.tsx'
import { openStates, sessionQuery } from './session-query.ts'

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
        // Where only the meter is waited for there is nothing to stop.
        isOpen &&
        session.state !== 'waiting-for-meter' &&
        may('sessions.write') && <StopSession big sessionId={session.id} stationId={session.stationId} />
      }
    >
      {isOpen && may('stations.read') && <StationAway stationId={session.stationId} />}
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

/** The session goes on where its station is not heard: what stands here is as it was told last. */
function StationAway({ stationId }: { readonly stationId: string }) {
  const { t } = useTranslation()
  const connection = useQuery(stationQuery(stationId)).data?.connection
  if (connection === undefined || connection.state === 'connected') return null
  const { since } = connection
  return (
    <div className="note s-offline">
      <Icon name="no-signal" />
      <p>
        <b>
          {t('portal.sessions.station-away')}
          {since !== undefined && (
            <>
              {' '}
              {t('portal.stations.since')} <Time at={since} />
            </>
          )}
          .
        </b>{' '}
        {t('portal.sessions.station-away-note')}
      </p>
    </div>
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
    [t('portal.sessions.power'), <LastPower key="power" session={session} />],
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

/** What flowed, and when it was told: a station that is away tells no more. */
function LastPower({ session }: { readonly session: SessionDetail }) {
  const { t } = useTranslation()
  const at = session.meterValues.findLast(({ powerW }) => powerW !== undefined)?.at
  if (session.powerW === undefined) return '–'
  return (
    <>
      {powerText(session.powerW)}
      {at !== undefined && (
        <span className="block t12 dim">
          {t('portal.sessions.told')} <Ago at={at} />
        </span>
      )}
    </>
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
