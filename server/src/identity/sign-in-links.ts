import { type Ground, must, ok, refuse, type Result, type Tx } from '../platform/index.ts'
import { recordOwn } from './record-own.ts'
import { announceSignIn, makeSignIn, newSignIn, tokenHash } from './sign-ins.ts'
import { activateStaff, readStaff } from './store.ts'
import { findSignInPlace, removeSignInPlace } from './store-directory.ts'
import { endSignInsOf, lockStaffOfLink, useLink } from './store-sign-ins.ts'

export type LinkFor = 'installation' | { readonly tenantId: string; readonly staffId: string }

/**
 * A link that signs somebody in once, within 24 hours; earlier links of the person stop working. For 'installation' it opens "make your
 * network". The token stands after `#`, which no server and no referrer sees, and is used by a POST, so that a preview does not burn it.
 */
export async function makeSignInLink(ground: Ground, whom: LinkFor): Promise<string> {
  if (whom !== 'installation')
    return ground.database.inTenant(whom.tenantId, (tx) => makeLinkIn(ground, tx, whom.staffId))
  const link = newSignIn('link', ground.clock.now())
  await ground.database.inDirectory((directory) => announceSignIn(directory, ground, link, null))
  return addressOf(ground, link.token)
}

/** The same, within the tenant's transaction. */
export async function makeLinkIn(ground: Ground, tx: Tx, staffId: string): Promise<string> {
  const at = ground.clock.now()
  await endSignInsOf(tx, staffId, { kind: 'link', at })
  const link = newSignIn('link', at)
  await makeSignIn(ground, tx, link, staffId)
  return addressOf(ground, link.token)
}

function addressOf(ground: Pick<Ground, 'publicUrl'>, token: string): string {
  return `${ground.publicUrl}/sign-in#${token}`
}

export interface SignedIn {
  readonly token: string
  readonly needsPassword: boolean
  readonly next: 'console' | 'make-network'
}

/** Follows a link: burns it and begins a session with a new secret. */
export async function followLink(
  ground: Ground,
  token: string,
  at: Temporal.Instant,
): Promise<Result<SignedIn, 'link-not-good'>> {
  const hash = tokenHash(ground.keys.installation, token)
  const place = await ground.database.inDirectory((tx) => findSignInPlace(tx, hash, 'link', at))
  if (place === undefined) return refuse('link-not-good')
  const session = newSignIn('session', at, 'link')
  if (place.tenantId === null) {
    const isOurs = await ground.database.inDirectory(async (tx) => {
      if (!(await removeSignInPlace(tx, hash))) return false
      await announceSignIn(tx, ground, session, null)
      return true
    })
    return isOurs ? ok({ token: session.token, needsPassword: false, next: 'make-network' }) : refuse('link-not-good')
  }
  const key = await ground.keys.tenant(place.tenantId)
  const staff = await ground.database.inTenant(place.tenantId, async (tx) => {
    // The person first, as whoever signs them out does.
    await lockStaffOfLink(tx, place.id)
    const staffId = await useLink(tx, place.id, tokenHash(key, token), at)
    if (staffId === undefined || !(await activateStaff(tx, staffId))) return undefined
    await makeSignIn(ground, tx, session, staffId)
    const person = must(await readStaff(tx, staffId), 'the person of a link')
    await recordOwn(tx, person, 'staff.signed-in', at, { by: 'link' })
    return person
  })
  if (staff === undefined) return refuse('link-not-good')
  return ok({ token: session.token, needsPassword: staff.passwordHash === null, next: 'console' })
}
