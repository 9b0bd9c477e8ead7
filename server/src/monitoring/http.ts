import { z } from 'zod'
import { recordChange } from '../audit/index.ts'
import {
  type AnyRoute,
  cursorOf,
  listOf,
  must,
  ok,
  paging,
  refuse,
  tenantRoute,
  type Texts,
} from '../platform/index.ts'
import { maySeeSite, sitesForQuery } from '../rights/index.ts'
import { alertView } from './alert-view.ts'
import { alertKinds, severities } from './rules/alerts-of-report.ts'
import { acknowledge, listAlerts, loadAlerts } from './store.ts'

const states = ['open', 'acknowledged', 'cleared'] as const

const alertShape = z.strictObject({
  id: z.uuid(),
  kind: z.enum(alertKinds).or(z.string()),
  severity: z.enum(severities),
  text: z.string(),
  since: z.string(),
  lastAt: z.string(),
  count: z.int(),
  stationId: z.uuid().optional(),
  stationNumber: z.string().optional(),
  stationName: z.string().optional(),
  sessionId: z.uuid().optional(),
  sessionNumber: z.int().optional(),
  evidence: z.record(z.string(), z.unknown()),
  state: z.enum(states),
  acknowledgedBy: z.string().optional(),
  acknowledgedAt: z.string().optional(),
  note: z.string().optional(),
  clearedAt: z.string().optional(),
})

export function alertRoutes(texts: Texts): AnyRoute[] {
  return [
    tenantRoute({
      method: 'GET',
      path: '/v1/alerts',
      tag: 'alerts',
      summary: 'What needs somebody, worst first',
      right: 'alerts.read',
      query: z.strictObject({ ...paging, state: z.enum(states).optional() }),
      answer: listOf(alertShape),
      async handle(tx, { query, caller }) {
        const wanted = query.state === undefined ? (['open', 'acknowledged'] as const) : [query.state]
        const rows = await listAlerts(tx, {
          states: wanted,
          sites: sitesForQuery(caller),
          limit: query.limit + 1,
          cursor: query.cursor,
        })
        const shown = rows.slice(0, query.limit)
        const last = shown.at(-1)
        const more = rows.length > query.limit && last !== undefined
        return ok({
          items: shown.map((row) => alertView(row, texts, caller.language)),
          next: more ? cursorOf([last.rank, last.since.toString(), last.id]) : null,
        })
      },
    }),
    tenantRoute({
      method: 'POST',
      path: '/v1/alerts/:id/acknowledge',
      tag: 'alerts',
      summary: 'Say that somebody looks after it',
      right: 'alerts.write',
      params: z.strictObject({ id: z.uuid() }),
      body: z.strictObject({ note: z.string().max(1_000).optional() }),
      answer: alertShape,
      refusals: { 'no-such-alert': 404 },
      async handle(tx, { params, body, caller, at }) {
        const [before] = await loadAlerts(tx, [params.id])
        if (before === undefined || !maySeeSite(caller, before.siteId)) return refuse('no-such-alert')
        await acknowledge(tx, params.id, { name: caller.actorName, note: body.note, at })
        await recordChange(tx, { caller, at, action: 'alert.acknowledged', objectKind: 'alert', objectId: params.id })
        const [after] = await loadAlerts(tx, [params.id])
        return ok(alertView(must(after, 'alert'), texts, caller.language))
      },
    }),
  ]
}
