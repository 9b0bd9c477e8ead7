import { Drawer } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call, get } from '../../api.ts'
import type { Alert } from '../../api-types.ts'
import { Field } from '../../parts/Field.tsx'
import { Duration, Time } from '../../parts/Figures.tsx'
import { useFocusBack } from '../../parts/focus-back.ts'
import { Icon } from '../../parts/Icon.tsx'
import { spokenNumber } from '../../parts/quantities.ts'
import { Severity } from '../../parts/Severity.tsx'
import { Failed, FormProblem, Loading } from '../../parts/Waiting.tsx'
import { useMay } from '../../session-of-staff.ts'
import { Evidence } from './Evidence.tsx'
import { AlertHistory } from './AlertHistory.tsx'
import { IncidentMembers } from './IncidentMembers.tsx'
import { useAcknowledge } from './use-acknowledge.ts'

/** One alert beside the queue: what it means, where, what was seen, what happened to it, and who takes it on. */
export function AlertDrawer({ id, close }: { readonly id: string; readonly close: () => void }) {
  const { t } = useTranslation()
  useFocusBack()
  const alert = useQuery({
    queryKey: ['alerts', 'one', id],
    queryFn: ({ signal }) => get<Alert>(`/v1/alerts/${id}`, signal),
    refetchInterval: 30_000,
  })
  return (
    <Drawer
      opened
      onClose={close}
      position="right"
      size="min(480px, 100vw)"
      title={t('portal.alerts.detail')}
      closeButtonProps={{ 'aria-label': t('portal.close') }}
      transitionProps={{ duration: 0 }}
    >
      {alert.data !== undefined ? (
        <Detail alert={alert.data} />
      ) : alert.isError ? (
        <Failed error={alert.error} retry={() => void alert.refetch()} />
      ) : (
        <Loading />
      )}
    </Drawer>
  )
}

function Detail({ alert }: { readonly alert: Alert }) {
  const { t } = useTranslation()
  const may = useMay()
  return (
    <div className="col g3 drawer">
      <Severity severity={alert.severity} />
      <p className="t16 b">{alert.text}</p>
      {alert.fault !== undefined && (
        <div className="note s-preparing">
          <Icon name="warning" />
          <p>
            <b>{t('portal.alerts.fault')}.</b> {alert.fault}
          </p>
        </div>
      )}
      <dl className="kv">
        <dt>{t('portal.alerts.since')}</dt>
        <dd>
          <Duration since={alert.since} until={alert.clearedAt} />, <Time at={alert.since} />
        </dd>
        <dt>{t('portal.alerts.counted')}</dt>
        <dd>
          {t('portal.alerts.times', { count: alert.count })}
          {alert.flapping && `, ${t('portal.alerts.flapping')}`}
        </dd>
        <dt>{t('portal.alerts.state-head')}</dt>
        <dd>{t(`portal.alerts.state.${alert.state}`)}</dd>
      </dl>
      <Where alert={alert} />
      {alert.kind === 'stations-lost' && <IncidentMembers id={alert.id} />}
      <Evidence alert={alert} />
      <AlertHistory alert={alert} />
      {may('alerts.write') && alert.state !== 'cleared' && <Acts key={alert.id} alert={alert} />}
    </div>
  )
}

function Where({ alert }: { readonly alert: Alert }) {
  const { t } = useTranslation()
  const { kind, stationId, stationNumber, evseId, sessionId, sessionNumber, siteName } = alert
  if (stationId === undefined && sessionId === undefined && siteName === undefined) return null
  const number = spokenNumber(stationNumber ?? '')
  return (
    <section className="col g1" aria-label={t('portal.alerts.where')}>
      <h3 className="t12 dim">{t('portal.alerts.where')}</h3>
      {siteName !== undefined && <span>{siteName}</span>}
      {stationId !== undefined && (
        <Link to={`/stations/${stationId}`}>
          {evseId === undefined
            ? t('portal.alerts.at', { number })
            : t('portal.alerts.at-evse', { number, evse: evseId })}
        </Link>
      )}
      {sessionId !== undefined && (
        <Link to={`/sessions/${sessionId}`}>
          {t('portal.alerts.session', { number: spokenNumber(sessionNumber ?? '') })}
        </Link>
      )}
      {kind === 'usage-held' && (
        <Link to="/usage-errors" search={{ stationId } as never}>
          {t('portal.alerts.usage-data')}
        </Link>
      )}
    </section>
  )
}

/** Taking it on, with a note; closing what does not end by itself. */
function Acts({ alert }: { readonly alert: Alert }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [note, setNote] = useState('')
  const acknowledge = useAcknowledge()
  const written = note.trim() === '' ? {} : { note: note.trim() }
  const closing = useMutation({
    mutationFn: () => call<Alert>('POST', `/v1/alerts/${alert.id}/close`, written),
    onSettled: () => client.invalidateQueries({ queryKey: ['alerts'] }),
  })
  function submit(event: FormEvent) {
    event.preventDefault()
    acknowledge.mutate({ id: alert.id, ...written }, { onSuccess: () => setNote('') })
  }
  return (
    <form className="col g2 below" onSubmit={submit}>
      <Field
        label={t('portal.alerts.note')}
        hint={t('portal.alerts.note-hint')}
        maxLength={1000}
        value={note}
        onText={setNote}
      />
      <FormProblem error={acknowledge.error ?? closing.error} />
      <div className="row wrap">
        <button type="submit" className="btn main" disabled={acknowledge.isPending}>
          <Icon name="check" />
          {t('portal.alerts.acknowledge')}
        </button>
        {alert.closable && (
          <button type="button" className="btn" disabled={closing.isPending} onClick={() => closing.mutate()}>
            {t('portal.alerts.close')}
          </button>
        )}
      </div>
      <p className="hint">{t(alert.closable ? 'portal.alerts.close-note' : 'portal.alerts.ends-itself')}</p>
    </form>
  )
}
