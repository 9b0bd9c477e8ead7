import { binaryColumn, columnTypesOf } from './binary-columns.ts'
import { columnText, instantText } from './columns.ts'

/** The values of a statement as PostgreSQL takes them: columns of a batch in binary, all else as text. */
export function parametersOf(statement: string, values: readonly unknown[]): unknown[] {
  const types = columnTypesOf(statement)
  return values.map((value, index) => {
    const type = types.get(index)
    return (type !== undefined && Array.isArray(value) ? binaryColumn(type, value) : undefined) ?? parameter(value)
  })
}

/** What `pg` would get wrong: instants (it would quote them as JSON) and big integers inside arrays. */
function parameter(value: unknown): unknown {
  if (value instanceof Temporal.Instant) return instantText(value)
  if (typeof value === 'bigint') return value.toString()
  if (Array.isArray(value)) return columnText(value)
  // PostgreSQL's texts hold no NUL: the ids and actions of a hostile station are kept with the sign for what cannot be shown.
  if (typeof value === 'string' && value.includes('\u0000')) return value.replaceAll('\u0000', '\ufffd')
  return value
}
