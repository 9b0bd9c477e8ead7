import { z } from 'zod'
import { type AnyRoute, type Clock, type Notice, ok, refuse, streamRoute } from '../platform/index.ts'
import type { RingEvent, Rings } from './ring.ts'
import { maySee, rightOfType } from './rules/who-may-see.ts'

/** The stations that stand at some sites; stations are a feature above. */
export type StationsAt = (tenantId: string, sites: readonly string[]) => Promise<readonly string[]>

/** Lets the frames of a station go by for an hour, if somebody who sees those sites may see it. */
export type WatchLog = (tenantId: string, stationId: string, sites: 'all' | readonly string[]) => Promise<void>

/** Well within the hour for which frames go by. */
const WATCH_AGAIN_MS = 20 * 60_000

const query = z
  .strictObject({
    stationId: z.uuid().optional(),
    types: z
      .string()
      .max(500)
      .transform((text) => text.split(','))
      .pipe(z.array(z.enum(Object.keys(rightOfType) as [string, ...string[]])))
      .optional()
      .describe(`any of ${Object.keys(rightOfType).join(', ')}, separated by commas`),
    log: z.enum(['1']).optional().describe('with stationId: the frames of that station too'),
  })
  .refine(({ log, stationId }) => log === undefined || stationId !== undefined, {
    path: ['stationId'],
    params: { code: 'missing' },
  })

/** Live events of the caller's tenant, resumed by Last-Event-ID; `resync` when too much was missed. */
export function eventRoutes(
  rings: Rings,
  clock: Clock,
  { stationsAt, watchLog }: { readonly stationsAt: StationsAt; readonly watchLog: WatchLog },
): AnyRoute[] {
  return [
    streamRoute({
      path: '/v1/events',
      tag: 'events',
      summary: 'Live events of your network as server-sent events.',
      right: 'stations.read',
      query,
      async open(call, stream) {
        const { caller } = call
        if (caller.kind !== 'staff' && caller.kind !== 'key') return refuse('not-signed-in')
        const { sites } = caller
        // Listens before it asks which stations those are: one that moves meanwhile is not taken for where it stood.
        const meanwhile: RingEvent[] = []
        let take = (event: RingEvent): void => void meanwhile.push(event)
        stream.onClose(rings.listen(caller.tenantId, (event) => take(event)))
        const stations = new Set(sites === 'all' ? [] : await stationsAt(caller.tenantId, sites))
        if (sites !== 'all') for (const { notice } of meanwhile) follow(stations, sites, notice)
        const watcher = {
          rights: caller.rights,
          sites,
          stations,
          stationId: call.query.stationId,
          types: call.query.types,
          log: call.query.log === '1',
        }
        const { stationId } = watcher
        if (watcher.log && stationId !== undefined && maySee(watcher, { type: 'ocpp.frame', stationId })) {
          const watch = (): Promise<void> => watchLog(caller.tenantId, stationId, sites)
          await watch()
          // A database that is away now is asked again the next time.
          const again = setInterval(() => void watch().catch(() => undefined), WATCH_AGAIN_MS).unref()
          stream.onClose(() => clearInterval(again))
        }
        const send = ({ n, notice }: RingEvent): void => {
          if (sites !== 'all') follow(stations, sites, notice)
          if (maySee(watcher, notice)) stream.send({ id: `${rings.epoch}.${n}`, type: notice.type, data: notice })
        }
        const missed = stream.lastEventId === undefined ? [] : rings.after(caller.tenantId, stream.lastEventId)
        const hello = { type: missed === undefined ? 'resync' : 'hello', version: 1, at: clock.now().toString() }
        stream.send({ type: hello.type, data: hello })
        for (const event of missed ?? []) send(event)
        take = send
        return ok(undefined)
      },
    }),
  ]
}

/** Stations come and go, and move from site to site. */
function follow(stations: Set<string>, sites: readonly string[], notice: Notice): void {
  if (notice.type !== 'station.changed') return
  const { id } = (notice['station'] ?? {}) as { readonly id?: unknown }
  if (typeof id !== 'string') return
  if (typeof notice['siteId'] === 'string' && sites.includes(notice['siteId'])) stations.add(id)
  else stations.delete(id)
}
