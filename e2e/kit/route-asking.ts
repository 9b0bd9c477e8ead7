import type { Ids } from './world.ts'

/** How each route can name things of a tenant: in its path, query or body. A route without a line here fails the test. */
export interface Asked {
  readonly params?: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, string>>
  readonly body?: unknown
}

export type Example =
  /** `of`: ids of the own tenant, of another, or of nobody, in turn; `own`: always of the own one. */
  | {
      readonly kind: 'asks'
      readonly ask: (of: Ids, own: Ids) => Asked
      /** With own ids. */
      readonly status: number
      /** What must stand in the answer with own ids, so that the denial means something. */
      readonly shows?: (own: Ids) => string
    }
  /** Not a tenant's: for everybody, or for the platform's key alone. */
  | { readonly kind: 'public' | 'platform'; readonly why: string; readonly ask?: (own: Ids) => Asked }
  /** Looked at by a test of its own. */
  | { readonly kind: 'elsewhere'; readonly where: string }

export type AskExample = Extract<Example, { kind: 'asks' }>

export function asks(status: number, ask: AskExample['ask'], shows?: AskExample['shows']): AskExample {
  return { kind: 'asks', ask, status, ...(shows === undefined ? {} : { shows }) }
}

export const byId = (
  status: number,
  pick: (ids: Ids) => string,
  shows?: AskExample['shows'],
  body?: unknown,
): AskExample => asks(status, (of) => ({ params: { id: pick(of) }, ...(body === undefined ? {} : { body }) }), shows)

export const list = (
  shows: (own: Ids) => string,
  filters: readonly ((of: Ids) => Record<string, string>)[] = [],
): readonly AskExample[] => [
  asks(200, () => ({ query: { count: 'true', limit: '200' } }), shows),
  ...filters.map((filter) => asks(200, (of) => ({ query: filter(of) }), shows)),
]
