import { z } from 'zod'
import { recordChange } from '../audit/index.ts'
import { allowedFrom, allowedTargetsShape } from '../events/index.ts'
import { type AnyRoute, etagOf, type Ground, namesTag, ok, openRoute, refuse } from '../platform/index.ts'
import { lockTenant, readOutbound, saveSettings } from '../tenants/index.ts'
import { idShape, TAG } from './shapes.ts'

const answer = z.strictObject({
  allowed: z.array(z.strictObject({ address: z.string(), port: z.int(), plain: z.boolean() })),
})
const NOT_FOUND = { 'no-such-tenant': 404 } as const

/**
 * Which addresses besides those of the open internet a tenant's webhooks may reach. The platform's administrator says so and no tenant:
 * it is the installation's own network that would be opened (attack 15).
 */
export function outboundRoutes({ database }: Ground): AnyRoute[] {
  return [
    openRoute({
      method: 'GET',
      path: '/v1/tenants/:id/outbound-targets',
      tag: TAG.platform,
      summary: 'Addresses on site that a tenant’s webhooks may reach',
      who: 'platform',
      params: idShape,
      answer,
      refusals: NOT_FOUND,
      async handle({ params }) {
        const kept = await database.inTenant(params.id, readOutbound)
        return kept === undefined ? refuse('no-such-tenant') : ok({ allowed: [...allowedFrom(kept.allowed)] })
      },
    }),
    openRoute({
      method: 'PATCH',
      path: '/v1/tenants/:id/outbound-targets',
      tag: TAG.platform,
      summary: 'Say which addresses on site a tenant’s webhooks may reach; the list replaces the former one',
      who: 'platform',
      params: idShape,
      body: z.strictObject({ allowed: allowedTargetsShape }),
      answer,
      refusals: { ...NOT_FOUND, 'changed-meanwhile': 412 },
      handle: ({ params, body, caller, at, ifMatch }) =>
        database.inTenant(params.id, async (tx) => {
          await lockTenant(tx)
          const kept = await readOutbound(tx)
          if (kept === undefined) return refuse('no-such-tenant')
          const seen = { allowed: [...allowedFrom(kept.allowed)] }
          if (ifMatch !== undefined && !namesTag(ifMatch, etagOf(seen))) return refuse('changed-meanwhile')
          await saveSettings(tx, 'outbound', body.allowed)
          const change = { caller, at, action: 'tenant.outbound-changed', objectKind: 'tenant', objectId: params.id }
          await recordChange(tx, { ...change, before: kept.allowed ?? [], after: body.allowed })
          return ok({ allowed: [...body.allowed] })
        }),
    }),
  ]
}
