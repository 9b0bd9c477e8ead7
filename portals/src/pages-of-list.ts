import { keepPreviousData, useInfiniteQuery, type UseInfiniteQueryResult } from '@tanstack/react-query'
import { get, query } from './api.ts'
import type { List } from './api-types.ts'

/** A list of the server, as far as it was paged through. */
export interface Pages<Page> {
  readonly list: Pick<
    UseInfiniteQueryResult,
    'isPending' | 'isError' | 'error' | 'hasNextPage' | 'isFetchNextPageError' | 'refetch' | 'fetchNextPage'
  >
  /** Undefined: nothing has come yet. */
  readonly pages: readonly Page[] | undefined
}

/** Pages of a list under `path`; while other filters are asked for, what was there before stays. */
export function usePages<Page extends List<unknown>>(asked: {
  readonly key: readonly unknown[]
  readonly path: string
  readonly filters?: Parameters<typeof query>[0]
  /** When it is asked anew, by what has come; absent: when something happens. */
  readonly everyMs?: (pages: readonly Page[]) => number
}): Pages<Page> {
  const { key, path, filters = {}, everyMs } = asked
  const list = useInfiniteQuery({
    queryKey: key,
    initialPageParam: undefined as string | undefined,
    // How many there are is counted once, with the first page.
    queryFn: ({ pageParam, signal }) => {
      const counted = pageParam === undefined ? {} : { count: undefined }
      return get<Page>(`${path}${query({ ...filters, ...counted, cursor: pageParam })}`, signal)
    },
    getNextPageParam: (page) => page.next ?? undefined,
    placeholderData: keepPreviousData,
    refetchInterval: everyMs === undefined ? false : ({ state }) => intervalOf(state.data?.pages ?? [], everyMs),
  })
  return { list, pages: list.data?.pages }
}

/** All pages are asked for, one after the other: the more there are, the more seldom. */
function intervalOf<Page>(pages: readonly Page[], everyMs: (pages: readonly Page[]) => number): number {
  return everyMs(pages) * Math.max(1, pages.length)
}
