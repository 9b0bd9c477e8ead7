import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { call } from '../../api.ts'
import type { Evse, SessionDetail, Station } from '../../api-types.ts'
import { Duration, Money, Time } from '../../parts/Figures.tsx'
import { Icon } from '../../parts/Icon.tsx'
import { PowerCurve } from '../../parts/PowerCurve.tsx'
import { energyText, numberText, spokenNumber } from '../../parts/quantities.ts'
import { StatusTag } from '../../parts/StatusTag.tsx'
import { FormProblem } from '../../parts/Waiting.tsx'
import { useMay } from '../../session-of-staff.ts'
import { sessionQuery } from '../sessions/session-query.ts'
import { startedByText } from '../sessions/session-words.ts'
import { connectorText } from '../../parts/connector-text.ts'
import { Unlock } from './Unlock.tsx'

/** One EVSE: its state, its power, the session on it, and what can be done here. */
export function EvseColumn({ station, evse }: { readonly station: Station; readonly evse: Evse }) {
  const { t } = useTranslation()
  const may = useMay()
  const session = useQuery({ ...sessionQuery(evse.session?.id ?? ''), enabled: evse.session !== undefined }).data
  const powerW = powerNow(station, evse, session)
  const isFaulted = evse.seen === 'faulted'
  return (
    <div className="ev">
      <div className="row between wrap">
        <h2 className="b t14">{t('portal.stations.evse', { id: evse.id })}</h2>
        <StatusTag seen={evse.seen} words={evse.words} />
      </div>
      <div className="row between wrap evse-power">
        <span>
          <span className="t22 b">{powerW === undefined ? '–' : numberText(powerW / 1000, 1)}</span>{' '}
          <span className="mid">{t('portal.stations.kw-now')}</span>
        </span>
        <span className="t12 dim r">
          {evse.connectors.map((one) => (
            <span key={one.id} className="block">
              {connectorText(t, one)}
            </span>
          ))}
          {!evse.declared && <span className="block">{t('portal.stations.undeclared')}</span>}
        </span>
      </div>
      {isFaulted && evse.report !== undefined && isExplained(evse.report) && <Fault report={evse.report} />}
      {evse.session !== undefined && session !== undefined && (
        <PowerCurve values={session.meterValues} height={112} label={t('portal.stations.curve-of', { id: evse.id })} />
      )}
      <dl className="kv ekv">
        {evse.session === undefined ? <Idle evse={evse} /> : <Charging evse={evse} session={session} />}
      </dl>
      {may('commands.send') && (
        <div className="row wrap acts">
          {evse.session === undefined ? (
            <StartSession station={station} evse={evse} />
          ) : (
            // Where only the meter is waited for there is nothing to stop.
            evse.session.state !== 'waiting-for-meter' && (
              <StopSession sessionId={evse.session.id} stationId={station.id} />
            )
          )}
          <Unlock station={station} evse={evse} />
        </div>
      )}
    </div>
  )
}

/** What flows now, in watts; undefined while we do not hear the station: its last word is no news. */
function powerNow(station: Station, evse: Evse, session: SessionDetail | undefined): number | undefined {
  if (station.connection.state !== 'connected') return undefined
  return evse.session === undefined ? 0 : (evse.powerW ?? evse.session.powerW ?? session?.powerW)
}

function Idle({ evse }: { readonly evse: Evse }) {
  const { t } = useTranslation()
  return (
    <>
      {evse.since !== undefined && (
        <>
          <dt>{t('portal.stations.so-since')}</dt>
          <dd>
            <Time at={evse.since} />
          </dd>
        </>
      )}
      {evse.report !== undefined && (
        <>
          <dt>{t('portal.stations.reported')}</dt>
          <dd>
            {t(`portal.stations.status.${evse.report.status}`, { defaultValue: evse.report.status })}
            {evse.report.at !== undefined && (
              <>
                {', '}
                <Time at={evse.report.at} />
              </>
            )}
          </dd>
        </>
      )}
    </>
  )
}

