import { z } from 'zod'
import {
  type AnyRoute,
  type Ground,
  idFrom,
  listOf,
  ok,
  pageOf,
  paging,
  refuse,
  tenantRoute,
  instantText,
} from '../platform/index.ts'
import { endKey, makeKey, textOfKey } from './api-keys.ts'
import { tellAccessChanged } from './access-changed.ts'
import { type SitesExist, sitesKnown } from './known-sites.ts'
import { idShape, nameShape, roleShape, sitesShape, TAG } from './shapes.ts'
import { type ApiKey, countKeys, readKey, readKeys } from './store-keys.ts'

const sitesAnswer = z.union([z.literal('all'), z.array(z.uuid())])
const key = z.strictObject({
  id: z.uuid(),
  name: z.string(),
  role: z.string(),
  sites: sitesAnswer,
  createdAt: instantText,
  lastUsedAt: instantText.optional(),
  revokedAt: instantText.optional(),
})

const oneKey = tenantRoute({
  method: 'GET',
  path: '/v1/keys/:id',
  tag: TAG.people,
  summary: 'One machine key',
  right: 'keys.write',
  params: idShape,
  answer: key,
  // When it was last used changes by itself.
  tagOf: (answer: z.input<typeof key>) => ({ ...answer, lastUsedAt: undefined }),
  refusals: { 'no-such-key': 404 },
  async handle(tx, { params }) {
    const row = await readKey(tx, params.id)
    return row === undefined ? refuse('no-such-key') : ok(published(row))
  },
})

export function keyRoutes(ground: Ground, sitesExist: SitesExist | undefined): AnyRoute[] {
  return [
    tenantRoute({
      method: 'GET',
      path: '/v1/keys',
      tag: TAG.people,
      summary: 'Machine keys, those revoked included',
      right: 'keys.write',
      query: z.strictObject(paging),
      answer: listOf(key),
      async handle(tx, { query }) {
        const rows = await readKeys(tx, idFrom(query.cursor), query.limit + 1)
        const total = query.count === 'true' ? { total: await countKeys(tx) } : {}
        const { shown, next } = pageOf(rows, query.limit, ({ id }) => [id])
        return ok({ items: shown.map(published), next, ...total })
      },
    }),
    oneKey,
    tenantRoute({
      method: 'POST',
      path: '/v1/keys',
      tag: TAG.people,
      summary: 'Make a machine key; the answer holds it once',
      right: 'keys.write',
      body: z.strictObject({ name: nameShape, role: roleShape, sites: sitesShape.default('all') }),
      answer: z.strictObject({ ...key.shape, key: z.string() }),
      status: 201,
      refusals: { 'beyond-own-rights': 403, 'no-such-site': 422 },
      async handle(tx, { caller, body, at }) {
        const known = await sitesKnown(tx, sitesExist, body.sites)
        if (!known.ok) return known
        const made = await makeKey(ground, tx, caller, body, at)
        if (!made.ok) return made
        const { id } = made.value
        return ok({ id, ...body, createdAt: at.toString(), key: textOfKey(made.value) })
      },
    }),
    tenantRoute({
      method: 'DELETE',
      path: '/v1/keys/:id',
      tag: TAG.people,
      summary: 'Revoke a key, at once',
      right: 'keys.write',
      params: idShape,
      refusals: { 'no-such-key': 404, 'last-administrator': 409 },
      async handle(tx, { caller, params, at }) {
        tx.afterCommit(() => tellAccessChanged(ground, tx.tenantId))
        return endKey(tx, caller, params.id, at)
      },
    }),
  ]
}

function published(row: ApiKey): z.input<typeof key> {
  return {
    id: row.id,
    name: row.name,
    role: row.role,
    sites: row.sites === 'all' ? 'all' : [...row.sites],
    createdAt: row.createdAt.toString(),
    ...(row.lastUsedAt === null ? {} : { lastUsedAt: row.lastUsedAt.toString() }),
    ...(row.revokedAt === null ? {} : { revokedAt: row.revokedAt.toString() }),
  }
}
