import { QueryClient } from '@tanstack/react-query'
import { problemCode } from './api.ts'

/** How the portals ask the server, and ask again. */
export function makeQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      // Without a network what is pressed fails at once. Else it would wait, unseen, and be sent when the network is back: a start
      // or a stop long after whoever pressed it has gone.
      mutations: { networkMode: 'always' },
      queries: {
        networkMode: 'always',
        refetchOnReconnect: true,
        staleTime: 10_000,
        // A refusal stays one; only a server that was not reached is asked again.
        retry: (count, error) => problemCode(error) === 'no-answer' && count < 2,
      },
    },
  })
}
