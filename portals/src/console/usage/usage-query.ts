import { queryOptions, useQuery } from '@tanstack/react-query'
import { get } from '../../api.ts'
import type { UsageCheckRow, UsageErrorDetail } from '../../api-types.ts'

export const usageErrorQuery = (id: string) =>
  queryOptions({
    queryKey: ['usage-error', id],
    queryFn: ({ signal }) => get<UsageErrorDetail>(`/v1/usage-errors/${id}`, signal),
    refetchInterval: 30_000,
  })

const checksQuery = queryOptions({
  queryKey: ['usage-checks'],
  queryFn: ({ signal }) => get<{ readonly items: readonly UsageCheckRow[] }>('/v1/usage-checks', signal),
})

export function useChecks() {
  return useQuery(checksQuery)
}
