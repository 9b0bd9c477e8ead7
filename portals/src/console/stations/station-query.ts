import { queryOptions } from '@tanstack/react-query'
import { get } from '../../api.ts'
import type { Command, List, Station } from '../../api-types.ts'

export function stationQuery(id: string) {
  return queryOptions({
    queryKey: ['station', id],
    queryFn: ({ signal }) => get<Station>(`/v1/stations/${id}`, signal),
    refetchInterval: 30_000,
  })
}

const finalStates = ['effect-seen', 'failed', 'timed-out']

/** Whether nothing more is to come: answered and no effect expected is an end too. */
export function isFinal(command: Command): boolean {
  return finalStates.includes(command.state) || (command.state === 'answered' && command.expectedEffect === undefined)
}

/** The station's commands, newest first; asked for again while one is under way, in case an event was lost. */
export function commandsQuery(stationId: string) {
  return queryOptions({
    queryKey: ['commands', stationId],
    queryFn: ({ signal }) => get<List<Command>>(`/v1/commands?stationId=${stationId}&limit=8`, signal),
    refetchInterval: ({ state }) => (state.data?.items.some((command) => !isFinal(command)) === true ? 2000 : 30_000),
  })
}
