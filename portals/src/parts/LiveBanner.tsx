import { useTranslation } from 'react-i18next'
import { tryLiveNow } from '../live/connection.ts'
import { useLiveState } from '../live/use-live.ts'
import { useTick } from './Figures.tsx'
import { Icon } from './Icon.tsx'
import { clockText, durationText } from './quantities.ts'

/** In the bar: how old what one sees may be. */
export function DataAge() {
  const { t } = useTranslation()
  const live = useLiveState()
  const now = useTick(1000)
  if (live.status === 'down' && live.downSince !== undefined) {
    return <span className="live down">{t('portal.live.down-short', { time: clockText(live.downSince, true) })}</span>
  }
  if (live.lastEventAt === undefined) return <span className="live wait">{t('portal.live.connecting')}</span>
  const seconds = Math.floor(Math.max(0, now - live.lastEventAt) / 1000)
  return (
    <span className="live">
      <span>{t('portal.live.on')}</span>
      <span className="hide-m dim">
        {seconds < 2 ? t('portal.live.last-now') : t('portal.live.last', { age: durationText(seconds) })}
      </span>
    </span>
  )
}

/** Over the page while nothing live comes: since when, what it means, when it is tried again. */
export function LiveBanner() {
  const { t } = useTranslation()
  const live = useLiveState()
  const now = useTick(live.status === 'down' ? 1000 : undefined)
  if (live.status !== 'down' || live.downSince === undefined) return null
  const next = Math.max(0, Math.ceil(((live.nextTryAt ?? now) - now) / 1000))
  return (
    <div className="banner s-preparing">
      <output className="sr">{t('portal.live.down-status')}</output>
      <Icon name="no-signal" />
      <p className="grow">
        <b>
          {t('portal.live.down-title', {
            time: clockText(live.downSince, true),
            age: durationText((now - live.downSince) / 1000),
          })}
        </b>{' '}
        {t('portal.live.down-text')}
      </p>
      <span className="dim nowrap" aria-hidden="true">
        {t('portal.live.next-try', { age: `${next} s` })}
      </span>
      <button type="button" className="btn sm" onClick={tryLiveNow}>
        {t('portal.live.try-now')}
      </button>
    </div>
  )
}
