import { useQuery } from '@tanstack/react-query'
import { useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { get, query } from '../../api.ts'
import type { List, LogRow } from '../../api-types.ts'
import { useLiveLog } from '../../live/use-live.ts'
import { useTick } from '../../parts/Figures.tsx'
import { Icon } from '../../parts/Icon.tsx'
import { fullTimeText, milliseconds, numberText, rowTimeText } from '../../parts/quantities.ts'
import { textScale } from '../../parts/text-scale.ts'
import { Failed, FormProblem, Loading } from '../../parts/Waiting.tsx'
import { FilterText } from '../FilterText.tsx'
import { useKeys } from '../keys.ts'
import { useFilters } from '../use-filters.ts'
import { answerOf, inShort, payloadOf } from './log-text.ts'
import { LogDetail } from './LogDetail.tsx'
import { type KeptRows, merged, withNewest } from './log-rows.ts'

/** What was said, one row per request with its answer. While it is paused or a row is read, new rows are counted, not pushed. */
export function OcppLog({ stationId }: { readonly stationId: string }) {
  const { t } = useTranslation()
  const { filters, set } = useFilters()
  const [isPaused, setPaused] = useState(false)
  useLiveLog(stationId)
  const log = useLog(stationId, filters.action)
  const open = log.rows.find(({ id }) => id === filters.row)
  const isHeld = isPaused || open !== undefined
  const shown = useHeld(log.rows, isHeld)
  const newer = isHeld ? log.rows.length - shown.length : 0
  const { loadOlder } = log
  // A link to a row that is not among the newest, or rows that are held and were slept away from: they are looked for, for a while.
  const isMissed = filters.row === undefined ? isPaused && shown.length === 0 : open === undefined
  const isSought = isMissed && log.rows.length < mostSought
  useEffect(() => {
    if (isSought) loadOlder?.()
  }, [isSought, loadOlder])
  useKeys([{ keys: 'p', word: 'portal.stations.log.pause', run: () => setPaused(!isPaused) }])
  return (
    <section className="panel" aria-label={t('portal.stations.log.title')}>
      <div className="ph wrap">
        <h2>{t('portal.stations.log.title')}</h2>
        <span className="dim t12">{t('portal.stations.log.hidden')}</span>
        <span className="grow" />
        <FilterText
          label={t('portal.stations.log.filter')}
          value={filters.action}
          onText={(action) => set({ action })}
        />
        <button type="button" className="btn" aria-pressed={isPaused} onClick={() => setPaused(!isPaused)}>
          <Icon name={isPaused ? 'play' : 'pause'} />
          {t(isPaused ? 'portal.stations.log.go-on' : 'portal.stations.log.pause')}
        </button>
      </div>
      {newer > 0 && (
        <div className="held">
          <Icon name="arrow-up" />
          <output>{t('portal.stations.log.newer', { count: newer })}</output>
          <button
            type="button"
            className="btn sm"
            onClick={() => {
              setPaused(false)
              set({ row: undefined })
            }}
          >
            {t('portal.stations.log.show-newer')}
          </button>
        </div>
      )}
      {log.olderError !== undefined && (
        <div className="pb col g2">
          <FormProblem error={log.olderError} />
          <div>
            <button type="button" className="btn sm" onClick={log.tryOlder}>
              <Icon name="refresh" />
              {t('portal.failed.retry')}
            </button>
          </div>
        </div>
      )}
      {log.error !== null && log.rows.length === 0 ? (
        <Failed error={log.error} />
      ) : log.isPending ? (
        <Loading rows={6} />
      ) : shown.length === 0 ? (
        <p className="pb dim">{t('portal.stations.log.none')}</p>
      ) : (
        <div className={open === undefined ? 'log' : 'log open'}>
          <Rows
            rows={shown}
            openId={filters.row}
            onOpen={(row) => set({ row })}
            onEnd={log.olderError === undefined ? log.loadOlder : undefined}
          />
          {open !== undefined && <LogDetail row={open} close={() => set({ row: undefined })} />}
        </div>
      )}
    </section>
  )
}

/** As tall as `.log-row`, which grows with the text of the browser: 30 px at its usual size. */
const rowHeightNow = (): number => 30 * textScale()

const mostSought = 1000
const mostHeight = 460

function Rows(props: {
  readonly rows: readonly LogRow[]
  readonly openId: string | undefined
  readonly onOpen: (id: string | undefined) => void
  readonly onEnd: (() => void) | undefined
}) {
  const { t } = useTranslation()
  const { rows, onEnd } = props
  const box = useRef<HTMLDivElement>(null)
  const [rowHeight] = useState(rowHeightNow)
  // The virtualizer's functions change what they return without a new identity; nothing here memoises on them.
  // oxlint-disable-next-line react/incompatible-library
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => rowHeight,
    overscan: 12,
    getItemKey: (index) => rows[index]?.id ?? index,
  })
  const items = virtual.getVirtualItems()
  const isAtEnd = (items[items.length - 1]?.index ?? 0) >= rows.length - 3
  useEffect(() => {
    if (isAtEnd) onEnd?.()
  }, [isAtEnd, onEnd])
  return (
    <section
      ref={box}
      className="log-rows"
      aria-label={t('portal.stations.log.rows')}
      style={{ height: Math.min(mostHeight, Math.max(240, rows.length * rowHeight)) }}
    >
      <div style={{ height: virtual.getTotalSize() }}>
        {items.map((item) => {
          const row = rows[item.index]
          if (row === undefined) return null
          return (
            <Row
              key={item.key}
              row={row}
              top={item.start}
              isOpen={row.id === props.openId}
              onOpen={() => props.onOpen(row.id === props.openId ? undefined : row.id)}
            />
          )
        })}
      </div>
    </section>
  )
}

