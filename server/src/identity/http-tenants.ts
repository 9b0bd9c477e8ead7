import { z } from 'zod'
import {
  type AnyRoute,
  cursorFrom,
  cursorOf,
  type Ground,
  listOf,
  must,
  ok,
  openRoute,
  paging,
  refuse,
} from '../platform/index.ts'
import { anyTenant, countTenants, listTenants, newTenantShape, readTenant } from '../tenants/index.ts'
import { sessionCookie, tokenFrom } from './cookies.ts'
import { linkFor } from './find-person.ts'
import { makeFirstNetwork, makeTenantWithKey } from './make-tenant.ts'
import { languageShape, mailShape, nameShape, publishedTenant, TAG, tenantAnswer } from './shapes.ts'

/** What the installation says about itself to anybody. */
export interface Installation {
  readonly version: string
  readonly demo: () => boolean
  /** Languages that portals can be shown in. */
  readonly languages: () => readonly string[]
}

export function tenantRoutes(ground: Ground, installation: Installation): AnyRoute[] {
  return [
    makeTenants(ground),
    listAll(ground),
    makeLinks(ground),
    makeNetwork(ground),
    describeInstallation(ground, installation),
  ]
}

function makeTenants(ground: Ground): AnyRoute {
  return openRoute({
    method: 'POST',
    path: '/v1/tenants',
    tag: TAG.platform,
    summary: 'Make a tenant; the answer holds its first administrator’s key once',
    who: 'platform',
    body: newTenantShape,
    answer: z.strictObject({ id: z.uuid(), slug: z.string(), key: z.string() }),
    status: 201,
    refusals: { 'slug-taken': 409, 'idempotency-key-reused': 422 },
    handle: ({ body, at, header }) =>
      makeTenantWithKey(ground, body, { at, idempotencyKey: header('idempotency-key') }),
  })
}

function listAll(ground: Ground): AnyRoute {
  return openRoute({
    method: 'GET',
    path: '/v1/tenants',
    tag: TAG.platform,
    summary: 'All tenants, by slug',
    who: 'platform',
    query: z.strictObject(paging),
    answer: listOf(tenantAnswer),
    async handle({ query }) {
      const after = cursorFrom(query.cursor)?.[0]
      const page = await listTenants(ground, typeof after === 'string' ? after : undefined, query.limit)
      const next = page.next === undefined ? null : cursorOf([page.next])
      const total = query.count === 'true' ? { total: await countTenants(ground) } : {}
      return ok({ items: page.items.map(publishedTenant), next, ...total })
    },
  })
}

function makeLinks(ground: Ground): AnyRoute {
  return openRoute({
    method: 'POST',
    path: '/v1/sign-in-links',
    tag: TAG.platform,
    summary: 'A one-time link for somebody; while there is no tenant, one to make the first network',
    who: 'platform',
    body: z.strictObject({ tenant: z.string().max(40).optional(), name: nameShape.optional() }),
    answer: z.strictObject({ url: z.string() }),
    status: 201,
    refusals: { 'no-such-tenant': 404, 'which-tenant': 409, 'no-such-person': 404, 'which-person': 409 },
    handle: ({ body, at }) => linkFor(ground, body, at),
  })
}

function makeNetwork(ground: Ground): AnyRoute {
  const { languages: _, ...settings } = newTenantShape.shape
  return openRoute({
    method: 'POST',
    path: '/v1/make-network',
    tag: TAG.signIn,
    summary: 'Make the first network, by the installation’s one-time link',
    who: 'signed-in',
    body: z.strictObject({
      ...settings,
      language: languageShape,
      person: z.strictObject({ name: nameShape, mail: mailShape }),
    }),
    answer: z.strictObject({ tenant: tenantAnswer }),
    status: 201,
    refusals: { 'slug-taken': 409, 'network-exists': 409, 'not-signed-in': 401, 'not-allowed': 403 },
    async handle(call) {
      const installerToken = tokenFrom(ground, call.header('cookie'))
      if (call.caller.kind !== 'installer' || installerToken === undefined) return refuse('not-allowed')
      const { language, person, ...rest } = call.body
      const tenant = { ...rest, languages: [language] }
      const made = await makeFirstNetwork(ground, { tenant, person, installerToken, at: call.at })
      if (!made.ok) return made
      call.setHeader('set-cookie', sessionCookie(ground, made.value.token))
      const row = await ground.database.inTenant(made.value.tenantId, readTenant)
      return ok({ tenant: publishedTenant(must(row, 'the network just made')) })
    },
  })
}

function describeInstallation(ground: Ground, installation: Installation): AnyRoute {
  // Once some, always some.
  let isMade = false
  return openRoute({
    method: 'GET',
    path: '/v1/installation',
    tag: TAG.signIn,
    summary: 'What runs here',
    who: 'public',
    answer: z.strictObject({
      version: z.string(),
      tenants: z.enum(['none', 'some']),
      demo: z.boolean(),
      languages: z.array(z.string()),
    }),
    async handle() {
      isMade ||= await anyTenant(ground)
      const { version, demo, languages } = installation
      return ok({
        version,
        tenants: isMade ? ('some' as const) : ('none' as const),
        demo: demo(),
        languages: [...languages()],
      })
    },
  })
}
