import { type DataKey, type Ground, newId, randomToken, type Tx } from '../platform/index.ts'
import { putSignInPlace, type SignInKind } from './store-directory.ts'
import { type Begun, insertSignIn } from './store-sign-ins.ts'

const LINK_LIFE = Temporal.Duration.from({ hours: 24 })
export const SESSION_LIFE = Temporal.Duration.from({ hours: 12 })

/** A secret that opens something for a while: kept as keyed hashes only, in the directory (whose is it) and in the tenant (is it good). */
export interface NewSignIn {
  readonly id: string
  readonly token: string
  readonly kind: SignInKind
  readonly begunBy: Begun | null
  readonly at: Temporal.Instant
  readonly expiresAt: Temporal.Instant
}

export function newSignIn(kind: SignInKind, at: Temporal.Instant, begunBy: Begun | null = null): NewSignIn {
  const life = kind === 'link' ? LINK_LIFE : SESSION_LIFE
  return { id: newId(), token: randomToken(), kind, begunBy, at, expiresAt: at.add(life) }
}

export function tokenHash(key: DataKey, token: string): Buffer {
  return key.hash('sign-in', token)
}

/** In the directory; `tenantId` null for the installation's own. */
export async function announceSignIn(
  directory: Tx,
  ground: Pick<Ground, 'keys'>,
  signIn: NewSignIn,
  tenantId: string | null,
): Promise<void> {
  const place = { id: signIn.id, tenantId, kind: signIn.kind, expiresAt: signIn.expiresAt }
  await putSignInPlace(directory, { ...place, tokenHash: tokenHash(ground.keys.installation, signIn.token) }, signIn.at)
}

export async function keepSignIn(tx: Tx, key: DataKey, signIn: NewSignIn, staffId: string): Promise<void> {
  await insertSignIn(tx, { ...signIn, staffId, tokenHash: tokenHash(key, signIn.token) })
}

/** Both at once, from within the tenant's transaction. A place in the directory whose transaction fails opens nothing. */
export async function makeSignIn(
  ground: Pick<Ground, 'database' | 'keys'>,
  tx: Tx,
  signIn: NewSignIn,
  staffId: string,
): Promise<void> {
  await ground.database.inDirectory((directory) => announceSignIn(directory, ground, signIn, tx.tenantId))
  await keepSignIn(tx, await ground.keys.tenant(tx.tenantId), signIn, staffId)
}
