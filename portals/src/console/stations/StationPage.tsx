import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Station } from '../../api-types.ts'
import { CopyField } from '../../parts/CopyField.tsx'
import { Icon } from '../../parts/Icon.tsx'
import { Page } from '../../parts/Page.tsx'
import { placeName } from '../../parts/place-name.ts'
import { spokenNumber } from '../../parts/quantities.ts'
import { Failed, Loading } from '../../parts/Waiting.tsx'
import { useMay } from '../../session-of-staff.ts'
import { CommandsPanel } from './CommandsPanel.tsx'
import { EditStation } from './EditStation.tsx'
import { EvseColumn } from './EvseColumn.tsx'
import { LocalListPanel } from './LocalListPanel.tsx'
import { OcppLog } from './OcppLog.tsx'
import { RefusedMessages } from './RefusedMessages.tsx'
import { StationAlerts } from './StationAlerts.tsx'
import { stationQuery } from './station-query.ts'
import { StationHead } from './StationHead.tsx'

/** One station: what we have set, what it says, its EVSEs, what was said, and what can be asked of it. */
export function StationPage() {
  const { t } = useTranslation()
  const { id = '' } = useParams({ strict: false }) as { readonly id?: string }
  const station = useQuery(stationQuery(id))
  if (station.data !== undefined) return <Loaded key={id} station={station.data} />
  return (
    <Page title={t('portal.stations.one')} crumbs={[{ to: '/stations', text: t('portal.stations.title') }]}>
      <section className="panel">
        {station.isError ? (
          <Failed error={station.error} retry={() => void station.refetch()} />
        ) : (
          <Loading rows={10} />
        )}
      </section>
    </Page>
  )
}

function Loaded({ station }: { readonly station: Station }) {
  const { t } = useTranslation()
  const may = useMay()
  const [isEditing, setEditing] = useState(false)
  const number = spokenNumber(station.number)
  const place = placeName(station.site?.name, station.name)
  return (
    <Page
      title={number}
      heading={
        <>
          {number} <span className="mid m">{place}</span>
        </>
      }
      crumbs={[{ to: '/stations', text: t('portal.stations.title') }]}
      actions={
        <>
          <a className="btn" href={`/s/${station.number}`} target="_blank" rel="noreferrer">
            <Icon name="phone" />
            {t('portal.stations.phone-page')}
          </a>
          {may('stations.write') && (
            <button type="button" className="btn" onClick={() => setEditing(true)}>
              <Icon name="gear" />
              {t('portal.stations.edit.title')}
            </button>
          )}
        </>
      }
    >
      <StationHead station={station} />
      {station.connection.state === 'never' && <NeverSeen station={station} />}
      {may('alerts.read') && <StationAlerts stationId={station.id} />}
      <div className="sg">
        <div className="col g3 narrow">
          <section className="panel evs" aria-label={t('portal.stations.evses')}>
            {station.evses.map((evse) => (
              <EvseColumn key={evse.id} station={station} evse={evse} />
            ))}
            {station.evses.length === 0 && <p className="pb dim">{t('portal.stations.no-evses')}</p>}
          </section>
          {may('log.read') && <OcppLog stationId={station.id} />}
          {may('log.read') && <RefusedMessages stationId={station.id} />}
          <LocalListPanel station={station} />
        </div>
        {may('commands.send') && <CommandsPanel station={station} />}
      </div>
      {isEditing && <EditStation station={station} close={() => setEditing(false)} />}
    </Page>
  )
}

function NeverSeen({ station }: { readonly station: Station }) {
  const { t } = useTranslation()
  return (
    <section className="panel pb col g3">
      <p className="b t14">{t('portal.stations.never.title')}</p>
      <p className="mid">{t('portal.stations.never.text')}</p>
      <CopyField label={t('portal.stations.add.url')} value={station.url} />
    </section>
  )
}
