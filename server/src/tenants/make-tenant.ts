import { type DataKey, type Ground, newId, ok, refuse, type Result, type Tx } from '../platform/index.ts'
import type { NewTenant } from './settings.ts'
import { insertTenant, reserveSlug } from './store.ts'

export interface Making<T> {
  readonly at: Temporal.Instant
  readonly demo?: boolean
  /** Leaves in the directory what finds the tenant's first key or person. Runs before there is a tenant. */
  readonly announce?: (directory: Tx, tenantId: string) => Promise<void>
  /** Puts the first key or person into the new tenant, in the transaction that makes it. */
  readonly fill: (tx: Tx, key: DataKey) => Promise<T>
}

/**
 * Makes a tenant in two transactions, since the directory has a role of its own. The directory comes first: whatever is found there
 * without a tenant opens nothing, and making the same slug again after a crash takes the reserved id and goes on.
 */
export async function makeTenant<T>(
  ground: Ground,
  tenant: NewTenant,
  making: Making<T>,
): Promise<Result<{ readonly tenantId: string; readonly made: T }, 'slug-taken'>> {
  const tenantId = await ground.database.inDirectory(async (tx) => {
    const reserved = await reserveSlug(tx, tenant.slug, newId())
    await making.announce?.(tx, reserved)
    return reserved
  })
  return ground.database.inTenant(tenantId, async (tx) => {
    const { key, wrapped } = ground.keys.newTenantKey()
    const isNew = await insertTenant(tx, { ...tenant, demo: making.demo ?? false }, wrapped, making.at)
    if (!isNew) return refuse('slug-taken', { fields: [{ pointer: '/slug', code: 'taken' }] })
    return ok({ tenantId, made: await making.fill(tx, key) })
  })
}
