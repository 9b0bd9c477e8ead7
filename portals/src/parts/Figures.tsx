import { useCallback, useState, useSyncExternalStore } from 'react'
import { useTranslation } from 'react-i18next'
import type { MoneyText } from '../api-types.ts'
import { durationText, fullTimeText, moneyText, nowMilliseconds, secondsSince, timeText } from './quantities.ts'
import { lastTick, onTick } from './ticks.ts'

/** An amount with its currency. */
export function Money({ money }: { readonly money: MoneyText }) {
  return <span className="nowrap">{moneyText(money)}</span>
}

/** A length of time; with `since` alone it counts on by itself. */
export function Duration(
  props: { readonly seconds: number } | { readonly since: string; readonly until?: string | undefined },
) {
  const runs = 'since' in props && props.until === undefined
  useTick(runs ? 1000 : undefined)
  const seconds = 'seconds' in props ? props.seconds : secondsSince(props.since, props.until)
  return <span className="nowrap">{durationText(seconds)}</span>
}

/** `8 s ago`, counting on. */
export function Ago({ at }: { readonly at: string }) {
  const { t } = useTranslation()
  useTick(1000)
  const seconds = Math.max(0, secondsSince(at))
  return (
    <time dateTime={at} title={fullTimeText(at)} className="nowrap">
      {t('portal.ago', { age: durationText(seconds < 60 ? seconds : Math.floor(seconds / 60) * 60) })}
    </time>
  )
}

/** An instant in the site's zone; the whole of it on hover, or at once where it may be read another day, as on paper. */
export function Time({ at, isWhole = false }: { readonly at: string; readonly isWhole?: boolean }) {
  return (
    <time dateTime={at} title={fullTimeText(at)} className="nowrap">
      {isWhole ? fullTimeText(at) : timeText(at)}
    </time>
  )
}

/** Renders again every so many milliseconds. */
export function useTick(every: number | undefined): number {
  const [first] = useState(nowMilliseconds)
  const listen = useCallback((tell: () => void) => (every === undefined ? () => {} : onTick(every, tell)), [every])
  return useSyncExternalStore(listen, () => (every === undefined ? first : lastTick(every)))
}
