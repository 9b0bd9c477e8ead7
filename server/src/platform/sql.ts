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

/**
 * Rows whose columns are given as arrays, `first` the number of the first: `from ${rowsOf(1, 'tenant_id uuid, n int')} v`.
 * The list of a select hands them on row by row; `from unnest($1, $2)` sets up a store of 16 kB for each column, which costs
 * more than most of our statements where the C library gives the memory back to the kernel each time (some 20 µs a column).
 */
export function rowsOf(first: number, columns: string): string {
  const arrays = columns.split(/,\s+/).map((column, index) => {
    const [name = '', type = ''] = column.split(' ')
    return `unnest($${first + index}::${type}[]) as ${name}`
  })
  return `(select ${arrays.join(', ')})`
}

/** The same for the tag `sql`, each column with its type and its values: `from ${rowsIn({ id: ['uuid', ids] })} v`. */
export function rowsIn(columns: Readonly<Record<string, readonly [type: string, values: readonly unknown[]]>>): Sql {
  const named = Object.entries(columns)
  const text = rowsOf(1, named.map(([name, [type]]) => `${name} ${type}`).join(', '))
  return { text, values: named.map(([, [, values]]) => values), [MADE]: true } as Sql
}
