import { z } from 'zod'
import { type Refused, refuse } from './result.ts'

/** Query members every list takes. `cursor` is opaque: it comes from `next`. */
export const paging = {
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().max(500).optional(),
  count: z.enum(['true', 'false']).optional(),
}

export interface Page<T> {
  readonly items: T[]
  readonly next: string | null
  readonly total?: number
}

/** Shape of a list's answer. */
export function listOf<T extends z.ZodType>(item: T) {
  return z.strictObject({ items: z.array(item), next: z.string().nullable(), total: z.number().int().optional() })
}

/** The key of the last row, as text that a caller hands back. */
export function cursorOf(key: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url')
}

/** The key again; undefined when absent or not one of ours (then the list starts anew). */
export function cursorFrom(cursor: string | undefined): (string | number)[] | undefined {
  if (cursor === undefined) return undefined
  try {
    const key: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    return Array.isArray(key) && key.every((part) => typeof part === 'string' || typeof part === 'number')
      ? key
      : undefined
  } catch {
    return undefined
  }
}

/** The value of a `Link` header that leads to the next page. */
export function nextLink(address: string, cursor: string): string {
  const url = new URL(address, 'http://here')
  url.searchParams.set('cursor', cursor)
  return `<${url.pathname}${url.search}>; rel="next"`
}

/** The database found no value in what a query's cursor holds: it is none of ours. `code`: PostgreSQL's, if it has one. */
export function cursorFault(code: string | undefined, query: unknown): Refused | undefined {
  if (code?.startsWith('22') !== true || typeof query !== 'object' || query === null) return undefined
  const member = ['cursor', 'before'].find((name) => name in query)
  return member === undefined
    ? undefined
    : refuse('bad-input', { fields: [{ pointer: `/query/${member}`, code: 'not-valid' }] })
}
