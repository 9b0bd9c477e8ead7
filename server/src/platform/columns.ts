/**
 * The columns of a batch as PostgreSQL writes arrays. `pg` would look at every element as if it might hold anything, which
 * costs more than sending them.
 */
export function columnText(values: readonly unknown[]): string {
  let text = '{'
  for (let index = 0; index < values.length; index += 1) {
    if (index > 0) text += ','
    text += elementText(values[index])
  }
  return `${text}}`
}

function elementText(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return stringText(value)
    case 'number':
    case 'bigint':
    case 'boolean':
      return String(value)
    case 'undefined':
      return 'NULL'
    default:
      if (value === null) return 'NULL'
      if (value instanceof Temporal.Instant) return instantText(value)
      if (value instanceof Uint8Array)
        return `"\\\\x${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex')}"`
      if (Array.isArray(value)) return columnText(value)
      throw new TypeError('a column holds texts, numbers, bytes, instants and lists of these')
  }
}

/** PostgreSQL keeps microseconds, and rounds up what it is told beyond: what happened now would be kept as of later. */
export function instantText(instant: Temporal.Instant): string {
  return instant.toString({ fractionalSecondDigits: 6 })
}

/** Ids, numbers, instants and names: nothing that an array would read as its own. */
const PLAIN = /^[\w.:+-]+$/

function stringText(value: string): string {
  if (PLAIN.test(value)) return value.length === 4 && value.toUpperCase() === 'NULL' ? `"${value}"` : value
  // PostgreSQL's texts hold no NUL: the sign for what cannot be shown stands for it.
  return `"${value.replaceAll('\u0000', '\ufffd').replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
}
