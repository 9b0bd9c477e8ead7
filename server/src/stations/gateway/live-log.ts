import type { FrameMeta } from '../../../../ocpp/index.ts'
import { type Bus, type Clock, newId } from '../../platform/index.ts'
import { WATCHED_NOTICE } from '../http-log.ts'
import { maskedText } from '../rules/mask.ts'

export interface LiveLog {
  /** Publishes a frame of a station whose log somebody reads; all others cost nothing. */
  onFrame(
    station: { readonly tenantId: string; readonly stationId: string },
    at: Temporal.Instant,
    text: string,
    meta: FrameMeta,
  ): void
  stop(): void
}

const WATCHED_SECONDS = 3_600
const kinds = { 2: 'call', 3: 'result', 4: 'error', 5: 'error', 6: 'send' } as const

export function openLiveLog({ bus, clock }: { readonly bus: Bus; readonly clock: Clock }): LiveLog {
  const watched = new Map<string, Temporal.Instant>()
  const stop = bus.subscribe((_, notice) => {
    if (notice.type !== WATCHED_NOTICE) return
    const now = clock.now()
    for (const [stationId, until] of watched) {
      if (Temporal.Instant.compare(until, now) < 0) watched.delete(stationId)
    }
    watched.set(String(notice['stationId']), now.add({ seconds: WATCHED_SECONDS }))
  })
  return {
    onFrame({ tenantId, stationId }, at, text, meta) {
      const until = watched.get(stationId)
      if (until === undefined || Temporal.Instant.compare(until, at) < 0) return
      const { id, action, type } = meta
      bus.publish(tenantId, {
        type: 'ocpp.frame',
        version: 1,
        id: newId(),
        at: at.toString({ smallestUnit: 'millisecond' }),
        stationId,
        direction: meta.direction === 'in' ? 'from-station' : 'to-station',
        kind: type === undefined ? 'unreadable' : kinds[type],
        ...(id === undefined ? {} : { messageId: id }),
        ...(action === undefined ? {} : { action }),
        text: maskedText(text),
        marks: (meta.marks ?? []).map(({ what, pointer }) => ({ code: what, pointer })),
      })
    },
    stop,
  }
}
