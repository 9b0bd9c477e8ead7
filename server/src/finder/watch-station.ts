import { textFromInstant } from '../../../units/index.ts'
import type { EventStream, Ground, Notice } from '../platform/index.ts'
import type { FindStation, FoundStation } from './find-station.ts'

/** Changes come in bursts; a phone is told at most once in this time. */
const COALESCE_MS = 1_000

/** Sends the whole public view now and after every hint that concerns the station. */
export function watchStation(
  deps: Pick<Ground, 'bus' | 'clock' | 'log'> & { readonly find: FindStation },
  found: FoundStation,
  stream: EventStream,
): void {
  let last = ''
  const send = ({ station }: FoundStation): void => {
    const text = JSON.stringify(station)
    if (text === last) return
    last = text
    const at = textFromInstant(deps.clock.now())
    stream.send({ type: 'station.changed', data: { type: 'station.changed', version: 1, at, station } })
  }
  let waiting: NodeJS.Timeout | undefined
  const look = async (): Promise<void> => {
    waiting = undefined
    try {
      const now = await deps.find(found.station.number)
      if (now.ok) send(now.value)
    } catch (error) {
      deps.log.warn('a public station could not be read', { error })
    }
  }
  const stop = deps.bus.subscribe(
    (tenantId, notice) => {
      if (tenantId !== found.place.tenantId || !concerns(notice, found.place.stationId)) return
      waiting ??= setTimeout(() => void look(), COALESCE_MS)
    },
    (tenantId) => tenantId === found.place.tenantId,
  )
  stream.onClose(() => {
    stop()
    clearTimeout(waiting)
  })
  send(found)
}

/** Whether a hint is about this station, whatever its shape: `stationId`, or inside what it carries. */
function concerns(notice: Notice, stationId: string): boolean {
  if (notice.type === 'ocpp.frame') return false
  if (notice['stationId'] === stationId) return true
  const inner = (notice['station'] ?? notice['session'] ?? {}) as {
    readonly id?: unknown
    readonly stationId?: unknown
  }
  return inner.stationId === stationId || inner.id === stationId
}
