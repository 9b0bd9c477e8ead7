import { recordChange } from '../audit/index.ts'
import { ok, refuse, type Result, type StaffOrKey, type Tx } from '../platform/index.ts'
import { recordOwn } from './record-own.ts'
import { mayTouch } from './staff.ts'
import { lockStaff } from './store.ts'
import { endSignInsOf } from './store-sign-ins.ts'

/** Whoever may have a machine of theirs is out at once, in every browser; links that nobody followed yet open nothing any more. */
export async function signOutEverywhere(
  tx: Tx,
  caller: StaffOrKey,
  staffId: string,
  at: Temporal.Instant,
): Promise<Result<void, 'no-such-person' | 'beyond-own-rights'>> {
  // A sign-in that is on its way is waited for, so that it ends too.
  const person = await lockStaff(tx, staffId)
  if (person === undefined) return refuse('no-such-person')
  if (!mayTouch(caller, person)) return refuse('beyond-own-rights')
  await endSignInsOf(tx, staffId, { at })
  await recordChange(tx, { caller, at, action: 'staff.signed-out', objectKind: 'staff', objectId: staffId })
  return ok(undefined)
}

/** The same of oneself, which needs no right. */
export async function signOutOwn(
  tx: Tx,
  person: { readonly id: string; readonly name: string },
  at: Temporal.Instant,
): Promise<void> {
  await lockStaff(tx, person.id)
  await endSignInsOf(tx, person.id, { at })
  await recordOwn(tx, person, 'staff.signed-out', at, { where: 'everywhere' })
}
