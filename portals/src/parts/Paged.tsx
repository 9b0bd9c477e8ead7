import { keepPreviousData, useInfiniteQuery, type UseInfiniteQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { get, query } from '../api.ts'
import type { List } from '../api-types.ts'
import { Failed, FormProblem, Loading } from './Waiting.tsx'

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
    refetchInterval: everyMs === undefined ? false : ({ state }) => everyMs(state.data?.pages ?? []),
  })
  return { list, pages: list.data?.pages }
}

/** The rows of a list, or what stands in their place, and the way on. */
export function Paged<Item>(props: {
  readonly of: Pages<List<Item>>
  /** Grey rows while nothing has come. */
  readonly rows?: number
  readonly empty: ReactNode
  readonly children: (items: readonly Item[]) => ReactNode
}) {
  const { t } = useTranslation()
  const { list, pages } = props.of
  const items = pages?.flatMap((page) => page.items) ?? []
  return (
    <>
      {list.isPending ? (
        <Loading {...(props.rows === undefined ? {} : { rows: props.rows })} />
      ) : list.isError && pages === undefined ? (
        <Failed error={list.error} retry={() => void list.refetch()} />
      ) : items.length === 0 ? (
        props.empty
      ) : (
        props.children(items)
      )}
      {list.hasNextPage && (
        <div className="pb col g2">
          {list.isFetchNextPageError && <FormProblem error={list.error} />}
          <div>
            <button type="button" className="btn" onClick={() => void list.fetchNextPage()}>
              {t('portal.more')}
            </button>
          </div>
        </div>
      )}
    </>
  )
}
