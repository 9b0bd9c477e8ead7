import type { FastifyRequest } from 'fastify'
import type { Ground } from './ground.ts'
import { languageOf } from './http-language.ts'
import type { AnyRoute, Caller } from './http-routes.ts'
import { refuse, type Result } from './result.ts'
import type { Texts } from './texts.ts'

/** Finds out who calls: by key, by cookie, or nobody. A refusal: what was shown is not (or no longer) good. */
export type Authenticate = (request: {
  readonly authorization: string | undefined
  readonly cookies: Readonly<Record<string, string | undefined>>
  readonly ip: string
  readonly at: Temporal.Instant
  /** What the caller is told things in, unless their account says otherwise. */
  readonly language: string
}) => Promise<Result<Caller, 'not-signed-in' | 'wrong-key'>>

export interface Admission {
  readonly authenticate: Authenticate
  readonly ground: Pick<Ground, 'clock'>
  readonly texts: Pick<Texts, 'languages'>
}

/** Whether this caller may use this row at all: who it is, its right, and, with a cookie, that the page is ours. */
export async function admit(
  { authenticate, ground, texts }: Admission,
  route: AnyRoute,
  request: FastifyRequest,
): Promise<Result<Caller>> {
  const needs =
    route.kind === 'open' ? route.who : route.kind === 'stream' && route.right === undefined ? 'public' : 'tenant'
  const found = await authenticate({
    authorization: request.headers.authorization,
    cookies: request.cookies,
    ip: request.ip,
    at: ground.clock.now(),
    language: languageOf(texts, request),
  })
  // Signing in is guarded like everything a cookie opens: a foreign page must not sign its visitor in as somebody else.
  const byKey = found.ok && (found.value.kind === 'key' || found.value.kind === 'platform')
  if (!byKey && request.method !== 'GET' && !sameOrigin(request)) return refuse('wrong-origin')
  if (needs === 'public') return found.ok ? found : { ok: true, value: { kind: 'nobody' } }
  if (!found.ok) return found
  const caller = found.value
  if (caller.kind === 'nobody') return refuse('not-signed-in')
  if (needs === 'platform') return caller.kind === 'platform' ? { ok: true, value: caller } : refuse('not-allowed')
  if (needs === 'signed-in') return { ok: true, value: caller }
  if (caller.kind !== 'key' && caller.kind !== 'staff') return refuse('not-allowed')
  const right = route.kind === 'open' ? undefined : route.right
  return right === undefined || caller.rights.has(right) ? { ok: true, value: caller } : refuse('not-allowed')
}

/** What a caller may see, as text to compare. */
export function reachOf(caller: Caller): string {
  return 'rights' in caller ? JSON.stringify([...caller.rights, caller.sites]) : caller.kind
}

/** A browser names the page's origin; a request made by another site is not ours (attack 34). */
function sameOrigin(request: FastifyRequest): boolean {
  const { origin } = request.headers
  if (origin === undefined)
    return request.headers['sec-fetch-site'] === undefined || request.headers['sec-fetch-site'] === 'same-origin'
  try {
    return new URL(origin).host === request.host
  } catch {
    return false
  }
}

/** The HTTP status of a refusal to let somebody in. */
export function statusOfAdmission(code: string): number {
  return code === 'not-allowed' || code === 'wrong-origin' ? 403 : 401
}
