import { queryOptions } from '@tanstack/react-query'
import { get } from '../../api.ts'
import type { SessionDetail } from '../../api-types.ts'

export const openStates = [
  'waiting-for-station',
  'waiting-for-cable',
  'waiting-for-token',
  'delivering',
  'paused',
  'waiting-for-meter',
]

/** A session with its meter values; while it is open the cost is asked for again, for it is computed when read. */
export function sessionQuery(id: string) {
  return queryOptions({
    queryKey: ['session', id],
    queryFn: ({ signal }) => get<SessionDetail>(`/v1/sessions/${id}`, signal),
    refetchInterval: ({ state }) =>
      state.data !== undefined && openStates.includes(state.data.state) ? 10_000 : false,
  })
}
