import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { MadeStation, Station } from '../../../api-types.ts'
import { CopyField } from '../../../parts/CopyField.tsx'
import { Time } from '../../../parts/Figures.tsx'
import { spokenNumber } from '../../../parts/quantities.ts'
import { StateCounts } from '../../../parts/StateCounts.tsx'
import { type Step, Steps } from '../../../parts/Steps.tsx'
import { stationQuery } from '../station-query.ts'
import { protocolText } from '../station-words.ts'

/** The waiting room: what the installer needs to type, and each step as the station makes it. */
export function FirstBoot({ made, another }: { readonly made: MadeStation; readonly another: () => void }) {
  const { t } = useTranslation()
  const station = useQuery({ ...stationQuery(made.id), refetchInterval: 2000 }).data ?? made
  return (
    <section className="panel" aria-label={t('portal.stations.add.wait.title')}>
      <div className="ph">
        <h2>{t('portal.stations.add.made', { number: spokenNumber(made.number) })}</h2>
      </div>
      <div className="pb col g4">
        <CopyField label={t('portal.stations.add.url')} value={made.url} hint={t('portal.stations.add.url-hint')} />
        {made.password !== undefined && (
          <>
            <CopyField label={t('portal.stations.add.user')} value={made.identity} />
            <CopyField
              label={t('portal.stations.add.password')}
              value={made.password}
              hint={t('portal.stations.add.once')}
            />
          </>
        )}
      </div>
      <div className="sep" />
      <div className="pb col g3">
        <h3 className="b t14">{t('portal.stations.add.wait.title')}</h3>
        <BootSteps station={station} />
        {made.password !== undefined && station.connection.state === 'never' && (
          <>
            <p className="hint">{t('portal.stations.add.try')}</p>
            <pre className="mono code">{simulatorLine(made, made.password)}</pre>
          </>
        )}
        <div className="row wrap">
          <Link to={`/stations/${made.id}`} className="btn main">
            {t('portal.stations.add.wait.open')}
          </Link>
          <button type="button" className="btn" onClick={another}>
            {t('portal.stations.add.wait.another')}
          </button>
        </div>
      </div>
    </section>
  )
}

function BootSteps({ station }: { readonly station: Station }) {
  const { t } = useTranslation()
  const { connection } = station
  // One that was known before and is let in again has to come back first.
  const isConnected = connection.state === 'connected'
  const device = [station.vendor, station.model].filter(Boolean).join(' ')
  const hasBooted = device !== ''
  const hasStatus = station.evses.some(({ report }) => report !== undefined)
  const marks = [true, isConnected, hasBooted, hasStatus]
  const firstMissing = marks.indexOf(false)
  const mark = (index: number): Step['mark'] => (marks[index] ? 'done' : index === firstMissing ? 'now' : 'ahead')
  return (
    <Steps
      label={t('portal.stations.add.wait.label')}
      steps={[
        { key: 'made', text: t('portal.stations.add.wait.made'), mark: 'done', at: <Time at={station.createdAt} /> },
        {
          key: 'connected',
          text: t('portal.stations.add.wait.connected'),
          note: isConnected ? protocolText(t, station.protocol) : t('portal.stations.add.wait.note'),
          mark: mark(1),
          ...(connection.since === undefined ? {} : { at: <Time at={connection.since} /> }),
        },
        {
          key: 'booted',
          text: hasBooted ? t('portal.stations.add.wait.booted-as', { device }) : t('portal.stations.add.wait.booted'),
          note:
            station.firmware === undefined ? undefined : t('portal.stations.firmware', { version: station.firmware }),
          mark: mark(2),
        },
        {
          key: 'status',
          text: t('portal.stations.add.wait.status'),
          note: hasStatus ? <StateCounts evses={station.evses} /> : undefined,
          mark: mark(3),
        },
      ]}
    />
  )
}

function simulatorLine(made: MadeStation, password: string): string {
  const base = made.url.slice(0, made.url.lastIndexOf('/'))
  const evses = made.evses.length > 1 ? ` --evses ${made.evses.length}` : ''
  return `npx lataamo simulate --url ${base} --identity ${made.identity} --password ${password} --protocol ocpp2.0.1${evses}`
}
