import { z } from 'zod'
import { type AnyRoute, type Ground, must, ok, openRoute, refuse, type StaffOrKey } from '../platform/index.ts'
import { readTenant } from '../tenants/index.ts'
import { languageShape, publishedTenant, TAG, tenantAnswer } from './shapes.ts'
import { readStaff, setLanguage } from './store.ts'

const grantAnswer = {
  tenant: tenantAnswer,
  rights: z.array(z.string()),
  sites: z.union([z.literal('all'), z.array(z.uuid())]),
}

const me = z.union([
  z.strictObject({
    kind: z.literal('staff'),
    staff: z.strictObject({
      id: z.uuid(),
      name: z.string(),
      mail: z.string(),
      /** Null: as the browser asks for. */
      language: z.string().nullable(),
      needsPassword: z.boolean(),
    }),
    ...grantAnswer,
  }),
  z.strictObject({ kind: z.literal('key'), key: z.strictObject({ id: z.uuid(), name: z.string() }), ...grantAnswer }),
  z.strictObject({ kind: z.literal('platform') }),
  z.strictObject({ kind: z.literal('installer') }),
])

export function meRoutes(ground: Ground): AnyRoute[] {
  return [readMe(ground), chooseLanguage(ground)]
}

function readMe(ground: Ground): AnyRoute {
  return openRoute({
    method: 'GET',
    path: '/v1/me',
    tag: TAG.signIn,
    summary: 'Who I am and what I may',
    who: 'signed-in',
    answer: me,
    async handle({ caller }) {
      switch (caller.kind) {
        case 'nobody':
          return refuse('not-signed-in')
        case 'platform':
        case 'installer':
          return ok({ kind: caller.kind })
        case 'key':
        case 'staff':
          return ok(await describe(ground, caller))
      }
    },
  })
}

function chooseLanguage(ground: Ground): AnyRoute {
  return openRoute({
    method: 'POST',
    path: '/v1/me/language',
    tag: TAG.signIn,
    summary: 'Choose one’s own language; null: as the browser asks for',
    who: 'signed-in',
    body: z.strictObject({ language: languageShape.nullable() }),
    refusals: { 'not-allowed': 403 },
    async handle({ caller, body }) {
      if (caller.kind !== 'staff') return refuse('not-allowed')
      await ground.database.inTenant(caller.tenantId, (tx) => setLanguage(tx, caller.actorId, body.language))
      return ok(undefined)
    },
  })
}

async function describe(ground: Ground, caller: StaffOrKey): Promise<z.input<typeof me>> {
  const key = await ground.keys.tenant(caller.tenantId)
  return ground.database.inTenant(caller.tenantId, async (tx) => {
    const tenant = publishedTenant(must(await readTenant(tx), 'the caller’s tenant'))
    const grant = {
      tenant,
      rights: [...caller.rights],
      sites: caller.sites === 'all' ? ('all' as const) : [...caller.sites],
    }
    if (caller.kind === 'key') return { kind: 'key', key: { id: caller.actorId, name: caller.actorName }, ...grant }
    const row = must(await readStaff(tx, caller.actorId), 'the person of a session')
    const { id, name, language } = row
    const mail = key.decrypt(row.mail).toString()
    return { kind: 'staff', staff: { id, name, mail, language, needsPassword: row.passwordHash === null }, ...grant }
  })
}
