import { type Ground, ok, refuse, type Result } from '../platform/index.ts'
import { listTenants, tenantBySlug } from '../tenants/index.ts'
import { makeSignInLink } from './sign-in-links.ts'
import { findSignInTarget } from './store.ts'

export interface Whose {
  /** A tenant's slug; needed when there are several. */
  readonly tenant?: string | undefined
  /** A person's name; absent: the first administrator. */
  readonly name?: string | undefined
}

const MOST_NAMED = 20

/** A one-time link for somebody, asked for by whoever runs the installation: lost passwords, first steps, the demo. */
export async function linkFor(
  ground: Ground,
  whose: Whose,
): Promise<Result<{ readonly url: string }, 'no-such-tenant' | 'which-tenant' | 'no-such-person'>> {
  const { items } = await listTenants(ground, undefined, MOST_NAMED)
  const [first, second] = items
  if (first === undefined && whose.tenant === undefined) {
    return ok({ url: await makeSignInLink(ground, 'installation') })
  }
  if (second !== undefined && whose.tenant === undefined) {
    return refuse('which-tenant', { values: { slugs: items.map((tenant) => tenant.slug).join(', ') } })
  }
  const tenantId = whose.tenant === undefined ? first?.id : await tenantBySlug(ground, whose.tenant)
  if (tenantId === undefined) return refuse('no-such-tenant')
  const staffId = await ground.database.inTenant(tenantId, (tx) => findSignInTarget(tx, whose.name))
  if (staffId === undefined) return refuse('no-such-person')
  return ok({ url: await makeSignInLink(ground, { tenantId, staffId }) })
}
