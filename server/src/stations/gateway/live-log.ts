import { type Bus, type Clock, hearsNobody } from '../../platform/index.ts'
import { WATCHED_NOTICE } from '../http-log.ts'
import type { LogFrame } from '../rules/log-frames.ts'
import { maskedText } from '../rules/mask.ts'

export interface LiveLog {
  /** Publishes a frame of a station whose log somebody reads; all others cost nothing. */
  onFrame(station: { readonly tenantId: string; readonly stationId: string }, frame: LogFrame): void
  stop(): void
}

const WATCHED_SECONDS = 3_600

export function openLiveLog({ bus, clock }: { readonly bus: Bus; readonly clock: Clock }): LiveLog {
  const watched = new Map<string, { readonly until: Temporal.Instant; readonly site: { readonly siteId?: unknown } }>()
  const stop = bus.subscribe((_, notice) => {
    if (notice.type !== WATCHED_NOTICE) return
    const now = clock.now()
    for (const [stationId, { until }] of watched) {
      if (Temporal.Instant.compare(until, now) < 0) watched.delete(stationId)
    }
    const site = notice['siteId'] === undefined ? {} : { siteId: notice['siteId'] }
    watched.set(String(notice['stationId']), { until: now.add({ seconds: WATCHED_SECONDS }), site })
  }, hearsNobody)
  return {
    onFrame({ tenantId, stationId }, frame) {
      const known = watched.get(stationId)
      if (known === undefined || Temporal.Instant.compare(known.until, frame.at) < 0) return
      const at = frame.at.toString({ smallestUnit: 'millisecond' })
      const text = maskedText(frame.text)
      bus.publish(tenantId, { type: 'ocpp.frame', version: 1, stationId, ...known.site, ...frame, at, text })
    },
    stop,
  }
}
