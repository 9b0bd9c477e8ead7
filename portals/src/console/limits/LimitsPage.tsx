import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { get } from '../../api.ts'
import type { AlertSettings, SessionLimits } from '../../api-types.ts'
import { Page } from '../../parts/Page.tsx'
import { Failed, Loading } from '../../parts/Waiting.tsx'
import { useMay } from '../../session-of-staff.ts'
import { AlertForm } from './AlertForm.tsx'
import { SessionForm } from './SessionForm.tsx'

/** How long sessions may run, and when alerts begin. */
export function LimitsPage() {
  const { t } = useTranslation()
  const may = useMay()
  return (
    <Page title={t('portal.limits.title')}>
      <section className="panel form" aria-label={t('portal.limits.sessions')}>
        <div className="ph">
          <h2>{t('portal.limits.sessions')}</h2>
        </div>
        <Sessions />
      </section>
      {may('alerts.read') && (
        <section className="panel form" aria-label={t('portal.limits.alerts')}>
          <div className="ph">
            <h2>{t('portal.limits.alerts')}</h2>
          </div>
          <Alerts />
        </section>
      )}
    </Page>
  )
}

function Sessions() {
  const limits = useQuery({
    queryKey: ['session-limits'],
    queryFn: ({ signal }) => get<SessionLimits>('/v1/session-limits', signal),
  })
  if (limits.data !== undefined) return <SessionForm limits={limits.data} />
  return limits.isError ? <Failed error={limits.error} retry={() => void limits.refetch()} /> : <Loading />
}

function Alerts() {
  const settings = useQuery({
    queryKey: ['alert-settings'],
    queryFn: ({ signal }) => get<AlertSettings>('/v1/alert-settings', signal),
  })
  if (settings.data !== undefined) return <AlertForm settings={settings.data} />
  return settings.isError ? <Failed error={settings.error} retry={() => void settings.refetch()} /> : <Loading />
}
