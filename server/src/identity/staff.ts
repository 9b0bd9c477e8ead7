import { recordChange } from '../audit/index.ts'
import {
  type DataKey,
  type Ground,
  newId,
  ok,
  refuse,
  type Result,
  type StaffOrKey,
  type Tx,
} from '../platform/index.ts'
import { isRole, mayGrant, type Role, type SiteScope } from '../rights/index.ts'
import { lockTenant } from '../tenants/index.ts'
import { makeLinkIn } from './sign-in-links.ts'
import { insertStaff, otherAdministrators, readStaff, type StaffRow, type StaffStatus, updateStaff } from './store.ts'
import { putMailPlace } from './store-directory.ts'
import { endSignInsOf } from './store-sign-ins.ts'

export interface NewPerson {
  readonly name: string
  readonly mail: string
  readonly role: Role
  readonly sites: SiteScope
  /** Absent: as their browser asks for. */
  readonly language?: string | null | undefined
}

/** Compared without case. */
export function mailHash(key: DataKey, mail: string): Buffer {
  return key.hash('mail', mail.trim().normalize('NFC').toLowerCase())
}

/** A person's row. The mail address is encrypted; a keyed hash keeps it unique within the tenant. False when it is taken. */
export async function keepPerson(
  tx: Tx,
  key: DataKey,
  id: string,
  person: NewPerson,
  made: { readonly status: StaffStatus; readonly at: Temporal.Instant },
): Promise<boolean> {
  return insertStaff(tx, {
    id,
    name: person.name,
    mail: key.encrypt(person.mail.trim()),
    mailHash: mailHash(key, person.mail),
    passwordHash: null,
    role: person.role,
    sites: person.sites,
    language: person.language ?? null,
    status: made.status,
    createdAt: made.at,
  })
}

/** Adds a person to a tenant, findable by mail. For the platform itself: the demo, the first administrator. */
export async function addPerson(
  ground: Ground,
  tx: Tx,
  person: NewPerson,
  made: { readonly status: StaffStatus; readonly at: Temporal.Instant },
): Promise<Result<{ readonly staffId: string }, 'mail-taken'>> {
  const staffId = newId()
  const isNew = await keepPerson(tx, await ground.keys.tenant(tx.tenantId), staffId, person, made)
  if (!isNew) return refuse('mail-taken', { fields: [{ pointer: '/mail', code: 'taken' }] })
  await ground.database.inDirectory((directory) =>
    putMailPlace(directory, mailHash(ground.keys.installation, person.mail), { tenantId: tx.tenantId, staffId }),
  )
  return ok({ staffId })
}

export async function invite(
  ground: Ground,
  tx: Tx,
  caller: StaffOrKey,
  person: NewPerson,
  at: Temporal.Instant,
): Promise<Result<{ readonly staffId: string; readonly invitationUrl: string }, 'beyond-own-rights' | 'mail-taken'>> {
  if (!mayGrant(caller, person)) return refuse('beyond-own-rights')
  const added = await addPerson(ground, tx, person, { status: 'invited', at })
  if (!added.ok) return added
  const { staffId } = added.value
  const after = { name: person.name, role: person.role, sites: person.sites }
  await recordChange(tx, { caller, at, action: 'staff.invited', objectKind: 'staff', objectId: staffId, after })
  return ok({ staffId, invitationUrl: await makeLinkIn(ground, tx, staffId) })
}

/** A new link for somebody who lost theirs, or their password. */
export async function inviteAgain(
  ground: Ground,
  tx: Tx,
  caller: StaffOrKey,
  staffId: string,
  at: Temporal.Instant,
): Promise<Result<{ readonly invitationUrl: string }, 'no-such-person' | 'person-disabled' | 'beyond-own-rights'>> {
  const person = await readStaff(tx, staffId)
  if (person === undefined) return refuse('no-such-person')
  if (person.status === 'disabled') return refuse('person-disabled')
  if (!mayTouch(caller, person)) return refuse('beyond-own-rights')
  await recordChange(tx, { caller, at, action: 'staff.invited-again', objectKind: 'staff', objectId: staffId })
  return ok({ invitationUrl: await makeLinkIn(ground, tx, staffId) })
}

export interface PersonChange {
  readonly name?: string | undefined
  readonly role?: Role | undefined
  readonly sites?: SiteScope | undefined
  readonly language?: string | null | undefined
  readonly status?: 'active' | 'disabled' | undefined
}

export async function changePerson(
  tx: Tx,
  caller: StaffOrKey,
  staffId: string,
  change: PersonChange,
  at: Temporal.Instant,
): Promise<Result<StaffRow, 'no-such-person' | 'last-administrator' | 'beyond-own-rights'>> {
  await lockTenant(tx)
  const before = await readStaff(tx, staffId)
  if (before === undefined) return refuse('no-such-person')
  const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)) as PersonChange
  const after = { ...before, ...given } as StaffRow
  const next = { ...after, status: statusAfter(before, after.status) }
  if (!mayTouch(caller, before) || !mayTouch(caller, next)) return refuse('beyond-own-rights')
  if (administers(before) && !administers(next) && (await otherAdministrators(tx, staffId)) === 0) {
    return refuse('last-administrator')
  }
  await updateStaff(tx, next)
  if (next.status === 'disabled') await endSignInsOf(tx, staffId, { at })
  const members = Object.keys(given) as (keyof PersonChange)[]
  const shown = (row: StaffRow) => Object.fromEntries(members.map((member) => [member, row[member]]))
  const states = { before: shown(before), after: shown(next) }
  await recordChange(tx, { caller, at, action: 'staff.changed', objectKind: 'staff', objectId: staffId, ...states })
  return ok(next)
}

/** An invitation not yet followed stays one, also when it was disabled meanwhile: only following it proves that it reached somebody. */
function statusAfter({ status, passwordHash }: StaffRow, wanted: StaffStatus): StaffStatus {
  const cameNever = status === 'invited' || (status === 'disabled' && passwordHash === null)
  return wanted === 'active' && cameNever ? 'invited' : wanted
}

function administers(person: StaffRow): boolean {
  return person.status === 'active' && person.role === 'administrator' && person.sites === 'all'
}

/** Nobody changes somebody who may do more than they themselves. */
export function mayTouch(caller: StaffOrKey, person: Pick<StaffRow, 'role' | 'sites'>): boolean {
  return !isRole(person.role) || mayGrant(caller, { role: person.role, sites: person.sites })
}
