import { randomBytes, randomInt, randomUUIDv7 } from 'node:crypto'

/** A UUIDv7 (RFC 9562): time-ordered, so that keys are added at the end of an index. */
export function newId(): string {
  return randomUUIDv7()
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
