/** A statement with its values apart. Made by the tag `sql` only, so that no value ever becomes part of the text. */
export interface Sql {
  readonly text: string
  readonly values: readonly unknown[]
}

/**
 * `sql\`select … where id = ${id}\`` gives `$1` and the value. A nested Sql is merged in place, so that
 * conditions can be put together from parts. Arrays are passed as PostgreSQL arrays: `= any(${ids})`.
 */
export function sql(strings: TemplateStringsArray, ...parts: readonly unknown[]): Sql {
  let text = strings[0] ?? ''
  const values: unknown[] = []
  parts.forEach((part, index) => {
    if (isSql(part)) {
      text += part.text.replace(/\$(\d+)/g, (_, n: string) => `$${Number(n) + values.length}`)
      values.push(...part.values)
    } else {
      values.push(part)
      text += `$${values.length}`
    }
    text += strings[index + 1] ?? ''
  })
  return { text, values, [MADE]: true } as Sql
}

/** Conditions joined by `and`; `true` when there are none. */
export function allOf(conditions: readonly (Sql | undefined)[]): Sql {
  const given = conditions.filter((condition) => condition !== undefined)
  return given.reduce((left, right) => sql`${left} and ${right}`, sql`true`)
}

const MADE = Symbol('sql')

function isSql(part: unknown): part is Sql {
  return typeof part === 'object' && part !== null && MADE in part
}

/** A value for a jsonb parameter: write `${json(value)}::jsonb`. Instants become RFC 3339; a bigint is a bug. */
export function json(value: unknown): string {
  return JSON.stringify(value)
}

/**
 * Not removed, said so that no index over what was not removed offers itself: rows that are named by their key are to be
 * found by their key, also while a table is so small that the planner sees no difference.
 */
export function isThere(table: string): string {
  return `coalesce(${table}.removed_at, 'infinity') = 'infinity'`
}
