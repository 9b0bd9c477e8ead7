import pg from 'pg'

const { builtins } = pg.types

/** `2026-11-26 13:55:22.123456+00` as PostgreSQL prints it in UTC. */
function instant(text: string): Temporal.Instant | null {
  if (text.endsWith('infinity')) return null
  return Temporal.Instant.from(`${text.slice(0, 10)}T${text.slice(11).replace(/\+00$/, 'Z')}`)
}

function arrayOf<T>(one: (text: string) => T): (text: string) => (T | null)[] {
  // pg-types parses the braces; element 1009 is text[].
  const texts = pg.types.getTypeParser(1009 as never) as (text: string) => (string | null)[]
  return (text) => texts(text).map((item) => (item === null ? null : one(item)))
}

const own: Record<number, (text: string) => unknown> = {
  [builtins.INT8]: BigInt,
  [builtins.NUMERIC]: (text) => text,
  [builtins.DATE]: (text) => text,
  [builtins.TIMESTAMPTZ]: instant,
  1016: arrayOf(BigInt),
  1007: arrayOf(Number),
  1005: arrayOf(Number),
  1185: arrayOf(instant),
  2951: arrayOf((text) => text),
}

/** One parser table for every connection: int8 as bigint, instants as Temporal, numeric and date as text. */
export const parsers: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    (format === 'binary' ? undefined : own[oid]) ?? pg.types.getTypeParser(oid, format as 'text')) as never,
}
