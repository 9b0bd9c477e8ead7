import { randomBytes } from 'node:crypto'
import { recordChange } from '../audit/index.ts'
import {
  type DataKey,
  type Ground,
  newId,
  ok,
  refuse,
  type Result,
  type StaffOrKey,
  type Tx,
} from '../platform/index.ts'
import { mayGrant, type Role, type SiteScope } from '../rights/index.ts'
import { lockTenant } from '../tenants/index.ts'
import { otherAdministrators } from './store.ts'
import { insertKeyPlace } from './store-directory.ts'
import { insertKey, otherAdministratorKeys, readLiveKey, revokeKey } from './store-keys.ts'

/** A machine's key as its owner sees it, once: `<id>.<secret>`, the secret being 256 random bits. */
export interface NewKey {
  readonly id: string
  readonly secret: string
}

export interface Grant {
  readonly name: string
  readonly role: Role
  readonly sites: SiteScope
}

export function newKey(): NewKey {
  return { id: newId(), secret: randomBytes(32).toString('base64url') }
}

export function textOfKey({ id, secret }: NewKey): string {
  return `${id}.${secret}`
}

/** The parts of a key as it is shown; undefined when it cannot be one of ours. */
export function keyFromText(text: string): NewKey | undefined {
  const [, id, secret] = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.([\w-]{43})$/.exec(text) ?? []
  return id === undefined || secret === undefined ? undefined : { id, secret }
}

export function hashOfSecret(dataKey: DataKey, secret: string): Buffer {
  return dataKey.hash('api-key', secret)
}

export async function keepKey(tx: Tx, dataKey: DataKey, key: NewKey, grant: Grant, at: Temporal.Instant) {
  const secretHash = hashOfSecret(dataKey, key.secret)
  await insertKey(tx, { ...grant, id: key.id, secretHash, keyVersion: dataKey.version, at })
}

export async function makeKey(
  ground: Ground,
  tx: Tx,
  caller: StaffOrKey,
  grant: Grant,
  at: Temporal.Instant,
): Promise<Result<NewKey, 'beyond-own-rights'>> {
  if (!mayGrant(caller, grant)) return refuse('beyond-own-rights')
  const key = newKey()
  await ground.database.inDirectory((directory) => insertKeyPlace(directory, key.id, tx.tenantId))
  await keepKey(tx, await ground.keys.tenant(tx.tenantId), key, grant, at)
  await recordChange(tx, { caller, at, action: 'key.made', objectKind: 'key', objectId: key.id, after: grant })
  return ok(key)
}

/** Ends a key at once. The last thing that can administer the tenant stays. */
export async function endKey(
  tx: Tx,
  caller: StaffOrKey,
  id: string,
  at: Temporal.Instant,
): Promise<Result<void, 'no-such-key' | 'last-administrator'>> {
  await lockTenant(tx)
  const key = await readLiveKey(tx, id)
  if (key === undefined) return refuse('no-such-key')
  const administers = key.role === 'administrator' && key.sites === 'all'
  if (administers && (await otherAdministratorKeys(tx, id)) + (await otherAdministrators(tx, id)) === 0) {
    return refuse('last-administrator')
  }
  await revokeKey(tx, id, at)
  const before = { name: key.name, role: key.role, sites: key.sites }
  await recordChange(tx, { caller, at, action: 'key.revoked', objectKind: 'key', objectId: id, before })
  return ok(undefined)
}
