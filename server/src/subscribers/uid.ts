import type { DataKey } from '../platform/index.ts'

/** How a uid is found: a keyed hash of its lower case, since OCPP compares tokens without case. */
export function hashOfUid(key: DataKey, uid: string): Buffer {
  return key.hash('id-token', uid.toLowerCase())
}

/** All that is ever shown of a uid: its last four characters, of a short one at most half, of a PIN nothing. */
export function last4Of(uid: string, type?: string): string {
  if (type === 'KeyCode') return '\u2022\u2022\u2022\u2022'
  return uid.slice(uid.length - Math.min(4, Math.floor(uid.length / 2)))
}
