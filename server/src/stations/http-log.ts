import { z } from 'zod'
import {
  type AnyRoute,
  cursorFrom,
  cursorOf,
  type DataKey,
  type Ground,
  listOf,
  ok,
  paging,
  refuse,
  tenantRoute,
} from '../platform/index.ts'
import { findStation, NO_STATION } from './http-stations.ts'
import { maskedText } from './rules/mask.ts'
import * as shapes from './shapes.ts'
import { loadAnswers, loadRefusedMessages, loadRequests, type LogRow } from './store-log.ts'

const TAG = 'log'

export const WATCHED_NOTICE = 'ocpp.watched'

export function logRoutes(ground: Ground): readonly AnyRoute[] {
  return [logRoute(ground), refusedMessagesRoute(ground)]
}

function logRoute({ keys, bus }: Ground): AnyRoute {
  return tenantRoute({
    method: 'GET',
    path: '/v1/stations/:id/ocpp-log',
    tag: TAG,
    summary:
      'What station and server said to each other, request and answer paired, newest first; tokens and passwords masked',
    right: 'log.read',
    params: shapes.idParams,
    query: z.strictObject({
      limit: paging.limit,
      before: z.string().max(500).optional().describe('next of the page before'),
      action: z.string().max(100).optional(),
    }),
    answer: listOf(shapes.logItem),
    refusals: NO_STATION,
    async handle(tx, { params: { id: stationId }, query, caller }) {
      if ((await findStation(tx, stationId, caller.sites)) === undefined) return refuse('no-such-station')
      const { limit, action } = query
      const rows = await loadRequests(tx, { stationId, action, before: cursorFrom(query.before), limit: limit + 1 })
      const requests = rows.slice(0, limit)
      const first = requests.at(-1)
      const messageIds = requests.flatMap(({ messageId }) => messageId ?? [])
      const answers = first === undefined ? [] : await loadAnswers(tx, { stationId, messageIds, from: first.at })
      const key = await keys.tenant(tx.tenantId)
      // Whoever reads the log is about to watch it: frames go by live for an hour.
      tx.afterCommit(() => bus.publish(caller.tenantId, { type: WATCHED_NOTICE, version: 1, stationId }))
      const next = rows.length > requests.length && first !== undefined ? cursorOf([String(first.at), first.id]) : null
      return ok({ items: requests.map((request) => itemOf(request, answerTo(request, answers), key)), next })
    },
  })
}

/** The first answer that went the other way after it: a station may use an id twice. */
function answerTo(request: LogRow, answers: readonly LogRow[]): LogRow | undefined {
  if (request.kind !== 'call') return undefined
  return answers.find(
    ({ messageId, direction, at }) =>
      messageId === request.messageId &&
      direction !== request.direction &&
      Temporal.Instant.compare(at, request.at) >= 0,
  )
}

function itemOf(request: LogRow, answer: LogRow | undefined, key: DataKey): z.input<typeof shapes.logItem> {
  const textOf = (row: LogRow): string => maskedText(key.decrypt(row.frame).toString())
  const at = (row: LogRow): string => row.at.toString({ smallestUnit: 'millisecond' })
  return {
    id: request.id,
    at: at(request),
    direction: request.direction,
    messageId: request.messageId ?? undefined,
    action: request.action ?? undefined,
    request: { at: at(request), text: textOf(request) },
    ...(answer === undefined
      ? {}
      : {
          answer: {
            at: at(answer),
            text: textOf(answer),
            kind: answer.kind === 'result' ? 'result' : 'error',
          } as const,
          durationMs: Math.round(request.at.until(answer.at).total('milliseconds')),
        }),
    marks: [...(request.marks ?? []), ...(answer?.marks ?? [])],
  }
}

function refusedMessagesRoute({ keys }: Ground): AnyRoute {
  return tenantRoute({
    method: 'GET',
    path: '/v1/stations/:id/refused-messages',
    tag: TAG,
    summary: 'Messages of a station that could not be taken, as they came, newest first',
    right: 'log.read',
    params: shapes.idParams,
    query: z.strictObject(paging),
    answer: listOf(shapes.refusedMessage),
    refusals: NO_STATION,
    async handle(tx, { params: { id: stationId }, query, caller }) {
      if ((await findStation(tx, stationId, caller.sites)) === undefined) return refuse('no-such-station')
      const rows = await loadRefusedMessages(tx, {
        stationId,
        before: cursorFrom(query.cursor),
        limit: query.limit + 1,
      })
      const key = await keys.tenant(tx.tenantId)
      const items = rows.slice(0, query.limit)
      const last = items.at(-1)
      return ok({
        items: items.map(({ id, at, action, code, why, frame }) => ({
          id,
          at: at.toString({ smallestUnit: 'millisecond' }),
          action: action ?? undefined,
          code,
          why,
          text: maskedText(key.decrypt(frame).toString()),
        })),
        next: rows.length > items.length && last !== undefined ? cursorOf([String(last.at), last.id]) : null,
      })
    },
  })
}
