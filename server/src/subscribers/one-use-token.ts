import { type DataKey, newId, randomBase32, type Tx } from '../platform/index.ts'
import type { IdToken } from '../stations/index.ts'
import { insertToken } from './store.ts'
import { hashOfUid, last4Of } from './uid.ts'

export interface OneUseToken {
  readonly id: string
  readonly idToken: IdToken
  readonly hash: Buffer
}

/**
 * A token for one remote start: 14 characters (1.6 takes 20), outside the shape of a card's hex digits. It is good at
 * one station, while its session is open.
 */
export async function makeOneUseToken(
  tx: Tx,
  key: DataKey,
  use: { readonly stationId: string; readonly sessionId: string },
  at: Temporal.Instant,
): Promise<OneUseToken> {
  const uid = `S-${randomBase32(12)}`
  const id = newId()
  const hash = hashOfUid(key, uid)
  await insertToken(tx, {
    id,
    uid: key.encrypt(uid),
    uidHash: hash,
    last4: last4Of(uid),
    type: 'Central',
    status: 'active',
    oneUse: use,
    at,
  })
  return { id, idToken: { uid, type: 'Central' }, hash }
}
