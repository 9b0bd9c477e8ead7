import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { call } from '../../api.ts'
import type { List, RefusedMessage } from '../../api-types.ts'
import { Time } from '../../parts/Figures.tsx'
import { usePages } from '../../pages-of-list.ts'
import { Paged } from '../../parts/Paged.tsx'
import { FormProblem } from '../../parts/Waiting.tsx'
import { useMay } from '../../session-of-staff.ts'

/** What the station said that no schema takes, with the reason; nothing is shown where there is none. */
export function RefusedMessages({ stationId }: { readonly stationId: string }) {
  const { t } = useTranslation()
  const list = usePages<List<RefusedMessage>>({
    key: ['refused-messages', stationId],
    path: `/v1/stations/${stationId}/refused-messages`,
    filters: { limit: 20 },
    everyMs: () => 60_000,
  })
  if ((list.pages?.[0]?.items.length ?? 0) === 0) return null
  return (
    <section className="panel" aria-label={t('portal.stations.refused.title')}>
      <div className="ph">
        <h2>{t('portal.stations.refused.title')}</h2>
        <span className="dim t12">{t('portal.stations.refused.text')}</span>
      </div>
      <Paged of={list} empty={null}>
        {(messages) => (
          <ul className="list-plain">
            {messages.map((message) => (
              <Message key={message.id} stationId={stationId} message={message} />
            ))}
          </ul>
        )}
      </Paged>
    </section>
  )
}

function Message({ stationId, message }: { readonly stationId: string; readonly message: RefusedMessage }) {
  const { t } = useTranslation()
  return (
    <li className="col g1">
      <span className="row between wrap">
        <span className="m">{message.action ?? t('portal.stations.refused.unread')}</span>
        <span className="dim">
          <Time at={message.at} />
        </span>
      </span>
      <span className="bad">
        {t([`portal.stations.refused.why.${message.code}`, 'portal.stations.refused.why.other'])}
      </span>
      {/* What the station was told, in the words of OCPP. */}
      <span lang="en" className="mono mid break">
        {message.why === message.code ? message.code : `${message.code}: ${message.why}`}
      </span>
      {message.count > 1 && (
        <span className="t12 mid">
          {t('portal.stations.refused.count', { count: message.count })} <Time at={message.lastAt} />
        </span>
      )}
      <Judgement stationId={stationId} message={message} />
      <details>
        <summary className="t12 dim">{t('portal.stations.log.request')}</summary>
        <pre className="mono pre">{message.text}</pre>
      </details>
    </li>
  )
}

/** Once there is a rule for it: what it says is taken as of the time it came. */
function Judgement({ stationId, message }: { readonly stationId: string; readonly message: RefusedMessage }) {
  const { t } = useTranslation()
  const may = useMay()
  const client = useQueryClient()
  const judge = useMutation({
    mutationFn: () => call('POST', `/v1/stations/${stationId}/refused-messages/${message.id}/judge-again`, {}),
    onSettled: () => client.invalidateQueries({ queryKey: ['refused-messages', stationId] }),
  })
  const { judged } = message
  return (
    <>
      <span className="row between wrap">
        <output className="t12 mid">
          {judged !== undefined && (
            <>
              {t(`portal.stations.refused.outcome.${judged.outcome}`)} <Time at={judged.at} />, {judged.by}
            </>
          )}
        </output>
        {may('stations.write') && judged?.outcome !== 'taken' && (
          <button type="button" className="btn sm" disabled={judge.isPending} onClick={() => judge.mutate()}>
            {t('portal.stations.refused.judge')}
            <span className="sr">{message.action}</span>
          </button>
        )}
      </span>
      <FormProblem error={judge.error} />
    </>
  )
}
