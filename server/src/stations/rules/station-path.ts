/** Where a station knocked: parsed once, carried from there on, never parsed again. */
export type StationPath =
  | { readonly ok: true; readonly tenant: string; readonly identity: string }
  | { readonly ok: false; readonly tenant?: string; readonly why: 'not-ocpp' | 'bad-path' }

/** OCPP 2.x identifierString, 1 to 48 characters (part 4, 3.1.1), and the bar that 1.6 stations use. */
const IDENTITY = /^[A-Za-z0-9*\-_=+|@.]{1,48}$/
const SLUG = /^[a-z0-9][a-z0-9-]{0,38}[a-z0-9]$/
const LONGEST = 1_000

/**
 * `/ocpp/<tenant>/<identity>`: empty segments do not matter, each segment is percent-decoded exactly once, anything that
 * could be read in two ways is refused.
 */
export function stationPath(target: string): StationPath {
  const path = target.split('?', 1)[0] ?? ''
  const [root, ...segments] = path.split('/').filter((segment) => segment !== '')
  if (root !== 'ocpp') return { ok: false, why: 'not-ocpp' }
  const [tenant, encoded, ...more] = segments
  if (tenant === undefined || !SLUG.test(tenant)) return { ok: false, why: 'bad-path' }
  if (target.length > LONGEST || encoded === undefined || more.length > 0) return { ok: false, why: 'bad-path', tenant }
  const identity = decodedOnce(encoded)
  if (identity === undefined || !isIdentity(identity) || path.length !== target.length) {
    return { ok: false, why: 'bad-path', tenant }
  }
  return { ok: true, tenant, identity }
}

/** Dots alone would be a step in the path to every other reader of it. */
export function isIdentity(text: string): boolean {
  return IDENTITY.test(text) && !/^\.+$/.test(text)
}

function decodedOnce(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment)
  } catch {
    return undefined
  }
}

/** The address to type into a station. */
export function stationUrl(publicUrl: string, tenant: string, identity: string): string {
  return `${publicUrl.replace(/^http/, 'ws')}/ocpp/${tenant}/${encodeURIComponent(identity)}`
}
