import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { List } from '../api-types.ts'
import type { Pages } from '../pages-of-list.ts'
import { Failed, FormProblem, Loading } from './Waiting.tsx'

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
