import type { QueryClient } from '@tanstack/react-query'
import type { Missed } from './connection.ts'

/**
 * What is shown may be older than the stream: it is asked for anew. An answer that is on its way for the first time may be as old, and
 * would be left as it is: it is asked for anew once it is there.
 */
export function fetchAnew(client: QueryClient, what: Missed): void {
  const filters = what === 'frames' ? { queryKey: ['ocpp-log'] } : {}
  const underWay = client
    .getQueryCache()
    .findAll({ ...filters, fetchStatus: 'fetching', predicate: ({ state }) => state.data === undefined })
  void client.invalidateQueries(filters)
  for (const { promise, queryKey } of underWay)
    void promise?.then(
      () => client.invalidateQueries({ queryKey, exact: true }),
      // It did not come; it is asked for again in its own time.
      () => {},
    )
}
