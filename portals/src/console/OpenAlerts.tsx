import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { get } from '../api.ts'
import type { Alert, List } from '../api-types.ts'
import { numberText } from '../parts/quantities.ts'

/** How many alerts nobody has taken yet. */
export function OpenAlerts() {
  const { t } = useTranslation()
  const { data } = useQuery({
    queryKey: ['alerts', 'count'],
    queryFn: () => get<List<Alert>>('/v1/alerts?state=open&limit=1&count=true'),
    refetchInterval: 30_000,
  })
  const count = data?.total ?? data?.items.length ?? 0
  if (count === 0) return null
  return (
    <span className="cnt hot">
      {numberText(count)}
      <span className="sr"> {t('portal.alerts.need-action', { count })}</span>
    </span>
  )
}
