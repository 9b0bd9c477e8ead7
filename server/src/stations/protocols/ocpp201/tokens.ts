import type { IdToken } from '../../model.ts'
import type { Payload } from '../contract.ts'

/** A card whose kind nobody named is what most cards are; all else is taken for a token of ours. */
export function tokenTo({ uid, type }: IdToken, tokenTypes: ReadonlySet<string>): Payload {
  if (type !== undefined) return { idToken: uid, type: tokenTypes.has(type) ? type : 'Central' }
  return { idToken: uid, type: /^(?:[0-9a-f]{8}|[0-9a-f]{14}|[0-9a-f]{20})$/i.test(uid) ? 'ISO14443' : 'Central' }
}
