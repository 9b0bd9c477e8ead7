import type { z } from 'zod'
import type { Tx } from './db-transaction.ts'
import type { Result } from './result.ts'

/** Who calls, once known. The key or the cookie decides the tenant; nothing in path, query or body does. */
export interface StaffOrKey {
  readonly kind: 'key' | 'staff'
  readonly tenantId: string
  readonly actorId: string
  readonly actorName: string
  readonly rights: ReadonlySet<string>
  /** The sites the rights hold for. */
  readonly sites: 'all' | readonly string[]
  readonly language: string
}

/** `installer`: a browser that came by the installation's own link, while there is no tenant yet. */
export type Caller =
  | StaffOrKey
  | { readonly kind: 'platform' }
  | { readonly kind: 'installer' }
  | { readonly kind: 'nobody' }

type Shape = z.ZodType
type Out<S> = S extends Shape ? z.output<S> : undefined

export interface OpenCall<P, Q, B, C = Caller> {
  readonly caller: C
  readonly params: P
  readonly query: Q
  readonly body: B
  readonly at: Temporal.Instant
  readonly requestId: string
  readonly ip: string
  readonly ifMatch: string | undefined
  header(name: string): string | undefined
  /** Sets a header of the answer. */
  setHeader(name: string, value: string): void
}

export type Call<P, Q, B> = OpenCall<P, Q, B, StaffOrKey>

interface RowBase<P, Q, B, A, C extends string> {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  /** With parameters as `/v1/sites/:id`. */
  readonly path: string
  readonly tag: string
  readonly summary: string
  readonly params?: P
  readonly query?: Q
  readonly body?: B
  /** Absent: 204, nothing to say. */
  readonly answer?: A
  /**
   * What of the answer the tag covers, where some of it changes by itself (when a station was last heard): If-Match is about
   * what people change. Of GET and PATCH alike.
   */
  readonly tagOf?: (answer: never) => unknown
  readonly status?: 200 | 201 | 202
  /** Refusal codes this route may answer, with their HTTP status. */
  readonly refusals?: Readonly<Record<C, number>>
}

/** A route that works on one tenant's data, in one transaction that also keeps its Idempotency-Key. */
export interface TenantRoute<P, Q, B, A, C extends string> extends RowBase<P, Q, B, A, C> {
  readonly kind: 'tenant'
  readonly right: string
  readonly handle: (tx: Tx, call: Call<Out<P>, Out<Q>, Out<B>>) => Promise<Result<Answer<A>, C>>
}

/** A route without a tenant's transaction: sign-in, platform, public pages. */
export interface OpenRoute<P, Q, B, A, C extends string> extends RowBase<P, Q, B, A, C> {
  readonly kind: 'open'
  readonly who: 'public' | 'platform' | 'signed-in'
  readonly handle: (call: OpenCall<Out<P>, Out<Q>, Out<B>>) => Promise<Result<Answer<A>, C>>
}

/** A stream of server-sent events. `right` absent: public. */
export interface StreamRoute<P, Q> {
  readonly kind: 'stream'
  readonly method: 'GET'
  readonly path: string
  readonly tag: string
  readonly summary: string
  readonly right?: string
  readonly params?: P
  readonly query?: Q
  readonly open: (call: OpenCall<Out<P>, Out<Q>, undefined>, stream: EventStream) => Promise<Result<void>>
}

/** The sending half. A reader that takes nothing for long is cut; it comes back with the id it saw last. */
export interface EventStream {
  send(event: { readonly id?: string; readonly type: string; readonly data: unknown }): void
  onClose(listener: () => void): void
  readonly lastEventId: string | undefined
}

type Answer<A> = A extends Shape ? z.input<A> : void

export type AnyTenantRoute = Omit<TenantRoute<Shape, Shape, Shape, Shape, string>, 'handle'> & {
  readonly handle: (tx: Tx, call: never) => Promise<Result<unknown>>
}
export type AnyOpenRoute = Omit<OpenRoute<Shape, Shape, Shape, Shape, string>, 'handle'> & {
  readonly handle: (call: never) => Promise<Result<unknown>>
}
export type AnyStreamRoute = Omit<StreamRoute<Shape, Shape>, 'open'> & {
  readonly open: (call: never, stream: EventStream) => Promise<Result<void>>
}
/** A row of the table, its single types forgotten. */
export type AnyRoute = AnyTenantRoute | AnyOpenRoute | AnyStreamRoute

export function tenantRoute<
  P extends Shape | undefined = undefined,
  Q extends Shape | undefined = undefined,
  B extends Shape | undefined = undefined,
  A extends Shape | undefined = undefined,
  C extends string = never,
>(row: Omit<TenantRoute<P, Q, B, A, C>, 'kind'>): AnyRoute {
  return { kind: 'tenant', ...row } as unknown as AnyRoute
}

export function openRoute<
  P extends Shape | undefined = undefined,
  Q extends Shape | undefined = undefined,
  B extends Shape | undefined = undefined,
  A extends Shape | undefined = undefined,
  C extends string = never,
>(row: Omit<OpenRoute<P, Q, B, A, C>, 'kind'>): AnyRoute {
  return { kind: 'open', ...row } as unknown as AnyRoute
}

export function streamRoute<P extends Shape | undefined = undefined, Q extends Shape | undefined = undefined>(
  row: Omit<StreamRoute<P, Q>, 'kind' | 'method'>,
): AnyRoute {
  return { kind: 'stream', method: 'GET', ...row } as unknown as AnyRoute
}
