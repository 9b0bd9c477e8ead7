import { createHash } from 'node:crypto'
import { type Authenticate, type Caller, type Ground, ok, refuse, type Result, sameBytes } from '../platform/index.ts'
import { rightsOf } from '../rights/index.ts'
import { hashOfSecret, keyFromText } from './api-keys.ts'
import { cookieName } from './cookies.ts'
import { tokenHash } from './sign-ins.ts'
import { findSignInPlace, tenantOfKey } from './store-directory.ts'
import { markKeyUsed, readLiveKey } from './store-keys.ts'
import { readSession } from './store-sign-ins.ts'

const MOST_REMEMBERED = 10_000
const USE_NOTED_EVERY_SECONDS = 60

/** Finds out who calls. A key in the header wins over a cookie. Whether a key or session is good is asked of the database each time. */
export function openAuthenticate(ground: Ground, platformKey: string): Authenticate {
  const platform = digest(platformKey)
  // Whose a key is never changes, so it is remembered; it opens nothing by itself.
  const tenants = new Map<string, string>()
  const tenantOf = async (keyId: string): Promise<string | undefined> => {
    const known = tenants.get(keyId)
    if (known !== undefined) return known
    const found = await ground.database.inDirectory((tx) => tenantOfKey(tx, keyId))
    if (found !== undefined) {
      if (tenants.size >= MOST_REMEMBERED) tenants.clear()
      tenants.set(keyId, found)
    }
    return found
  }
  return async ({ authorization, cookies, at, language }) => {
    if (authorization === undefined) return ok(await byCookie(ground, cookies[cookieName(ground)], { at, language }))
    const shown = /^Bearer +(\S+) *$/i.exec(authorization)?.[1]
    if (shown === undefined) return refuse('wrong-key')
    if (sameBytes(digest(shown), platform)) return ok({ kind: 'platform' })
    return byKey(ground, tenantOf, shown, { at, language })
  }
}

/** Both sides hashed to one length, so that comparing takes the same time whatever is shown. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

interface Asked {
  readonly at: Temporal.Instant
  readonly language: string
}

async function byKey(
  ground: Ground,
  tenantOf: (keyId: string) => Promise<string | undefined>,
  shown: string,
  { at, language }: Asked,
): Promise<Result<Caller, 'wrong-key'>> {
  const parts = keyFromText(shown)
  const tenantId = parts && (await tenantOf(parts.id))
  if (parts === undefined || tenantId === undefined) return refuse('wrong-key')
  const key = await ground.database.inTenant(tenantId, (tx) => readLiveKey(tx, parts.id))
  if (key === undefined) return refuse('wrong-key')
  const dataKey = await ground.keys.tenant(tenantId)
  if (!sameBytes(key.secretHash, hashOfSecret(dataKey, parts.secret))) return refuse('wrong-key')
  const noted = key.lastUsedAt
  if (noted === null || noted.until(at).total('seconds') >= USE_NOTED_EVERY_SECONDS) {
    await ground.database.inTenant(tenantId, (tx) => markKeyUsed(tx, parts.id, at))
  }
  const { id, name, role, sites } = key
  const rights = rightsOf(role, sites)
  return ok({ kind: 'key', tenantId, actorId: id, actorName: name, rights, sites, language })
}

async function byCookie(ground: Ground, token: string | undefined, asked: Asked): Promise<Caller> {
  const { at } = asked
  if (token === undefined || token === '') return { kind: 'nobody' }
  const hash = tokenHash(ground.keys.installation, token)
  const place = await ground.database.inDirectory((tx) => findSignInPlace(tx, hash, 'session', at))
  if (place === undefined) return { kind: 'nobody' }
  const { tenantId } = place
  if (tenantId === null) return { kind: 'installer' }
  const key = await ground.keys.tenant(tenantId)
  const session = await ground.database.inTenant(tenantId, (tx) => readSession(tx, place.id, tokenHash(key, token), at))
  if (session === undefined) return { kind: 'nobody' }
  const { staffId, name, role, sites, language } = session
  return {
    kind: 'staff',
    tenantId,
    actorId: staffId,
    actorName: name,
    rights: rightsOf(role, sites),
    sites,
    language: language ?? asked.language,
  }
}
