import { useTranslation } from 'react-i18next'
import type { Station } from '../../api-types.ts'
import { Ago, Time } from '../../parts/Figures.tsx'
import { Icon } from '../../parts/Icon.tsx'
import { StateCounts } from '../../parts/StateCounts.tsx'
import { offsetText, protocolText } from './station-words.ts'

/** What we have set and what the station reports stand side by side and are never mixed. */
export function StationHead({ station }: { readonly station: Station }) {
  const { t } = useTranslation()
  return (
    <section className="panel hd" aria-label={t('portal.stations.head')}>
      <div>
        <div className="lab">{t('portal.stations.we-set')}</div>
        <div className="b t14 row">
          <Icon name={station.state === 'active' ? 'check' : station.state === 'test' ? 'note' : 'lock'} />
          {t(`portal.stations.admin.${station.state}`)}
        </div>
        <div className="t12 dim">
          {station.onboarding === 'accepted' ? (
            <>
              {t('portal.stations.added')} <Time at={station.createdAt} />
            </>
          ) : (
            t(`portal.stations.onboarding.${station.onboarding}`)
          )}
        </div>
      </div>
      <div>
        <div className="lab">{t('portal.stations.it-reports')}</div>
        <StateCounts evses={station.evses} />
        <div className="t12 dim">{t('portal.stations.worst-on-map')}</div>
      </div>
      <Connection connection={station.connection} />
      <div>
        <div className="lab">{t('portal.stations.speaks')}</div>
        <div className="m">{protocolText(t, station.protocol)}</div>
        <div className="t12 dim">{t('portal.stations.profile', { profile: station.securityProfile })}</div>
      </div>
      <div>
        <div className="lab">{t('portal.stations.device')}</div>
        <div className="m">
          {[station.vendor, station.model].filter(Boolean).join(' ') || t('portal.stations.unknown')}
        </div>
        <div className="t12 dim">
          {station.firmware !== undefined && `${t('portal.stations.firmware', { version: station.firmware })} · `}
          <span className="mono">{station.identity}</span>
        </div>
      </div>
    </section>
  )
}

function Connection({ connection }: { readonly connection: Station['connection'] }) {
  const { t } = useTranslation()
  return (
    <div>
      <div className="lab">{t('portal.stations.connection.title')}</div>
      <div className="m">
        <span className={connection.state === 'connected' ? 'live up' : 'live wait'}>
          {connection.state === 'connected' && connection.lastMessageAt !== undefined ? (
            <span>
              {t('portal.stations.last-message')} <Ago at={connection.lastMessageAt} />
            </span>
          ) : (
            t(`portal.stations.connection.${connection.state}`)
          )}
        </span>
      </div>
      <div className="t12 dim">
        {connection.since !== undefined && (
          <>
            {t('portal.stations.since')} <Time at={connection.since} />
          </>
        )}
        {connection.clockOffsetMs !== undefined && (
          <>
            {' · '}
            {t('portal.stations.clock', { offset: offsetText(connection.clockOffsetMs) })}
          </>
        )}
      </div>
    </div>
  )
}
