import { useMutation, useQueryClient } from '@tanstack/react-query'
import { call } from '../../api.ts'
import type { Command, List } from '../../api-types.ts'
import { withCommand } from '../../live/apply-event.ts'

export type CommandRequest = { readonly kind: string } & Readonly<Record<string, unknown>>

/** Asks something of a station. It shows as under way at once; each further step only when it has happened. */
export function useSendCommand(stationId: string) {
  const client = useQueryClient()
  return useMutation({
    mutationKey: ['send-command', stationId],
    mutationFn: (request: CommandRequest) => call<Command>('POST', `/v1/stations/${stationId}/commands`, request),
    onSuccess: (command) => {
      client.setQueryData<List<Command>>(['commands', stationId], (list) => withCommand(list, command))
      void client.invalidateQueries({ queryKey: ['commands', stationId] })
    },
  })
}
