import { useTranslation } from 'react-i18next'
import type { Seen } from '../api-types.ts'
import { statusShapes } from './status-shapes.ts'

/** The shape alone, for where the word stands beside it. */
export function StatusShape({ seen }: { readonly seen: Seen }) {
  return (
    <svg
      className={`stg s-${seen}`}
      viewBox="0 0 16 16"
      aria-hidden="true"
      // The shapes are constants of ours, never text from outside.
      dangerouslySetInnerHTML={{ __html: statusShapes[seen] }}
    />
  )
}

/** The word of a state; `preparing` has one for each thing that is waited for. */
export function useStatusWord(): (seen: Seen, words?: string) => string {
  const { t } = useTranslation()
  return (seen, words) => t(`portal.state.${wordOf(seen, words)}`)
}

function wordOf(seen: Seen, words: string | undefined): string {
  return seen === 'preparing' ? (words ?? 'preparing') : seen
}

/** Shape, colour and word, always all three. `plain`: without the ground; `count`: how many of them. */
export function StatusTag(props: {
  readonly seen: Seen
  readonly words?: string | undefined
  readonly plain?: boolean
  readonly big?: boolean
  readonly count?: number
}) {
  const { t } = useTranslation()
  const { seen, words, plain = false, big = false, count } = props
  const word = wordOf(seen, words)
  return (
    <span className={`st s-${seen}${plain ? '' : ' tag'}${big ? ' big' : ''}`}>
      <StatusShape seen={seen} />
      {count === undefined ? t(`portal.state.${word}`) : t(`portal.state-count.${word}`, { count })}
    </span>
  )
}
