import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Database } from './db.ts'
import { must } from './result.ts'
import { sql } from './sql.ts'

/** What encrypts and hashes under one key. */
export interface DataKey {
  readonly version: number
  encrypt(plain: string | Buffer): Buffer
  /** Throws when the bytes were changed or belong to another key. */
  decrypt(sealed: Buffer): Buffer
  /** HMAC-SHA-256 under a key of its own for each purpose. */
  hash(purpose: string, value: string | Buffer): Buffer
}

export interface Keys {
  /** Directory hashes (mail, links) use this one; they are remade when a tenant moves. */
  readonly installation: DataKey
  tenant(tenantId: string): Promise<DataKey>
  /** A new tenant's random key, and the same wrapped, to be stored with the tenant. */
  newTenantKey(): { readonly key: DataKey; readonly wrapped: Buffer }
}

const VERSION = 1
const NONCE_BYTES = 12
const TAG_BYTES = 16

const NONCES_AHEAD = 256
let nonces = Buffer.alloc(0)

/** Random bytes, asked for in greater numbers: each call of the system's source costs as much as sealing a short text. */
function newNonce(): Buffer {
  if (nonces.length === 0) nonces = randomBytes(NONCE_BYTES * NONCES_AHEAD)
  const nonce = nonces.subarray(0, NONCE_BYTES)
  nonces = nonces.subarray(NONCE_BYTES)
  return nonce
}

/** A data key over 32 secret bytes. Sealed form: version byte, nonce, ciphertext, tag (AES-256-GCM). */
export function dataKey(secret: Buffer, version = VERSION): DataKey {
  const derived = (purpose: string): Buffer => Buffer.from(hkdfSync('sha256', secret, '', purpose, 32))
  const sealing = derived('seal')
  const hashing = new Map<string, Buffer>()
  return {
    version,
    encrypt(plain) {
      const nonce = newNonce()
      const cipher = createCipheriv('aes-256-gcm', sealing, nonce)
      const body = typeof plain === 'string' ? cipher.update(plain, 'utf8') : cipher.update(plain)
      return Buffer.concat([Buffer.of(version), nonce, body, cipher.final(), cipher.getAuthTag()])
    },
    decrypt(sealed) {
      const decipher = createDecipheriv('aes-256-gcm', sealing, sealed.subarray(1, 1 + NONCE_BYTES))
      decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES))
      return Buffer.concat([
        decipher.update(sealed.subarray(1 + NONCE_BYTES, sealed.length - TAG_BYTES)),
        decipher.final(),
      ])
    },
    hash(purpose, value) {
      let key = hashing.get(purpose)
      if (key === undefined) hashing.set(purpose, (key = derived(`hash ${purpose}`)))
      return createHmac('sha256', key).update(value).digest()
    },
  }
}

/** Constant-time comparison; false for different lengths. */
export function sameBytes(left: Buffer, right: Buffer): boolean {
  return left.length === right.length && timingSafeEqual(left, right)
}

/** The keys of an installation, under `LATAAMO_SECRET`. Throws a sentence when the secret is not the one the data was made with. */
export async function openKeys(database: Database, secret: string): Promise<Keys> {
  const installation = dataKey(await installationKey(database, secret))
  const known = new Map<string, DataKey>()
  const asked = new Map<string, Promise<DataKey>>()
  const read = async (tenantId: string): Promise<DataKey> => {
    const row = await database.inTenantApart(tenantId, (tx) =>
      tx.row<{ wrapped: Buffer }>(sql`select wrapped_key as "wrapped" from tenants where tenant_id = ${tenantId}`),
    )
    const key = dataKey(installation.decrypt(must(row, 'the tenant of a key').wrapped))
    known.set(tenantId, key)
    return key
  }
  return {
    installation,
    async tenant(tenantId) {
      const cached = known.get(tenantId)
      if (cached !== undefined) return cached
      // However many ask at once, as when all stations come back: the database is asked once.
      let asking = asked.get(tenantId)
      if (asking === undefined) {
        asking = read(tenantId).finally(() => asked.delete(tenantId))
        asked.set(tenantId, asking)
      }
      return asking
    },
    newTenantKey() {
      // Not remembered yet: the transaction that stores it may fail.
      const bytes = randomBytes(32)
      const key = dataKey(bytes)
      return { key, wrapped: installation.encrypt(bytes) }
    },
  }
}

function outerKey(secret: string): DataKey {
  return dataKey(Buffer.from(hkdfSync('sha256', secret, 'lataamo', 'installation', 32)))
}

async function installationKey(database: Database, secret: string): Promise<Buffer> {
  const wrapped = await database.inDirectory(async (tx) => {
    const fresh = outerKey(secret).encrypt(randomBytes(32)).toString('base64')
    await tx.run(
      sql`insert into directory.facts (name, value) values ('installation-key', to_jsonb(${fresh}::text)) on conflict do nothing`,
    )
    return tx.row<{ value: string }>(sql`select value from directory.facts where name = 'installation-key'`)
  })
  return unwrapped(must(wrapped, 'installation key').value, secret)
}

/** The installation's key as it is kept, opened. Throws a sentence when it was made under another secret. */
export function unwrapped(kept: string, secret: string): Buffer {
  try {
    return outerKey(secret).decrypt(Buffer.from(kept, 'base64'))
  } catch (cause) {
    throw new Error(
      'The secret is not the one this data was made with: bring the file secret back into DATA_DIR from your copy, or set LATAAMO_SECRET as it was.',
      { cause },
    )
  }
}