// The arrow keys go from row to row, as in any list.
function moveByArrow(event: KeyboardEvent<HTMLElement>): void {
  const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
  if (step === 0) return
  event.preventDefault()
  const { currentTarget: row } = event
  const next = step === 1 ? row.nextElementSibling : row.previousElementSibling
  if (next instanceof HTMLElement) next.focus()
}

function Row(props: {
  readonly row: LogRow
  readonly top: number
  readonly isOpen: boolean
  readonly onOpen: () => void
}) {
  const { t } = useTranslation()
  const { row } = props
  const now = useTick(row.answer === undefined ? 5000 : undefined)
  const answer = answerOf(row, now)
  const isFrom = row.direction === 'from-station'
  const hasMarks = row.marks.length > 0
  const [time, thousandths] = rowTimeText(row.at)
  return (
    <button
      type="button"
      data-row
      className={props.isOpen ? 'log-row cur' : 'log-row'}
      style={{ transform: `translateY(${props.top}px)` }}
      aria-expanded={props.isOpen}
      onKeyDown={moveByArrow}
      onClick={props.onOpen}
    >
      <time className="mono dim" dateTime={row.at} title={fullTimeText(row.at)}>
        {time}
        <span className="thousandths">{thousandths}</span>
      </time>
      <span className="mid">
        <Icon name={isFrom ? 'arrow-left' : 'arrow-right'} />
        <span className="way-word"> {t(isFrom ? 'portal.stations.log.from' : 'portal.stations.log.to')}</span>
      </span>
      <span className="trunc">
        <b className="m">{row.action}</b> <span className="mid">{inShort(payloadOf(row.request.text))}</span>
      </span>
      <span
        className={`answer ${hasMarks ? 'warn' : answer.kind === 'ok' ? '' : answer.kind === 'wait' ? 'warn' : 'bad'}`}
      >
        <Icon
          name={hasMarks ? 'warning' : answer.kind === 'ok' ? 'check' : answer.kind === 'bad' ? 'cross' : 'clock'}
        />{' '}
        <span className="answer-word">
          {hasMarks ? t('portal.stations.log.marked') : <AnswerWord answer={answer} />}
        </span>
      </span>
      <span className="num took dim">
        {row.durationMs === undefined
          ? ''
          : row.durationMs < 1000
            ? `${row.durationMs} ms`
            : `${numberText(row.durationMs / 1000, 1)} s`}
      </span>
    </button>
  )
}

/** The station's own word is OCPP's, whatever language one reads. */
function AnswerWord({ answer }: { readonly answer: ReturnType<typeof answerOf> }) {
  const { t } = useTranslation()
  if (answer.word === undefined) return t(`portal.stations.log.answer-${answer.kind}`)
  return <span lang="en">{answer.word}</span>
}

/** The newest page is asked for at each frame (at most once a second); older ones are added at the end of the list. */
function useLog(stationId: string, action: string | undefined) {
  const newest = useQuery({
    queryKey: ['ocpp-log', stationId, action],
    queryFn: ({ signal }) =>
      get<List<LogRow>>(`/v1/stations/${stationId}/ocpp-log${query({ action, limit: 100 })}`, signal),
    refetchInterval: 10_000,
  })
  const [kept, setKept] = useState<KeptRows>()
  const key = `${stationId} ${action ?? ''}`
  const [keptKey, setKeptKey] = useState(key)
  if (keptKey !== key) {
    setKeptKey(key)
    setKept(undefined)
  }
  const page = newest.data
  const [keptPage, setKeptPage] = useState<typeof page>()
  if (page !== undefined && page !== keptPage) {
    setKeptPage(page)
    setKept(withNewest(keptKey === key ? kept : undefined, page))
  }
  const [olderError, setOlderError] = useState<unknown>()
  const isLoading = useRef(false)
  const next = kept?.next
  const loadOlder = useMemo(() => {
    if (next === undefined) return undefined
    return () => {
      if (isLoading.current) return
      isLoading.current = true
      void get<List<LogRow>>(`/v1/stations/${stationId}/ocpp-log${query({ action, limit: 100, before: next })}`)
        .then((older) =>
          // What was asked for under another filter, or before the list began anew, goes on from nothing that is shown.
          setKept((before) =>
            before?.next === next ? { rows: merged(before.rows, older.items), next: older.next ?? undefined } : before,
          ),
        )
        .catch((error: unknown) => setOlderError(error))
        .finally(() => {
          isLoading.current = false
        })
    }
  }, [next, stationId, action])
  return {
    rows: kept?.rows ?? [],
    loadOlder,
    olderError,
    tryOlder: () => setOlderError(undefined),
    isPending: newest.isPending,
    error: newest.error,
  }
}

/** The rows as they were when they began to be held, older ones that are loaded since, and answers that came. */
function useHeld(rows: readonly LogRow[], isHeld: boolean): readonly LogRow[] {
  const [heldAt, setHeldAt] = useState<number>()
  const [newest] = rows
  if (!isHeld && heldAt !== undefined) setHeldAt(undefined)
  if (isHeld && heldAt === undefined && newest !== undefined) setHeldAt(milliseconds(newest.at))
  return heldAt === undefined || !isHeld ? rows : rows.filter(({ at }) => milliseconds(at) <= heldAt)
}