function Charging({ evse, session }: { readonly evse: Evse; readonly session: SessionDetail | undefined }) {
  const { t } = useTranslation()
  const open = evse.session
  if (open === undefined) return null
  const soc = session?.meterValues.findLast((value) => value.socTenths !== undefined)?.socTenths
  return (
    <>
      <dt>{t('portal.stations.session')}</dt>
      <dd>
        <Link to={`/sessions/${open.id}`}>
          {session === undefined ? t('portal.stations.session') : spokenNumber(session.number)}
        </Link>
        {session !== undefined && (
          <>
            , <Duration since={session.startedAt} />
          </>
        )}
      </dd>
      <dt>{t('portal.stations.session-state')}</dt>
      <dd>{t(`portal.sessions.state.${open.state}`)}</dd>
      {session !== undefined && (
        <>
          <dt>{t('portal.sessions.started-by')}</dt>
          <dd>{startedByText(t, session.startedBy)}</dd>
        </>
      )}
      {session !== undefined && (
        <>
          <dt>{t('portal.sessions.energy')}</dt>
          <dd>{energyText(session.energyWh)}</dd>
        </>
      )}
      <dt>{t('portal.sessions.cost-so-far')}</dt>
      <dd className="b">
        {session === undefined ? (
          '–'
        ) : session.cost === undefined ? (
          t('portal.sessions.no-price')
        ) : (
          <Money money={session.cost.totals.inclTax} />
        )}
      </dd>
      {soc !== undefined && (
        <>
          <dt>{t('portal.stations.battery')}</dt>
          <dd>{numberText(soc / 10)} %</dd>
        </>
      )}
    </>
  )
}

function StartSession({ station, evse }: { readonly station: Station; readonly evse: Evse }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const start = useMutation({
    mutationFn: () => call('POST', '/v1/sessions', { stationId: station.id, evseId: evse.id }),
    onSettled: () => {
      void client.invalidateQueries({ queryKey: ['commands', station.id] })
      void client.invalidateQueries({ queryKey: ['station', station.id] })
    },
  })
  return (
    <>
      <button type="button" className="btn sm" disabled={start.isPending} onClick={() => start.mutate()}>
        <Icon name="play" />
        {t(start.isPending ? 'portal.stations.sending' : 'portal.stations.start')}
      </button>
      <FormProblem error={start.error} />
    </>
  )
}

export function StopSession(props: { readonly sessionId: string; readonly stationId: string; readonly big?: boolean }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const stop = useMutation({
    mutationFn: () => call('POST', `/v1/sessions/${props.sessionId}/stop`, {}),
    onSettled: () => {
      void client.invalidateQueries({ queryKey: ['commands', props.stationId] })
      void client.invalidateQueries({ queryKey: ['session', props.sessionId] })
    },
  })
  return (
    <>
      <button
        type="button"
        className={props.big === true ? 'btn risk' : 'btn sm risk'}
        disabled={stop.isPending}
        onClick={() => stop.mutate()}
      >
        <Icon name="stop" />
        {t(stop.isPending ? 'portal.stations.sending' : 'portal.stations.stop')}
      </button>
      <FormProblem error={stop.error} />
    </>
  )
}

/** From 2.0.1 on the reason comes apart from the state: it stands among the station's alerts. */
function isExplained({ errorCode, info, vendorErrorCode }: NonNullable<Evse['report']>): boolean {
  return errorCode !== undefined || info !== undefined || vendorErrorCode !== undefined
}

function Fault({ report }: { readonly report: NonNullable<Evse['report']> }) {
  const { t } = useTranslation()
  return (
    <div className="note s-faulted">
      <Icon name="warning" />
      <p>
        <b>{report.errorCode ?? t('portal.stations.fault')}</b> {report.info}
        {report.vendorErrorCode !== undefined && (
          <span className="block">
            <span className="mono">{report.vendorErrorCode}</span>{' '}
            {report.vendorErrorKey !== undefined && t(report.vendorErrorKey)}
          </span>
        )}
      </p>
    </div>
  )
}
