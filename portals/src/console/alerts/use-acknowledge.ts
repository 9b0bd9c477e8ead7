import { type InfiniteData, useMutation, useQueryClient } from '@tanstack/react-query'
import { call } from '../../api.ts'
import type { Alert, List } from '../../api-types.ts'

type Pages = InfiniteData<List<Alert>>

/** Data, not current: the row leaves the queue at once and comes back when the server refuses. */
export function useAcknowledge() {
  const client = useQueryClient()
  const open = { queryKey: ['alerts', 'open'] }
  return useMutation({
    mutationFn: ({ id, note }: { readonly id: string; readonly note?: string }) =>
      call<Alert>('POST', `/v1/alerts/${id}/acknowledge`, note === undefined ? {} : { note }),
    onMutate: ({ id }) => {
      const before = client.getQueriesData<Pages>(open)
      client.setQueriesData<Pages>(open, (data) =>
        data === undefined
          ? data
          : {
              ...data,
              pages: data.pages.map((page) => ({ ...page, items: page.items.filter((alert) => alert.id !== id) })),
            },
      )
      return before
    },
    onError: (_error, _asked, before) => before?.forEach(([key, data]) => client.setQueryData(key, data)),
    onSettled: () => void client.invalidateQueries({ queryKey: ['alerts'] }),
  })
}
