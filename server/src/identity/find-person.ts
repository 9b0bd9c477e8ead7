import { recordChange } from '../audit/index.ts'
import { type Ground, ok, refuse, type Result, type Tx } from '../platform/index.ts'
import { listTenants, readTenant, tenantBySlug } from '../tenants/index.ts'
import { makeLinkIn, makeSignInLink } from './sign-in-links.ts'
import { mailHash } from './staff.ts'
import { firstAdministrator, peopleCalled, someNames } from './store.ts'

export interface Whose {
  /** A tenant's slug; needed when there are several. */
  readonly tenant?: string | undefined
  /** A person's name or mail address; absent: the first administrator. */
  readonly name?: string | undefined
}

const MOST_NAMED = 20

type Refusal = 'no-such-tenant' | 'which-tenant' | 'no-such-person' | 'which-person'

/** A one-time link for somebody, asked for by whoever runs the installation: lost passwords, first steps, the demo. */
export async function linkFor(
  ground: Ground,
  whose: Whose,
  at: Temporal.Instant,
): Promise<Result<{ readonly url: string }, Refusal>> {
  const { items } = await listTenants(ground, undefined, MOST_NAMED)
  const [first, second] = items
  if (first === undefined && whose.tenant === undefined) {
    return ok({ url: await makeSignInLink(ground, 'installation') })
  }
  const slugs = items.map((tenant) => tenant.slug).join(', ')
  if (second !== undefined && whose.tenant === undefined) return refuse('which-tenant', { values: { slugs } })
  const tenantId = whose.tenant === undefined ? first?.id : await tenantBySlug(ground, whose.tenant)
  if (tenantId === undefined) return refuse('no-such-tenant', { values: { context: 'slugs', slugs } })
  return ground.database.inTenant(tenantId, async (tx) => {
    // One whose making was interrupted has a short name already, and nobody.
    if ((await readTenant(tx)) === undefined) return refuse('no-such-tenant', { values: { context: 'slugs', slugs } })
    const found = await findPerson(tx, ground, whose.name)
    if (!found.ok) return found
    const staffId = found.value
    const change = { caller: { kind: 'platform' }, at, objectKind: 'staff', objectId: staffId } as const
    await recordChange(tx, { ...change, action: 'staff.invited-again' })
    return ok({ url: await makeLinkIn(ground, tx, staffId) })
  })
}

/** Whom a name means. Of two of one name none: their mail addresses tell them apart. */
async function findPerson(
  tx: Tx,
  ground: Ground,
  name: string | undefined,
): Promise<Result<string, 'no-such-person' | 'which-person'>> {
  const key = await ground.keys.tenant(tx.tenantId)
  const [one, another] =
    name === undefined ? [await firstAdministrator(tx)] : await peopleCalled(tx, name, mailHash(key, name))
  if (another !== undefined) return refuse('which-person')
  if (one !== undefined) return ok(one)
  const names = (await someNames(tx, MOST_NAMED)).join(', ')
  return refuse('no-such-person', { values: names === '' ? { context: 'nobody' } : { context: 'names', names } })
}
