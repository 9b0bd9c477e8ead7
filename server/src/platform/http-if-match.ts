import { createHash } from 'node:crypto'
import type { Tx } from './db-transaction.ts'
import type { AnyOpenRoute, AnyRoute, AnyTenantRoute } from './http-routes.ts'
import { ok, refuse, type Result } from './result.ts'
import { sql } from './sql.ts'

/** The tag of an answer's state: GET and PATCH of one thing answer the same shape, hence the same tag. */
export function etagOf(value: unknown): string {
  return `"${createHash('sha256').update(JSON.stringify(value)).digest('base64url').slice(0, 22)}"`
}

/** The tag of a route's answer: of what people change, where the route says so. */
export function etagFor(route: AnyTenantRoute | AnyOpenRoute, value: unknown): string {
  return etagOf(route.tagOf === undefined ? value : route.tagOf(value as never))
}

/** Whether a header of tags (`If-Match`, `If-None-Match`) names this one. Proxies that compress make tags weak: `W/"…"`. */
export function namesTag(header: string, etag: string): boolean {
  return header.split(',').some((tag) => tag.trim() === '*' || tag.trim().replace(/^W\//, '') === etag)
}

/**
 * Refuses a change of what is no longer as the caller read it, by asking the GET of the same address. All changes of one thing wait for each
 * other, also those without If-Match: none may come between the reading and the change. A thing that is gone is left to the route itself.
 */
export async function isAsRead(
  tx: Tx,
  routes: readonly AnyRoute[],
  route: AnyTenantRoute,
  call: { readonly ifMatch: string | undefined; readonly params: unknown },
): Promise<Result<void, 'changed-meanwhile' | 'not-supported'>> {
  if (route.method !== 'PATCH' && route.method !== 'DELETE') return ok(undefined)
  const thing = `${tx.tenantId} ${route.path} ${JSON.stringify(call.params ?? {}).toLowerCase()}`
  await tx.row(sql`select pg_advisory_xact_lock(hashtextextended(${thing}, 0)) as done`)
  if (call.ifMatch === undefined) return ok(undefined)
  const reader = routes.find((row) => row.kind === 'tenant' && row.method === 'GET' && row.path === route.path)
  if (reader?.kind !== 'tenant') return refuse('not-supported')
  const seen = await reader.handle(tx, { ...call, query: {}, body: undefined } as never)
  return seen.ok && !namesTag(call.ifMatch, etagFor(reader, seen.value)) ? refuse('changed-meanwhile') : ok(undefined)
}
