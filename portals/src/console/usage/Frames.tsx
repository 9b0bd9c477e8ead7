import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { get, query } from '../../api.ts'
import type { List, LogRow, UsageErrorDetail } from '../../api-types.ts'
import { exactTimeText, milliseconds } from '../../parts/quantities.ts'
import { Failed, Loading } from '../../parts/Waiting.tsx'
import { Section } from '../sessions/SessionParts.tsx'
import { inShort, payloadOf } from '../stations/log-text.ts'
import { LogDetail } from '../stations/LogDetail.tsx'
import { rowsBackTo } from './rows-back-to.ts'

/** What says something about a session's measuring. */
const telling = new Set([
  'StartTransaction',
  'StopTransaction',
  'MeterValues',
  'TransactionEvent',
  'BootNotification',
  'StatusNotification',
])
const AROUND_MS = 60_000

/** What the station said around the session, as it came, where the log still has it. */
export function Frames({ error }: { readonly error: UsageErrorDetail }) {
  const { t } = useTranslation()
  const [open, setOpen] = useState<string>()
  const { from, until } = spanOf(error)
  const log = useQuery({
    queryKey: ['usage-frames', error.stationId, until],
    queryFn: ({ signal }) =>
      rowsBackTo(from, (before) =>
        get<List<LogRow>>(`/v1/stations/${error.stationId}/ocpp-log${query({ until, before, limit: 200 })}`, signal),
      ),
    staleTime: 60_000,
  })
  const frames = (log.data?.rows ?? []).filter(
    ({ action, at, direction }) =>
      direction === 'from-station' && telling.has(action ?? '') && milliseconds(at) >= from,
  )
  return (
    <Section title={t('portal.usage.frames')}>
      {log.isPending ? (
        <Loading rows={3} />
      ) : log.isError ? (
        <Failed error={log.error} retry={() => void log.refetch()} />
      ) : frames.length === 0 ? (
        <p className="pb mid">{t('portal.usage.no-frames')}</p>
      ) : (
        <ul className="usage-frames">
          {frames.map((row) => (
            <li key={row.id}>
              <button
                type="button"
                className="usage-frame"
                aria-expanded={open === row.id}
                onClick={() => setOpen(open === row.id ? undefined : row.id)}
              >
                <span className="mono mid">{exactTimeText(row.at)}</span> <span className="b">{row.action}</span>{' '}
                <span className="mid">{inShort(payloadOf(row.request.text))}</span>
              </button>
              {open === row.id && <LogDetail row={row} close={() => setOpen(undefined)} />}
            </li>
          ))}
        </ul>
      )}
      {log.data?.isCut === true && (
        <p className="pb mid">
          {t('portal.usage.frames-cut', {
            count: log.data.rows.length,
            at: exactTimeText(log.data.rows.at(-1)?.at ?? until),
          })}
        </p>
      )}
      <p className="pb t12">
        <Link to={`/stations/${error.stationId}`}>{t('portal.usage.whole-log')}</Link>
      </p>
    </Section>
  )
}

/** By our clock where readings tell when they came; else by the record. */
function spanOf({ meterValues, recorded }: UsageErrorDetail): { readonly from: number; readonly until: string } {
  const received = meterValues.map(({ receivedAt }) => milliseconds(receivedAt))
  const first = Math.min(milliseconds(recorded.startedAt), ...received)
  const last = Math.max(milliseconds(recorded.endedAt), ...received)
  return { from: first - AROUND_MS, until: new Date(last + AROUND_MS).toISOString() }
}
