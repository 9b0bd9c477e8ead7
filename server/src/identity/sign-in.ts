import { type Ground, ok, refuse, type Result } from '../platform/index.ts'
import { readTenant } from '../tenants/index.ts'
import { hashPassword, isPassword } from './passwords.ts'
import { weaknessOf } from './rules/password.ts'
import { recordOwn } from './record-own.ts'
import { makeSignIn, newSignIn, tokenHash } from './sign-ins.ts'
import { mailHash } from './staff.ts'
import { lockStaff, readStaff, setPasswordHash } from './store.ts'
import { findSignInPlace, type MailPlace, placesOfMail, removeSignInPlace } from './store-directory.ts'
import { endSignIn, endSignInsOf, readSession } from './store-sign-ins.ts'
import type { Tries } from './tries.ts'

export interface Proof {
  readonly mail: string
  readonly password: string
  /** The tenant's slug, when the mail belongs to several. */
  readonly tenant?: string | undefined
}

export type PasswordAnswer =
  | { readonly token: string }
  | { readonly choose: readonly { readonly slug: string; readonly name: string }[] }

interface Candidate {
  readonly place: MailPlace
  readonly slug: string
  readonly name: string
  readonly person: string
  readonly passwordHash: string | undefined
}

/** By mail and password. An unknown mail takes as long as a known one and is answered alike. */
export async function signInByPassword(
  ground: Ground,
  tries: Tries,
  proof: Proof,
  from: { readonly ip: string; readonly at: Temporal.Instant },
): Promise<Result<PasswordAnswer, 'wrong-sign-in' | 'too-many-tries'>> {
  const hash = mailHash(ground.keys.installation, proof.mail)
  const account = hash.toString('base64url')
  const wait = tries.begin(account, from.ip, from.at.epochMilliseconds)
  if (wait > 0) return refuse('too-many-tries', { values: { seconds: wait } })
  const places = await ground.database.inDirectory((tx) => placesOfMail(tx, hash))
  const candidates = (await Promise.all(places.map((place) => candidateAt(ground, place)))).filter(
    (candidate) => candidate !== undefined && (proof.tenant === undefined || candidate.slug === proof.tenant),
  ) as Candidate[]
  const proven: Candidate[] = []
  for (const candidate of candidates) {
    if (await isPassword(proof.password, candidate.passwordHash)) proven.push(candidate)
  }
  if (candidates.length === 0) await isPassword(proof.password, undefined)
  const [only, another] = proven
  if (only === undefined) return refuse('wrong-sign-in')
  tries.forgive(account, from.ip)
  if (another !== undefined) return ok({ choose: proven.map(({ slug, name }) => ({ slug, name })) })
  const { tenantId, staffId } = only.place
  const session = newSignIn('session', from.at, 'password')
  const isIn = await ground.database.inTenant(tenantId, async (tx) => {
    // Comparing takes a while: meanwhile they may have been disabled, or set another password, which ends what the former one opened.
    const now = await lockStaff(tx, staffId)
    if (now?.status !== 'active' || now.passwordHash !== only.passwordHash) return false
    await makeSignIn(ground, tx, session, staffId)
    await recordOwn(tx, { id: staffId, name: only.person }, 'staff.signed-in', from.at, { by: 'password' })
    return true
  })
  return isIn ? ok({ token: session.token }) : refuse('wrong-sign-in')
}

async function candidateAt(ground: Ground, place: MailPlace): Promise<Candidate | undefined> {
  return ground.database.inTenant(place.tenantId, async (tx) => {
    const staff = await readStaff(tx, place.staffId)
    const tenant = await readTenant(tx)
    if (tenant === undefined || staff?.status !== 'active') return undefined
    return {
      place,
      slug: tenant.slug,
      name: tenant.name,
      person: staff.name,
      passwordHash: staff.passwordHash ?? undefined,
    }
  })
}

/** Ends the session a token stands for; nothing happens when it is none. */
export async function endSession(ground: Ground, token: string | undefined, at: Temporal.Instant): Promise<void> {
  if (token === undefined || token === '') return
  const hash = tokenHash(ground.keys.installation, token)
  const place = await ground.database.inDirectory((tx) => findSignInPlace(tx, hash, 'session', at))
  if (place === undefined) return
  if (place.tenantId !== null) await ground.database.inTenant(place.tenantId, (tx) => endSignIn(tx, place.id, at))
  await ground.database.inDirectory((tx) => removeSignInPlace(tx, hash))
}

export interface PasswordChange {
  readonly token: string
  readonly password: string
  readonly current: string | undefined
  readonly ip: string
  readonly at: Temporal.Instant
}

type PasswordRefusal = 'not-signed-in' | 'wrong-current-password' | 'too-many-tries' | 'bad-input'

/**
 * Sets one's own password and ends one's other sessions. The former one is asked for, unless there is none or the session was begun by a
 * one-time link, which proves as much and is how a forgotten password is replaced.
 */
export async function setOwnPassword(
  ground: Ground,
  tries: Tries,
  change: PasswordChange,
): Promise<Result<void, PasswordRefusal>> {
  const { token, at } = change
  const hash = tokenHash(ground.keys.installation, token)
  const place = await ground.database.inDirectory((tx) => findSignInPlace(tx, hash, 'session', at))
  if (place === undefined || place.tenantId === null) return refuse('not-signed-in')
  const { tenantId, id } = place
  const key = await ground.keys.tenant(tenantId)
  const own = await ground.database.inTenant(tenantId, async (tx) => {
    const session = await readSession(tx, id, tokenHash(key, token), at)
    const staff = session && (await readStaff(tx, session.staffId))
    return session && staff ? { session, staff } : undefined
  })
  if (own === undefined) return refuse('not-signed-in')
  const { session, staff } = own
  const asksFormer = staff.passwordHash !== null && session.begunBy !== 'link'
  if (asksFormer) {
    const wait = tries.begin(staff.id, change.ip, at.epochMilliseconds)
    if (wait > 0) return refuse('too-many-tries', { values: { seconds: wait } })
    if (change.current === undefined || !(await isPassword(change.current, staff.passwordHash))) {
      return refuse('wrong-current-password')
    }
    tries.forgive(staff.id, change.ip)
  }
  const weakness = weaknessOf(change.password, { mail: key.decrypt(staff.mail).toString(), name: staff.name })
  if (weakness !== undefined) return refuse('bad-input', { fields: [{ pointer: '/password', code: weakness }] })
  const passwordHash = await hashPassword(change.password)
  return ground.database.inTenant(tenantId, async (tx): Promise<Result<void, PasswordRefusal>> => {
    // Comparing takes a while: meanwhile another may have been set, and this session ended by that.
    const now = await lockStaff(tx, staff.id)
    if ((await readSession(tx, id, tokenHash(key, token), at)) === undefined) return refuse('not-signed-in')
    if (asksFormer && now?.passwordHash !== staff.passwordHash) return refuse('wrong-current-password')
    await setPasswordHash(tx, staff.id, passwordHash)
    await recordOwn(tx, staff, 'staff.password-set', at)
    await endSignInsOf(tx, staff.id, { butId: id, at })
    return ok(undefined)
  })
}
