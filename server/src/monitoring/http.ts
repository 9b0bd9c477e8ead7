import { z } from 'zod'
import { recordChange } from '../audit/index.ts'
import {
  type AnyRoute,
  listOf,
  must,
  ok,
  pageOf,
  paging,
  refuse,
  type Result,
  type StaffOrKey,
  tenantRoute,
  type Tx,
  instantText,
} from '../platform/index.ts'
import { maySeeSite, sitesForQuery } from '../rights/index.ts'
import { alertView, type ViewDeps as Words } from './alert-view.ts'
import { acknowledgedBy, closedBy } from './rules/grouping.ts'
import { alertKinds, mayBeClosed, severities } from './rules/kinds.ts'
import { lockAlert, saveNote, updateAlerts } from './store.ts'
import { type AlertRow, countAlerts, listAlerts, loadAlerts } from './store-lists.ts'

interface ViewDeps extends Words {
  /** Tells whoever watches that these changed. */
  tell(tx: Tx, ids: readonly string[]): Promise<void>
}

const states = ['open', 'acknowledged', 'cleared'] as const
const severity = z.enum(severities)

const historyShape = z.strictObject({
  at: instantText,
  what: z.enum(['began', 'returned', 'calm', 'cleared', 'severity', 'acknowledged', 'closed']),
  severity: severity.optional(),
  by: z.string().optional(),
  note: z.string().optional(),
})

const alertShape = z.strictObject({
  id: z.uuid(),
  kind: z.enum(alertKinds as readonly [string, ...string[]]).or(z.string()),
  severity,
  text: z.string(),
  fault: z.string().optional().describe('what the station’s error code means, and what to do'),
  since: instantText,
  lastAt: instantText,
  count: z.int().describe('how often its cause came'),
  flapping: z.boolean().describe('it comes and goes: over only after a while of calm'),
  calmAt: instantText.optional(),
  stationId: z.uuid().optional(),
  stationNumber: z.string().optional(),
  stationName: z.string().optional(),
  evseId: z.int().optional(),
  siteId: z.uuid().optional(),
  siteName: z.string().optional(),
  siteCity: z.string().optional(),
  sessionId: z.uuid().optional(),
  sessionNumber: z.int().optional(),
  incidentId: z.uuid().optional().describe('the alert of which this one is a part'),
  evidence: z.record(z.string(), z.unknown()),
  state: z.enum(states),
  closable: z.boolean().describe('somebody may close it; else it ends by itself'),
  history: z.array(historyShape),
  acknowledgedBy: z.string().optional(),
  acknowledgedAt: instantText.optional(),
  note: z.string().optional(),
  clearedAt: instantText.optional(),
})

const TAG = 'alerts'
const NOT_FOUND = { 'no-such-alert': 404 } as const
const params = z.strictObject({ id: z.uuid() })
const noteBody = z.strictObject({ note: z.string().trim().min(1).max(1_000).optional() })

export function alertRoutes(deps: ViewDeps): AnyRoute[] {
  return [listing(deps), reading(deps), acknowledging(deps), closing(deps)]
}

const filter = z.strictObject({
  ...paging,
  state: z.enum(states).optional(),
  severity: severity.optional(),
  kind: z.enum(alertKinds as readonly [string, ...string[]]).optional(),
  stationId: z.uuid().optional(),
  siteId: z.uuid().optional(),
  sessionId: z.uuid().optional(),
  incidentId: z.uuid().optional().describe('the parts of an incident, which else are not listed'),
})

const listing = (deps: ViewDeps) =>
  tenantRoute({
    method: 'GET',
    path: '/v1/alerts',
    tag: TAG,
    summary: 'What needs somebody, worst first; without `state` what is not cleared',
    right: 'alerts.read',
    query: filter,
    answer: listOf(alertShape).extend({
      bySeverity: z.strictObject({ critical: z.int(), major: z.int(), minor: z.int() }).optional(),
    }),
    async handle(tx, { query, caller }) {
      const { limit, cursor, count, state, ...asked } = query
      const wanted = { ...asked, states: state === undefined ? (['open', 'acknowledged'] as const) : [state] }
      const sited = { ...wanted, sites: sitesForQuery(caller) }
      const rows = await listAlerts(tx, sited, { limit: limit + 1, cursor })
      const { shown, next } = pageOf(rows, limit, ({ rank, since, id }) => [rank, since.toString(), id])
      return ok({
        items: shown.map((row) => alertView(row, deps, caller.language)),
        next,
        ...(count === 'true' ? await countAlerts(tx, sited) : {}),
      })
    },
  })

