import type { DataKey } from '../platform/index.ts'

/** The same cards come again and again, and a keyed hash costs as much as judging one. Never written anywhere. */
const hashes = new WeakMap<DataKey, Map<string, Buffer>>()
const MOST_HASHES = 10_000

/** How a uid is found: a keyed hash of its lower case, since OCPP compares tokens without case. */
export function hashOfUid(key: DataKey, uid: string): Buffer {
  let ofKey = hashes.get(key)
  if (ofKey === undefined) hashes.set(key, (ofKey = new Map()))
  const name = uid.toLowerCase()
  let hash = ofKey.get(name)
  if (hash !== undefined) return hash
  hash = key.hash('id-token', name)
  if (ofKey.size >= MOST_HASHES) ofKey.clear()
  ofKey.set(name, hash)
  return hash
}

/** All that is ever shown of a uid: its last four characters, of a short one at most half, of a PIN nothing. */
export function last4Of(uid: string, type?: string): string {
  if (type === 'KeyCode') return '\u2022\u2022\u2022\u2022'
  return uid.slice(uid.length - Math.min(4, Math.floor(uid.length / 2)))
}
