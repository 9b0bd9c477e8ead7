export interface BasicCredential {
  readonly user: string
  /** As bytes: a 1.6 AuthorizationKey is 16 to 20 raw bytes, which need not be text. */
  readonly password: Buffer
}

const COLON = 0x3a
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/

/**
 * What an `Authorization: Basic` header says, split at the first colon (RFC 7617). Undefined when there is none or it
 * is malformed.
 */
export function parseBasicAuth(header: string | undefined): BasicCredential | undefined {
  const [scheme, encoded, ...more] = header?.trim().split(/ +/) ?? []
  if (scheme?.toLowerCase() !== 'basic' || encoded === undefined || more.length > 0) return undefined
  if (!BASE64.test(encoded)) return undefined
  const bytes = Buffer.from(encoded, 'base64')
  const colon = bytes.indexOf(COLON)
  if (colon < 0) return undefined
  return { user: bytes.toString('utf8', 0, colon), password: bytes.subarray(colon + 1) }
}

/** The header a station sends. A text password goes as UTF-8, a key as its raw bytes. */
export function basicAuthHeader(user: string, password: string | Uint8Array): string {
  return `Basic ${Buffer.concat([Buffer.from(`${user}:`), Buffer.from(password)]).toString('base64')}`
}
