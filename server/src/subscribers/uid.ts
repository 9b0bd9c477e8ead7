import type { DataKey } from '../platform/index.ts'

/** How a uid is found: a keyed hash of its lower case, since OCPP compares tokens without case. */
export function hashOfUid(key: DataKey, uid: string): Buffer {
  return key.hash('id-token', uid.toLowerCase())
}

/** All that is ever shown of a uid. */
export function last4Of(uid: string): string {
  return uid.slice(-4)
}
