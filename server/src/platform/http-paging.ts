import { createHash } from 'node:crypto'
import { z } from 'zod'
import { ok, type Refused, refuse, type Result } from './result.ts'

/** Query members every list takes. `cursor` is opaque: it comes from `next`. */
export const paging = {
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().max(1_000).optional(),
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

/** Of a list that is always short enough to be answered whole: who follows `next` in any list comes to its end. */
export function wholeListOf<T extends z.ZodType>(item: T) {
  return z.strictObject({ items: z.array(item), next: z.null() })
}

/** The key of the last row, as text that a caller hands back. */
export function cursorOf(key: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url')
}

/**
 * A page of rows of which one more than `limit` was asked for: what is shown of them, and where the next page begins. `key`: a row's place
 * in the list.
 */
export function pageOf<T>(
  rows: readonly T[],
  limit: number,
  key: (row: T) => readonly (string | number)[],
): { readonly shown: readonly T[]; readonly next: string | null } {
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  return { shown, next: rows.length > limit && last !== undefined ? cursorOf(key(last)) : null }
}

/** The key again; undefined when absent. What is none of ours does not come so far: see `withPlaces`. */
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

/** Where a list goes on that is ordered by id alone. */
export function idFrom(cursor: string | undefined): string | undefined {
  return z.uuid().safeParse(cursorFrom(cursor)?.[0]).data
}

/** A list as somebody asks for it: its route, and what stands in path and query. */
export interface AskedList {
  readonly path: string
  readonly params: unknown
  readonly query: unknown
}

const PLACES = ['cursor', 'before'] as const
/** These change nothing of what stands in the list, nor of its order. */
const ABOUT_PAGES: ReadonlySet<string> = new Set([...PLACES, 'limit', 'count'])
const MARK_LENGTH = 8

function markOf({ path, params, query }: AskedList): string {
  const filters = Object.entries(query ?? {}).filter(([name]) => !ABOUT_PAGES.has(name))
  const asked = JSON.stringify([path, params, filters.toSorted(([left], [right]) => (left < right ? -1 : 1))])
  return createHash('sha256').update(asked).digest('base64url').slice(0, MARK_LENGTH)
}

/** A place as callers are given it: good in this list, under these filters. */
export function markedPlace(list: AskedList, place: string): string {
  return markOf(list) + place
}

/**
 * The query with its places as the list itself wrote them. One that is none, or stands in another list or under other filters, is refused:
 * the page after it would be another than the caller believes.
 */
export function withPlaces(list: AskedList, query: unknown): Result<unknown, 'bad-input'> {
  if (typeof query !== 'object' || query === null) return ok(query)
  const given = Object.entries(query).filter(([name, value]) => isPlace(name) && value !== undefined)
  if (given.length === 0) return ok(query)
  const mark = markOf(list)
  const places = given.map(([name, value]) => ({ name, place: placeAfter(mark, String(value)) }))
  const fields = places
    .filter(({ place }) => place === undefined)
    .map(({ name }) => ({ pointer: `/query/${name}`, code: 'not-valid', values: { context: 'cursor' } }))
  if (fields.length > 0) return refuse('bad-input', { fields })
  return ok({ ...query, ...Object.fromEntries(places.map(({ name, place }) => [name, place])) })
}

function placeAfter(mark: string, given: string): string | undefined {
  const place = given.startsWith(mark) ? given.slice(MARK_LENGTH) : undefined
  return cursorFrom(place) === undefined ? undefined : place
}

function isPlace(name: string): boolean {
  return (PLACES as readonly string[]).includes(name)
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
  const member = PLACES.find((name) => name in query)
  return member === undefined
    ? undefined
    : refuse('bad-input', {
        fields: [{ pointer: `/query/${member}`, code: 'not-valid', values: { context: 'cursor' } }],
      })
}
