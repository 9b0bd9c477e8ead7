import { z } from 'zod'
import { type AnyRoute, type Ground, ok, openRoute, refuse, type Result } from '../platform/index.ts'
import { tellAccessChanged } from './access-changed.ts'
import { noCookie, sessionCookie, tokenFrom } from './cookies.ts'
import { mailShape, passwordShape, TAG } from './shapes.ts'
import { endSession, setOwnPassword, signInByPassword } from './sign-in.ts'
import { signOutOwn } from './sign-out-everywhere.ts'
import { followLink } from './sign-in-links.ts'
import type { Tries } from './tries.ts'

interface Answering {
  setHeader(name: string, value: string): void
}

export function signInRoutes(ground: Ground, tries: Tries): AnyRoute[] {
  return [byPassword(ground, tries), byLink(ground), password(ground, tries), signOut(ground), leaveEverywhere(ground)]
}

function byPassword(ground: Ground, tries: Tries): AnyRoute {
  return openRoute({
    method: 'POST',
    path: '/v1/sign-in',
    tag: TAG.signIn,
    summary: 'Sign in by mail and password',
    who: 'public',
    body: z.strictObject({
      mail: mailShape,
      password: z.string().max(256),
      tenant: z.string().max(40).optional(),
    }),
    answer: z.union([
      z.strictObject({ ok: z.literal(true) }),
      z.strictObject({ choose: z.array(z.strictObject({ slug: z.string(), name: z.string() })) }),
    ]),
    refusals: { 'wrong-sign-in': 401, 'too-many-tries': 429 },
    async handle(call) {
      const result = await signInByPassword(ground, tries, call.body, call)
      if (!result.ok) return slowed(call, result)
      if ('choose' in result.value) return ok({ choose: [...result.value.choose] })
      await beginSession(ground, call, result.value.token)
      return ok({ ok: true as const })
    },
  })
}

function byLink(ground: Ground): AnyRoute {
  return openRoute({
    method: 'POST',
    path: '/v1/sign-in/link',
    tag: TAG.signIn,
    summary: 'Sign in by a one-time link’s token',
    who: 'public',
    body: z.strictObject({ token: z.string().max(100) }),
    answer: z.strictObject({
      ok: z.literal(true),
      needsPassword: z.boolean(),
      next: z.enum(['console', 'make-network']),
    }),
    refusals: { 'link-not-good': 401 },
    async handle(call) {
      const result = await followLink(ground, call.body.token, call.at)
      if (!result.ok) return result
      const { token, ...answer } = result.value
      await beginSession(ground, call, token)
      return ok({ ok: true as const, ...answer })
    },
  })
}

function password(ground: Ground, tries: Tries): AnyRoute {
  return openRoute({
    method: 'POST',
    path: '/v1/sign-in/password',
    tag: TAG.signIn,
    summary: 'Set one’s own password; ends one’s other sessions',
    who: 'signed-in',
    body: z.strictObject({ password: passwordShape, current: z.string().max(256).optional() }),
    refusals: {
      'not-signed-in': 401,
      'not-allowed': 403,
      'wrong-current-password': 422,
      'too-many-tries': 429,
      'bad-input': 400,
    },
    async handle(call) {
      const token = tokenFrom(ground, call.header('cookie'))
      if (call.caller.kind !== 'staff' || token === undefined) return refuse('not-allowed')
      const { password: wanted, current } = call.body
      const { ip, at } = call
      const set = await setOwnPassword(ground, tries, { token, password: wanted, current, ip, at })
      if (set.ok) tellAccessChanged(ground, call.caller.tenantId)
      return slowed(call, set)
    },
  })
}

function signOut(ground: Ground): AnyRoute {
  return openRoute({
    method: 'POST',
    path: '/v1/sign-out',
    tag: TAG.signIn,
    summary: 'End this session',
    who: 'public',
    async handle(call) {
      await endSession(ground, tokenFrom(ground, call.header('cookie')), call.at)
      if (call.caller.kind === 'staff') tellAccessChanged(ground, call.caller.tenantId)
      call.setHeader('set-cookie', noCookie(ground))
      return ok(undefined)
    },
  })
}

function leaveEverywhere(ground: Ground): AnyRoute {
  return openRoute({
    method: 'POST',
    path: '/v1/sign-out/everywhere',
    tag: TAG.signIn,
    summary: 'End all sessions of one’s own, in every browser, this one too; open links stop working',
    who: 'signed-in',
    refusals: { 'not-allowed': 403 },
    async handle({ caller, at, setHeader }) {
      if (caller.kind !== 'staff') return refuse('not-allowed')
      const { tenantId, actorId: id, actorName: name } = caller
      await ground.database.inTenant(tenantId, (tx) => signOutOwn(tx, { id, name }, at))
      tellAccessChanged(ground, tenantId)
      setHeader('set-cookie', noCookie(ground))
      return ok(undefined)
    },
  })
}

/** A new secret at each sign-in; whatever session the browser had before ends. */
async function beginSession(
  ground: Ground,
  call: Answering & { header(name: string): string | undefined; readonly at: Temporal.Instant },
  token: string,
): Promise<void> {
  await endSession(ground, tokenFrom(ground, call.header('cookie')), call.at)
  call.setHeader('set-cookie', sessionCookie(ground, token))
}

function slowed<T, C extends string>(call: Answering, result: Result<T, C>): Result<T, C> {
  const seconds = result.ok ? undefined : result.values?.['seconds']
  if (seconds !== undefined) call.setHeader('retry-after', String(seconds))
  return result
}
