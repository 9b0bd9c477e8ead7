import { randomBytes, randomInt } from 'node:crypto'

/** A UUIDv7 (RFC 9562): time-ordered, so that keys are added at the end of an index. */
export function newId(): string {
  const bytes = randomBytes(16)
  bytes.writeUIntBE(Date.now(), 0, 6)
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x70
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  const hex = bytes.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

/** A secret for machines: n random bytes as lower-case hex digits. */
export function randomHex(bytes: number): string {
  return randomBytes(bytes).toString('hex')
}

/** A secret for links and cookies: 256 bits, URL-safe. */
export function randomToken(): string {
  return randomBytes(32).toString('base64url')
}

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** n random letters of Crockford's base 32: no I, L, O, U. */
export function randomBase32(length: number): string {
  return Array.from(randomBytes(length), (byte) => CROCKFORD[byte & 31]).join('')
}

/** A random positive 31-bit number, as OCPP 1.6 transaction ids and remoteStartIds need. */
export function randomInt31(): number {
  return randomInt(1, 2 ** 31 - 1)
}
