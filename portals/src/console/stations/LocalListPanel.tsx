import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { call, get } from '../../api.ts'
import type { LocalList, Station } from '../../api-types.ts'
import { Choice } from '../../parts/Field.tsx'
import { Time } from '../../parts/Figures.tsx'
import { Icon, type IconName } from '../../parts/Icon.tsx'
import { FormProblem } from '../../parts/Waiting.tsx'
import { useMay } from '../../session-of-staff.ts'

const icons: Readonly<Record<LocalList['state'], IconName>> = {
  'in-step': 'check',
  behind: 'clock',
  failed: 'warning',
  disabled: 'lock',
  'not-supported': 'note',
  off: 'note',
}

/** The cards that the station holds for when it cannot reach us: what it should hold, what it does, and why the two differ. */
export function LocalListPanel({ station }: { readonly station: Station }) {
  const { t } = useTranslation()
  const may = useMay()
  const key = ['local-list', station.id]
  const path = `/v1/stations/${station.id}/local-list`
  const list = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => get<LocalList>(path, signal),
    refetchInterval: ({ state }) => (state.data?.state === 'behind' ? 3_000 : 60_000),
  }).data
  const client = useQueryClient()
  const onSuccess = (now: LocalList) => client.setQueryData(key, now)
  const setMode = useMutation({
    mutationFn: (mode: string) => call<LocalList>('PATCH', path, { mode: mode === '' ? null : mode }),
    onSuccess,
  })
  const send = useMutation({ mutationFn: () => call<LocalList>('POST', `${path}/send`, {}), onSuccess })
  if (list === undefined) return null
  const mayWrite = may('stations.write')
  return (
    <section className="panel" aria-label={t('portal.stations.list.title')}>
      <div className="ph">
        <h2>{t('portal.stations.list.title')}</h2>
        <span className="dim t12">{t('portal.stations.list.text')}</span>
      </div>
      <div className="pb col g3">
        <div className="row between wrap g3">
          <output className={`row g1 m ${list.state === 'failed' ? 'bad' : ''}`}>
            <Icon name={icons[list.state]} />
            {t(`portal.stations.list.state.${list.state}`)}
          </output>
          {mayWrite && list.mode !== 'off' && (
            <button type="button" className="btn sm" disabled={send.isPending} onClick={() => send.mutate()}>
              {t('portal.stations.list.send')}
            </button>
          )}
        </div>
        {list.failure !== undefined && (
          <p className="bad">
            {list.failure.message}
            {list.failure.at !== undefined && (
              <span className="dim">
                {' '}
                <Time at={list.failure.at} />
                {list.attempts > 0 && `, ${t('portal.stations.list.attempts', { count: list.attempts })}`}
              </span>
            )}
          </p>
        )}
        {(list.mode !== 'off' || list.entriesThere > 0) && <Figures list={list} />}
        {mayWrite && (
          <Choice
            label={t('portal.stations.list.mode')}
            hint={t(`portal.stations.list.mode-note.${list.mode}`)}
            value={list.ownMode ?? ''}
            disabled={setMode.isPending}
            onText={(mode) => setMode.mutate(mode)}
            options={[
              { value: '', text: t('portal.stations.list.mode-network') },
              ...['off', 'active', 'all'].map((value) => ({ value, text: t(`portal.stations.list.modes.${value}`) })),
            ]}
          />
        )}
        <FormProblem error={setMode.error ?? send.error} />
      </div>
    </section>
  )
}

function Figures({ list }: { readonly list: LocalList }) {
  const { t } = useTranslation()
  const unknown = t('portal.stations.unknown')
  return (
    <dl className="kv ekv">
      <dt>{t('portal.stations.list.there')}</dt>
      <dd className="num">
        {list.versionThere === undefined
          ? unknown
          : t('portal.stations.list.version', { version: list.versionThere, count: list.entriesThere })}
      </dd>
      <dt>{t('portal.stations.list.wanted')}</dt>
      <dd className="num">
        {list.versionWanted === undefined
          ? t('portal.stations.list.cards', { count: list.entriesWanted })
          : t('portal.stations.list.version', { version: list.versionWanted, count: list.entriesWanted })}
        {list.leftOut > 0 && (
          <span className="block t12 mid">{t('portal.stations.list.left-out', { count: list.leftOut })}</span>
        )}
      </dd>
      <dt>{t('portal.stations.list.sent')}</dt>
      <dd>{list.sentAt === undefined ? '–' : <Time at={list.sentAt} />}</dd>
      <dt>{t('portal.stations.list.checked')}</dt>
      <dd>{list.checkedAt === undefined ? '–' : <Time at={list.checkedAt} />}</dd>
    </dl>
  )
}