async function find(tx: Tx, id: string, caller: StaffOrKey): Promise<AlertRow | undefined> {
  const [row] = await loadAlerts(tx, [id])
  return row === undefined || !maySeeSite(caller, row.siteId) ? undefined : row
}

const reading = (deps: ViewDeps) =>
  tenantRoute({
    method: 'GET',
    path: '/v1/alerts/:id',
    tag: TAG,
    summary: 'One alert with its evidence and what happened to it',
    right: 'alerts.read',
    params,
    answer: alertShape,
    refusals: NOT_FOUND,
    async handle(tx, { params: { id }, caller }) {
      const row = await find(tx, id, caller)
      return row === undefined ? refuse('no-such-alert') : ok(alertView(row, deps, caller.language))
    },
  })

const acknowledging = (deps: ViewDeps) =>
  tenantRoute({
    method: 'POST',
    path: '/v1/alerts/:id/acknowledge',
    tag: TAG,
    summary: 'Say that somebody looks after it',
    right: 'alerts.write',
    params,
    body: noteBody,
    answer: alertShape,
    refusals: { ...NOT_FOUND, 'alert-over': 409 },
    async handle(tx, { params: { id }, body: { note }, caller, at }): Promise<Result<z.input<typeof alertShape>>> {
      if ((await find(tx, id, caller)) === undefined) return refuse('no-such-alert')
      const kept = must(await lockAlert(tx, id), 'the alert')
      if (kept.clearedAt !== null) return refuse('alert-over')
      const next = acknowledgedBy(kept, { name: caller.actorName, note, at })
      await updateAlerts(tx, [{ tenantId: tx.tenantId, id, kept: next, evidence: kept.evidence }])
      if (note !== undefined) await saveNote(tx, id, note)
      const change = { caller, at, objectKind: 'alert', objectId: id, after: { kind: kept.kind, note } }
      await recordChange(tx, { ...change, action: 'alert.acknowledged' })
      return told(tx, deps, id, caller)
    },
  })

const closing = (deps: ViewDeps) =>
  tenantRoute({
    method: 'POST',
    path: '/v1/alerts/:id/close',
    tag: TAG,
    summary: 'Close an alert that does not end by itself, since what it tells of has happened',
    right: 'alerts.write',
    params,
    body: noteBody,
    answer: alertShape,
    refusals: { ...NOT_FOUND, 'alert-over': 409, 'alert-ends-by-itself': 409 },
    async handle(tx, { params: { id }, body: { note }, caller, at }): Promise<Result<z.input<typeof alertShape>>> {
      if ((await find(tx, id, caller)) === undefined) return refuse('no-such-alert')
      const kept = must(await lockAlert(tx, id), 'the alert')
      if (kept.clearedAt !== null) return refuse('alert-over')
      if (!mayBeClosed(kept.kind)) return refuse('alert-ends-by-itself')
      const next = closedBy(kept, { name: caller.actorName, note, at })
      await updateAlerts(tx, [{ tenantId: tx.tenantId, id, kept: next, evidence: kept.evidence }])
      if (note !== undefined) await saveNote(tx, id, note)
      const change = { caller, at, objectKind: 'alert', objectId: id, after: { kind: kept.kind, note } }
      await recordChange(tx, { ...change, action: 'alert.closed' })
      return told(tx, deps, id, caller)
    },
  })

async function told(
  tx: Tx,
  deps: ViewDeps,
  id: string,
  caller: StaffOrKey,
): Promise<Result<z.input<typeof alertShape>>> {
  const [row] = await loadAlerts(tx, [id])
  await deps.tell(tx, [id])
  return ok(alertView(must(row, 'the alert'), deps, caller.language))
}
