import { z } from 'zod'
import { type AnyRoute, idFrom, listOf, ok, pageOf, paging, tenantRoute, instantText } from '../platform/index.ts'
import { type AuditRow, countAudit, readAudit } from './store.ts'

const entry = z.strictObject({
  id: z.uuid(),
  at: instantText,
  actor: z.strictObject({ kind: z.string(), id: z.uuid().optional(), name: z.string().optional() }),
  action: z.string(),
  objectKind: z.string(),
  objectId: z.string().optional(),
  before: z.unknown().optional(),
  after: z.unknown().optional(),
})

export function auditRoutes(): AnyRoute[] {
  return [
    tenantRoute({
      method: 'GET',
      path: '/v1/audit',
      tag: 'people and keys',
      summary: 'Who changed what, newest first',
      right: 'audit.read',
      query: z.strictObject({
        ...paging,
        objectKind: z.string().max(50).optional(),
        objectId: z.string().max(200).optional(),
        actorId: z.uuid().optional(),
      }),
      answer: listOf(entry),
      async handle(tx, { query }) {
        const filter = { objectKind: query.objectKind, objectId: query.objectId, actorId: query.actorId }
        const rows = await readAudit(tx, filter, idFrom(query.cursor), query.limit + 1)
        const { shown, next } = pageOf(rows, query.limit, ({ id }) => [id])
        return ok({
          items: shown.map(published),
          next,
          ...(query.count === 'true' ? { total: await countAudit(tx, filter) } : {}),
        })
      },
    }),
  ]
}

function published(row: AuditRow): z.input<typeof entry> {
  return {
    id: row.id,
    at: row.at.toString(),
    actor: {
      kind: row.actorKind,
      ...(row.actorId === null ? {} : { id: row.actorId }),
      ...(row.actorName === null ? {} : { name: row.actorName }),
    },
    action: row.action,
    objectKind: row.objectKind,
    ...(row.objectId === null ? {} : { objectId: row.objectId }),
    ...(row.before === null ? {} : { before: row.before }),
    ...(row.after === null ? {} : { after: row.after }),
  }
}
