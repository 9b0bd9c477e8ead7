import {
  DatabaseAway,
  type Forget,
  FORGET_AT_ONCE,
  forgetAnswers,
  forgetEffects,
  type Ground,
} from '../platform/index.ts'
import type { Tenant } from './settings.ts'
import { idOfSlug, readTenants, slugsAfter } from './store.ts'

/** The id a slug stands for. It may be one whose making was interrupted: nothing is found under it then. */
export async function tenantBySlug(ground: Pick<Ground, 'database'>, slug: string): Promise<string | undefined> {
  return ground.database.inDirectory((tx) => idOfSlug(tx, slug))
}

/** Tenants by slug, those after `after`; `next` is the slug to go on from. */
export async function listTenants(
  ground: Pick<Ground, 'database'>,
  after: string | undefined,
  limit: number,
): Promise<{ readonly items: readonly Tenant[]; readonly next: string | undefined }> {
  const slugs = await ground.database.inDirectory((tx) => slugsAfter(tx, after, limit + 1))
  const shown = slugs.slice(0, limit)
  if (shown.length === 0) return { items: [], next: undefined }
  const items = await ground.database.inTenants(
    shown.map((row) => row.id),
    readTenants,
  )
  return { items, next: slugs.length > limit ? shown.at(-1)?.slug : undefined }
}

/** How many there are. A slug whose tenant was never made whole is none. */
export async function countTenants(ground: Pick<Ground, 'database'>): Promise<number> {
  let count = 0
  for await (const _ of allTenants(ground)) count += 1
  return count
}

/** Every tenant, page by page. */
async function* allTenants(ground: Pick<Ground, 'database'>): AsyncGenerator<Tenant> {
  for (let after: string | undefined; ; ) {
    const page = await listTenants(ground, after, 200)
    yield* page.items
    if (page.next === undefined) return
    after = page.next
  }
}

/** Whether any tenant was ever made whole. */
export async function anyTenant(ground: Pick<Ground, 'database'>): Promise<boolean> {
  for await (const _ of allTenants(ground)) return true
  return false
}

/**
 * Removes what has served its time, tenant by tenant; `also`: what features above have. What cannot be removed is told and waits for the
 * next time, and keeps nothing else. Returns how many rows.
 */
export async function forgetServedOfAll(ground: Ground, also: readonly Forget[] = []): Promise<number> {
  let rows = 0
  for await (const { id } of allTenants(ground)) {
    for (const forget of [forgetAnswers, forgetEffects, ...also]) rows += await forgetServed(ground, id, forget)
  }
  return rows
}

async function forgetServed({ database, clock, log }: Ground, tenantId: string, forget: Forget): Promise<number> {
  let rows = 0
  try {
    for (let some = FORGET_AT_ONCE; some >= FORGET_AT_ONCE; rows += some)
      some = await database.inTenant(tenantId, (tx) => forget(tx, clock.now()))
  } catch (error) {
    if (error instanceof DatabaseAway && !error.isSlow) throw error
    log.warn('what has served its time could not be removed', { tenantId, error })
  }
  return rows
}
