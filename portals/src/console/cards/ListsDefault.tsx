import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { call, get } from '../../api.ts'
import type { LocalLists } from '../../api-types.ts'
import { Choice } from '../../parts/Field.tsx'
import { numberText } from '../../parts/quantities.ts'
import { FormProblem } from '../../parts/Waiting.tsx'
import { useMay } from '../../session-of-staff.ts'

const KEY = ['local-lists']
const modes = ['off', 'active', 'all'] as const

/** Which cards stations keep for when they cannot reach us, where a station says nothing of its own; and how many are in step. */
export function ListsDefault() {
  const { t } = useTranslation()
  const may = useMay()
  const client = useQueryClient()
  const lists = useQuery({
    queryKey: KEY,
    queryFn: ({ signal }) => get<LocalLists>('/v1/local-lists', signal),
    refetchInterval: ({ state }) => ((state.data?.stations.behind ?? 0) > 0 ? 3_000 : 60_000),
  }).data
  const setMode = useMutation({
    mutationFn: (mode: string) => call<LocalLists>('PATCH', '/v1/local-lists', { mode }),
    onSuccess: (now) => {
      client.setQueryData(KEY, now)
      void client.invalidateQueries({ queryKey: ['local-list'] })
    },
  })
  if (lists === undefined) return null
  return (
    <section className="panel form" aria-label={t('portal.cards.lists.title')}>
      <div className="ph">
        <h2>{t('portal.cards.lists.title')}</h2>
      </div>
      <div className="pb col g3">
        <p className="mid">{t('portal.cards.lists.text')}</p>
        {may('stations.write') ? (
          <Choice
            label={t('portal.cards.lists.mode')}
            hint={t(`portal.stations.list.mode-note.${lists.mode}`)}
            value={lists.mode}
            disabled={setMode.isPending}
            onText={(mode) => setMode.mutate(mode)}
            options={modes.map((value) => ({ value, text: t(`portal.stations.list.modes.${value}`) }))}
          />
        ) : (
          <p className="m">{t(`portal.stations.list.modes.${lists.mode}`)}</p>
        )}
        <FormProblem error={setMode.error} />
        <dl className="kv ekv" aria-live="polite">
          {Object.entries(lists.stations)
            .filter(([, count]) => count > 0)
            .map(([state, count]) => (
              <div key={state} className="contents">
                <dt>{t(`portal.stations.list.state.${state}`)}</dt>
                <dd className="num">{numberText(count)}</dd>
              </div>
            ))}
        </dl>
      </div>
    </section>
  )
}
