import { z } from 'zod'
import {
  type AnyRoute,
  type DataKey,
  type Ground,
  idFrom,
  listOf,
  ok,
  pageOf,
  paging,
  refuse,
  tenantRoute,
  instantText,
} from '../platform/index.ts'
import { tellAccessChanged } from './access-changed.ts'
import { type SitesExist, sitesKnown } from './known-sites.ts'
import { idShape, languageShape, mailShape, nameShape, roleShape, sitesShape, TAG } from './shapes.ts'
import { signOutEverywhere } from './sign-out-everywhere.ts'
import { changePerson, invite, inviteAgain } from './staff.ts'
import { countStaff, readStaff, readStaffList, type StaffRow } from './store.ts'

const person = z.strictObject({
  id: z.uuid(),
  name: z.string(),
  mail: z.string(),
  role: z.string(),
  sites: z.union([z.literal('all'), z.array(z.uuid())]),
  /** Null: as their browser asks for. */
  language: z.string().nullable(),
  status: z.enum(['invited', 'active', 'disabled']),
  createdAt: instantText,
})

export function staffRoutes(ground: Ground, sitesExist: SitesExist | undefined): AnyRoute[] {
  return [
    listPeople(ground),
    readPerson(ground),
    ...inviteRoutes(ground, sitesExist),
    patchPerson(ground, sitesExist),
    signPersonOut(ground),
  ]
}

function listPeople(ground: Ground): AnyRoute {
  return tenantRoute({
    method: 'GET',
    path: '/v1/staff',
    tag: TAG.people,
    summary: 'The people of this network',
    right: 'staff.write',
    query: z.strictObject(paging),
    answer: listOf(person),
    async handle(tx, { query }) {
      const rows = await readStaffList(tx, idFrom(query.cursor), query.limit + 1)
      const key = await ground.keys.tenant(tx.tenantId)
      const { shown, next } = pageOf(rows, query.limit, ({ id }) => [id])
      const total = query.count === 'true' ? { total: await countStaff(tx) } : {}
      return ok({ items: shown.map((row) => published(row, key)), next, ...total })
    },
  })
}

function readPerson(ground: Ground): AnyRoute {
  return tenantRoute({
    method: 'GET',
    path: '/v1/staff/:id',
    tag: TAG.people,
    summary: 'One person',
    right: 'staff.write',
    params: idShape,
    answer: person,
    refusals: { 'no-such-person': 404 },
    async handle(tx, { params }) {
      const row = await readStaff(tx, params.id)
      return row === undefined ? refuse('no-such-person') : ok(published(row, await ground.keys.tenant(tx.tenantId)))
    },
  })
}

function inviteRoutes(ground: Ground, sitesExist: SitesExist | undefined): AnyRoute[] {
  return [
    tenantRoute({
      method: 'POST',
      path: '/v1/staff',
      tag: TAG.people,
      summary: 'Invite somebody; the answer holds their one-time link',
      right: 'staff.write',
      body: z.strictObject({
        name: nameShape,
        mail: mailShape,
        role: roleShape,
        sites: sitesShape.default('all'),
        language: languageShape.nullable().default(null),
      }),
      answer: z.strictObject({ ...person.shape, invitationUrl: z.string() }),
      status: 201,
      refusals: { 'beyond-own-rights': 403, 'mail-taken': 409, 'no-such-site': 422 },
      async handle(tx, { caller, body, at }) {
        const known = await sitesKnown(tx, sitesExist, body.sites)
        if (!known.ok) return known
        const invited = await invite(ground, tx, caller, body, at)
        if (!invited.ok) return invited
        const { staffId, invitationUrl } = invited.value
        return ok({ id: staffId, ...body, status: 'invited' as const, createdAt: at.toString(), invitationUrl })
      },
    }),
    tenantRoute({
      method: 'POST',
      path: '/v1/staff/:id/sign-in-link',
      tag: TAG.people,
      summary: 'A new one-time link for somebody; earlier ones stop working',
      right: 'staff.write',
      params: idShape,
      answer: z.strictObject({ invitationUrl: z.string() }),
      status: 201,
      refusals: { 'no-such-person': 404, 'person-disabled': 409, 'beyond-own-rights': 403 },
      handle: (tx, { caller, params, at }) => inviteAgain(ground, tx, caller, params.id, at),
    }),
  ]
}

function patchPerson(ground: Ground, sitesExist: SitesExist | undefined): AnyRoute {
  return tenantRoute({
    method: 'PATCH',
    path: '/v1/staff/:id',
    tag: TAG.people,
    summary: 'Change what somebody is called and may do, or disable them',
    right: 'staff.write',
    params: idShape,
    body: z.strictObject({
      name: nameShape.optional(),
      role: roleShape.optional(),
      sites: sitesShape.optional(),
      language: languageShape.nullable().optional(),
      status: z.enum(['active', 'disabled']).optional(),
    }),
    answer: person,
    refusals: { 'no-such-person': 404, 'last-administrator': 409, 'beyond-own-rights': 403, 'no-such-site': 422 },
    async handle(tx, { caller, params, body, at }) {
      const known = await sitesKnown(tx, sitesExist, body.sites)
      if (!known.ok) return known
      const changed = await changePerson(tx, caller, params.id, body, at)
      tx.afterCommit(() => tellAccessChanged(ground, tx.tenantId))
      return changed.ok ? ok(published(changed.value, await ground.keys.tenant(tx.tenantId))) : changed
    },
  })
}

function signPersonOut(ground: Ground): AnyRoute {
  return tenantRoute({
    method: 'POST',
    path: '/v1/staff/:id/sign-out',
    tag: TAG.people,
    summary: 'Sign somebody out in every browser; links of theirs stop working',
    right: 'staff.write',
    params: idShape,
    refusals: { 'no-such-person': 404, 'beyond-own-rights': 403 },
    async handle(tx, { caller, params, at }) {
      tx.afterCommit(() => tellAccessChanged(ground, tx.tenantId))
      return signOutEverywhere(tx, caller, params.id, at)
    },
  })
}

function published(row: StaffRow, key: DataKey): z.input<typeof person> {
  return {
    id: row.id,
    name: row.name,
    mail: key.decrypt(row.mail).toString(),
    role: row.role,
    sites: row.sites === 'all' ? 'all' : [...row.sites],
    language: row.language,
    status: row.status,
    createdAt: row.createdAt.toString(),
  }
}
