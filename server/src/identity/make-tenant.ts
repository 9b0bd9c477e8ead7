import { createHash } from 'node:crypto'
import { recordChange } from '../audit/index.ts'
import { type Ground, keepFirstFact, newId, ok, refuse, type Result } from '../platform/index.ts'
import { anyTenant, makeTenant, type NewTenant, tenantBySlug } from '../tenants/index.ts'
import { keepKey, keyFromText, newKey, textOfKey } from './api-keys.ts'
import { announceSignIn, keepSignIn, newSignIn, tokenHash } from './sign-ins.ts'
import { keepPerson, mailHash } from './staff.ts'
import { insertKeyPlace, putMailPlace, removeInstallers } from './store-directory.ts'
import { readLiveKey } from './store-keys.ts'

export interface MadeTenant {
  readonly id: string
  readonly slug: string
  /** The key of its first administrator, shown once. */
  readonly key: string
}

export interface MakeTenantOptions {
  readonly at: Temporal.Instant
  readonly demo?: boolean
  /** Repeating with the same key and the same tenant gives the same answer. */
  readonly idempotencyKey?: string | undefined
}

/** A tenant with the key of its first administrator. */
export async function makeTenantWithKey(
  ground: Ground,
  tenant: NewTenant,
  { at, demo = false, idempotencyKey }: MakeTenantOptions,
): Promise<Result<MadeTenant, 'slug-taken' | 'idempotency-key-reused'>> {
  const chosen = await chooseKey(ground, tenant, idempotencyKey)
  if (chosen === undefined) return refuse('idempotency-key-reused')
  const { id } = chosen
  const made = await makeTenant(ground, tenant, {
    at,
    demo,
    announce: (directory, tenantId) => insertKeyPlace(directory, id, tenantId),
    async fill(tx, key) {
      await keepKey(tx, key, chosen, { name: 'First administrator', role: 'administrator', sites: 'all' }, at)
      const object = { objectKind: 'tenant', objectId: tx.tenantId }
      await recordChange(tx, { caller: { kind: 'platform' }, at, action: 'tenant.made', ...object })
    },
  })
  if (made.ok) return ok({ id: made.value.tenantId, slug: tenant.slug, key: textOfKey(chosen) })
  // A repeat of the call that made it: its key lives there.
  const tenantId = idempotencyKey === undefined ? undefined : await tenantBySlug(ground, tenant.slug)
  const isOwn = tenantId !== undefined && (await ground.database.inTenant(tenantId, (tx) => readLiveKey(tx, id)))
  return isOwn ? ok({ id: tenantId, slug: tenant.slug, key: textOfKey(chosen) }) : made
}

/** A new key, or for a repeated Idempotency-Key the one chosen then; undefined when that one was for another tenant. */
async function chooseKey(ground: Ground, tenant: NewTenant, idempotencyKey: string | undefined) {
  const fresh = newKey()
  if (idempotencyKey === undefined) return fresh
  const { installation } = ground.keys
  const name = `made-tenant ${installation.hash('idempotency-key', idempotencyKey).toString('base64url')}`
  const body = createHash('sha256').update(JSON.stringify(tenant)).digest('base64url')
  const sealed = installation.encrypt(textOfKey(fresh)).toString('base64')
  const kept = await keepFirstFact(ground.database, name, { body, sealed })
  if (kept.body !== body) return undefined
  return keyFromText(installation.decrypt(Buffer.from(kept.sealed, 'base64')).toString())
}

export interface FirstNetwork {
  readonly tenant: NewTenant
  readonly person: { readonly name: string; readonly mail: string }
  /** The session that the installation's link began. */
  readonly installerToken: string
  readonly at: Temporal.Instant
}

/** "Make your network": the first tenant, and whoever makes it as its first administrator, signed in. Once only. */
export async function makeFirstNetwork(
  ground: Ground,
  { tenant, person, installerToken, at }: FirstNetwork,
): Promise<
  Result<{ readonly tenantId: string; readonly token: string }, 'slug-taken' | 'network-exists' | 'not-signed-in'>
> {
  if (await anyTenant(ground)) return refuse('network-exists')
  const { installation } = ground.keys
  // Of several at the same time one takes the right to install away from the others.
  const mayInstall = await ground.database.inDirectory((tx) =>
    removeInstallers(tx, tokenHash(installation, installerToken)),
  )
  if (!mayInstall) return refuse('not-signed-in')
  const staffId = newId()
  const session = newSignIn('session', at, 'link')
  const administrator = {
    ...person,
    role: 'administrator',
    sites: 'all',
    language: tenant.languages[0] ?? 'en',
  } as const
  const made = await makeTenant(ground, tenant, {
    at,
    async announce(directory, tenantId) {
      await putMailPlace(directory, mailHash(installation, person.mail), { tenantId, staffId })
      await announceSignIn(directory, ground, session, tenantId)
    },
    async fill(tx, key) {
      await keepPerson(tx, key, staffId, administrator, { status: 'active', at })
      await keepSignIn(tx, key, session, staffId)
      const object = { objectKind: 'tenant', objectId: tx.tenantId }
      await recordChange(tx, { caller: { kind: 'system' }, at, action: 'tenant.made', ...object })
    },
  })
  return made.ok ? ok({ tenantId: made.value.tenantId, token: session.token }) : made
}
