import { type Caller, newId, type StaffOrKey, type Tx } from '../platform/index.ts'
import { insertAudit } from './store.ts'

/** As much of somebody as the trail keeps. */
export type Actor = Pick<StaffOrKey, 'kind' | 'actorId' | 'actorName'>

export interface Change {
  /** Who did it; `system`: the platform by itself. */
  readonly caller: Caller | Actor | { readonly kind: 'system' }
  readonly at: Temporal.Instant
  /** What was done, as `<object>.<verb>`: `station.changed`. */
  readonly action: string
  readonly objectKind: string
  readonly objectId: string
  /** The members that changed. No secret, no uid of a token, no mail address or phone number. */
  readonly before?: unknown
  readonly after?: unknown
}

/** Writes who did what, in the transaction that does it. Rows are only added; the database grants no more. */
export async function recordChange(tx: Tx, change: Change): Promise<void> {
  const { caller } = change
  const named = caller.kind === 'key' || caller.kind === 'staff' ? caller : undefined
  await insertAudit(tx, {
    id: newId(),
    at: change.at,
    actorKind: caller.kind,
    actorId: named?.actorId ?? null,
    actorName: named?.actorName ?? null,
    action: change.action,
    objectKind: change.objectKind,
    objectId: change.objectId,
    before: change.before,
    after: change.after,
  })
}
