import { z } from 'zod'
import { instantFromText } from '../../../units/index.ts'
import {
  type AnyRoute,
  type Bus,
  cursorFrom,
  cursorOf,
  type Ground,
  listOf,
  ok,
  paging,
  refuse,
  tenantRoute,
  type Tx,
} from '../platform/index.ts'
import { findStation, NO_STATION } from './http-stations.ts'
import { maskedText } from './rules/mask.ts'
import * as shapes from './shapes.ts'
import { countLog, readLog } from './read-log.ts'
import type { LogFrame, LogPair } from './rules/log-frames.ts'

const TAG = 'log'

/** After every id of its moment. */
const LAST_ID = 'ffffffff-ffff-ffff-ffff-ffffffffffff'

export const WATCHED_NOTICE = 'ocpp.watched'

/** `flush`: what went over the wire a moment ago is to be seen too. */
export function logRoutes(ground: Ground, flush: () => Promise<void>): readonly AnyRoute[] {
  return [logRoute(ground, flush)]
}

function logRoute({ keys, bus }: Ground, flush: () => Promise<void>): AnyRoute {
  return tenantRoute({
    method: 'GET',
    path: '/v1/stations/:id/ocpp-log',
    tag: TAG,
    summary:
      'What station and server said to each other, request and answer paired, newest first; tokens and passwords masked',
    right: 'log.read',
    params: shapes.idParams,
    query: z.strictObject({
      ...paging,
      before: paging.cursor.describe('the same as cursor, which is the name everywhere else'),
      until: shapes.instant.optional().describe('nothing that was said later'),
      action: z.string().max(100).optional(),
    }),
    answer: listOf(shapes.logItem),
    refusals: NO_STATION,
    async handle(tx, { params: { id: stationId }, query, caller }) {
      const parts = await findStation(tx, stationId, caller.sites)
      if (parts === undefined) return refuse('no-such-station')
      await flush()
      const key = await keys.tenant(tx.tenantId)
      const [at, id] = cursorFrom(query.cursor ?? query.before) ?? []
      const since = instantFromText(String(at))
      const until = query.until === undefined ? undefined : { at: query.until, id: LAST_ID }
      const before = since === undefined ? until : { at: since, id: String(id) }
      const { action } = query
      const total =
        query.count === 'true' ? { total: await countLog(tx, key, { stationId, until: query.until, action }) } : {}
      const page = await readLog(tx, key, { stationId, before, action, limit: query.limit })
      // Whoever reads the log is about to watch it.
      tellWatched(tx, bus, parts.station)
      const last = page.pairs.at(-1)?.request
      const next = page.hasMore && last !== undefined ? cursorOf([String(last.at), last.id]) : null
      return ok({ items: page.pairs.map(itemOf), next, ...total })
    },
  })
}

/** Somebody watches the log of a station: its frames go by live for an hour. A station that is not there, or not at those sites, is nobody's. */
export async function watchLog(tx: Tx, bus: Bus, stationId: string, sites: 'all' | readonly string[]): Promise<void> {
  const parts = await findStation(tx, stationId, sites)
  if (parts !== undefined) tellWatched(tx, bus, parts.station)
}

function tellWatched(tx: Tx, bus: Bus, { id, siteId }: { readonly id: string; readonly siteId: string | null }): void {
  const site = siteId === null ? {} : { siteId }
  tx.afterCommit(() => bus.publish(tx.tenantId, { type: WATCHED_NOTICE, version: 1, stationId: id, ...site }))
}

function itemOf({ request, answer }: LogPair): z.input<typeof shapes.logItem> {
  const at = (frame: LogFrame): string => frame.at.toString({ smallestUnit: 'millisecond' })
  return {
    id: request.id,
    at: at(request),
    direction: request.direction,
    messageId: request.messageId,
    action: request.action,
    request: { at: at(request), text: maskedText(request.text) },
    ...(answer === undefined
      ? {}
      : {
          answer: {
            at: at(answer),
            text: maskedText(answer.text),
            kind: answer.kind === 'result' ? 'result' : 'error',
          } as const,
          durationMs: Math.round(request.at.until(answer.at).total('milliseconds')),
        }),
    marks: [...request.marks, ...(answer?.marks ?? [])],
  }
}
