import { recordChange } from '../audit/index.ts'
import type { Tx } from '../platform/index.ts'

/** What somebody does of their own account: comes in, sets their password, leaves all browsers. Never the password, mail or address. */
export async function recordOwn(
  tx: Tx,
  person: { readonly id: string; readonly name: string },
  action: 'staff.signed-in' | 'staff.password-set' | 'staff.signed-out',
  at: Temporal.Instant,
  after?: object,
): Promise<void> {
  const caller = { kind: 'staff', actorId: person.id, actorName: person.name } as const
  await recordChange(tx, { caller, at, action, objectKind: 'staff', objectId: person.id, after })
}
