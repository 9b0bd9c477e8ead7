import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { get, problemCode } from '../../api.ts'
import type { PublicEvse, PublicStation } from '../../api-types.ts'
import { chooseScheme, useShownScheme } from '../../color-scheme.ts'
import { keepStream, type StreamHandlers } from '../../live/kept-stream.ts'
import { connectorText } from '../../parts/connector-text.ts'
import { DemoMark } from '../../parts/DemoMark.tsx'
import { Money } from '../../parts/Figures.tsx'
import { Icon } from '../../parts/Icon.tsx'
import { LanguageSwitch } from '../../parts/LanguageSwitch.tsx'
import { Logo } from '../../parts/Logo.tsx'
import { placeName } from '../../parts/place-name.ts'
import { clockText, durationText, numberText, percentText, priceText, spokenNumber } from '../../parts/quantities.ts'
import { withTax } from '../../parts/with-tax.ts'
import { StatusTag } from '../../parts/StatusTag.tsx'
import { Empty, Failed, Loading } from '../../parts/Waiting.tsx'
import { adviceOf } from './advice.ts'

/** What a phone shows that read the code on a station: its state and its price, live, without signing in. */
export function StationOfDriver() {
  const { t } = useTranslation()
  const { number = '' } = useParams({ strict: false }) as { readonly number?: string }
  const station = useQuery({
    queryKey: ['public-station', number],
    queryFn: ({ signal }) => get<PublicStation>(`/v1/public/stations/${encodeURIComponent(number)}`, signal),
    refetchInterval: 30_000,
  })
  const live = usePublicLive(number, station.data !== undefined)
  const isDemo = station.data?.tenant.demo === true
  const title = t('portal.driver.station.title', { number: spokenNumber(number) })
  useEffect(() => {
    document.title = `${title} · ${station.data?.tenant.name ?? 'Lataamo'}`
  }, [title, station.data?.tenant.name])
  return (
    <div className="dr">
      <header className="dtop">
        <Logo />
        <p className="t18 b grow">{station.data?.tenant.name ?? 'Lataamo'}</p>
        <SchemeSwitch />
      </header>
      <main className="dmain phone">
        {isDemo && <DemoMark />}
        {station.data !== undefined ? (
          <Shown station={station.data} live={live} title={title} />
        ) : station.isError ? (
          <Unknown error={station.error} retry={() => void station.refetch()} />
        ) : (
          <Loading rows={5} />
        )}
        <LanguageSwitch />
      </main>
    </div>
  )
}

function SchemeSwitch() {
  const { t } = useTranslation()
  const scheme = useShownScheme()
  return (
    <button
      type="button"
      className="tile"
      aria-label={t(scheme === 'dark' ? 'portal.shell.to-light' : 'portal.shell.to-dark')}
      onClick={() => chooseScheme(scheme === 'dark' ? 'light' : 'dark')}
    >
      <Icon name={scheme === 'dark' ? 'sun' : 'moon'} size={20} />
    </button>
  )
}

function Shown(props: { readonly station: PublicStation; readonly live: Live; readonly title: string }) {
  const { t } = useTranslation()
  const { station, live } = props
  const advice = adviceOf(station.evses)
  const free = station.evses.filter(({ seen }) => seen === 'free').length
  return (
    <>
      <div className="col g1">
        <h1 className="t32 b">{props.title}</h1>
        <p className="mid">{placeText(station)}</p>
        <p className="row between wrap">
          <span className="m">{t('portal.driver.station.free', { count: free, all: station.evses.length })}</span>
          <LiveNote live={live} />
        </p>
      </div>
      <Price station={station} />
      <ul className="lst col evse-list" aria-label={t('portal.driver.station.evses')}>
        {station.evses.map((evse) => (
          <EvseOfDriver key={evse.id} evse={evse} />
        ))}
      </ul>
      {advice !== undefined && (
        <div className="note">
          <Icon name="card" size={20} />
          <p>{t(`portal.driver.station.how.${advice}`)}</p>
        </div>
      )}
    </>
  )
}

// Whoever stands before it wants to know what to do.
const puzzling: readonly PublicEvse['seen'][] = ['faulted', 'offline', 'unknown', 'reserved', 'disabled', 'test']

function EvseOfDriver({ evse }: { readonly evse: PublicEvse }) {
  const { t } = useTranslation()
  const { session } = evse
  return (
    <li className="col g2">
      <div className="row between wrap">
        <h2 className="t18 b">{t('portal.driver.station.place', { id: evse.id })}</h2>
        <StatusTag seen={evse.seen} words={evse.words} big />
      </div>
      <p className="mid">{evse.connectors.map((connector) => connectorText(t, connector)).join(', ')}</p>
      {puzzling.includes(evse.seen) && <p>{t(`portal.driver.station.hint.${evse.seen}`)}</p>}
      {session !== undefined && (
        <>
          <div className="row between wrap now">
            <span>
              <span className="big-number b">{numberText(session.energyWh / 1000, 2)}</span>{' '}
              <span className="t18 mid">kWh</span>
              <span className="mid block">{t('portal.driver.station.delivered')}</span>
            </span>
            {session.cost !== undefined && (
              <span className="r">
                <span className="t32 b">
                  <Money money={session.cost.inclTax} />
                </span>
                <span className="mid block">{t('portal.driver.station.cost-note')}</span>
              </span>
            )}
          </div>
          <dl className="kv">
            {evse.powerW !== undefined && (
              <>
                <dt>{t('portal.driver.station.power')}</dt>
                <dd>{numberText(evse.powerW / 1000, 1)} kW</dd>
              </>
            )}
            <dt>{t('portal.driver.station.for')}</dt>
            <dd>{durationText(session.durationSeconds)}</dd>
          </dl>
        </>
      )}
    </li>
  )
}

function Price({ station }: { readonly station: PublicStation }) {
  const { t } = useTranslation()
  const { price } = station
  if (price === undefined) {
    return <p className="note s-preparing">{t('portal.driver.station.no-price')}</p>
  }
  return (
    <section className="col g1 price" aria-label={t('portal.driver.station.price')}>
      <h2 className="sr">{t('portal.driver.station.price')}</h2>
      {price.parts.map((part) => (
        <p key={part.dimension} className="row between wrap">
          <span>
            <span className="t22 b">{priceText(withTax(part), price.currency)}</span>{' '}
            <span className="mid">{t(`portal.driver.station.per.${part.dimension}`)}</span>
          </span>
          <span className="mid t14">
            {part.taxPercent === null
              ? t('portal.price.no-tax')
              : t('portal.driver.station.tax-in', {
                  percent: percentText(part.taxPercent),
                })}
          </span>
        </p>
      ))}
    </section>
  )
}

function Unknown({ error, retry }: { readonly error: unknown; readonly retry: () => void }) {
  const { t } = useTranslation()
  const code = problemCode(error)
  if (code !== 'unknown-station-number' && code !== 'check-digit' && code !== 'not-found')
    return <Failed error={error} retry={retry} />
  return (
    <>
      <h1 className="sr">{t('portal.driver.station.unknown')}</h1>
      <Empty
        icon="search"
        title={t('portal.driver.station.unknown')}
        text={t(code === 'check-digit' ? 'portal.driver.station.check-digit' : 'portal.driver.station.unknown-text')}
      />
    </>
  )
}

/** Where it stands, nothing said twice. */
function placeText({ site, name }: PublicStation): string {
  return [...new Set([placeName(site?.name, name), site?.address, site?.city].filter(Boolean))].join(', ')
}

interface Live {
  readonly isUp: boolean
  readonly at: number | undefined
}

function LiveNote({ live }: { readonly live: Live }) {
  const { t } = useTranslation()
  if (live.at === undefined) return <span className="live wait">{t('portal.live.connecting')}</span>
  return live.isUp ? (
    <span className="live">{t('portal.live.on')}</span>
  ) : (
    <span className="live down">{t('portal.live.down-short', { time: clockText(live.at, true) })}</span>
  )
}

/** Many phones: where a server refuses, they leave it more and more time. */
const mostWaitMs = 60_000

/** Each event brings the whole station anew. */
function usePublicLive(number: string, isKnown: boolean): Live {
  const client = useQueryClient()
  const [live, setLive] = useState<Live>({ isUp: false, at: undefined })
  useEffect(() => {
    if (!isKnown) return
    const isUp = (): void => setLive({ isUp: true, at: Date.now() })
    const handlers: StreamHandlers = {
      opened: isUp,
      heard(type, data) {
        isUp()
        if (type !== 'station.changed') return
        const { station } = JSON.parse(String(data)) as { readonly station: PublicStation }
        client.setQueryData(['public-station', number], station)
      },
      lost: () => setLive((before) => ({ ...before, isUp: false })),
    }
    const url = `/v1/public/stations/${encodeURIComponent(number)}/events`
    return keepStream(url, ['station.changed'], handlers, mostWaitMs).close
  }, [client, number, isKnown])
  return live
}
