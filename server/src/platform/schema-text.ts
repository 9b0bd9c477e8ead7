/** The members of JSON Schema that our shapes are made of. */
export interface Schema {
  readonly type?: string | readonly string[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: boolean | Schema
  readonly items?: Schema
  readonly prefixItems?: readonly Schema[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly allOf?: readonly Schema[]
  readonly $ref?: string
  readonly $defs?: Readonly<Record<string, Schema>>
  readonly format?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly minItems?: number
  readonly maxItems?: number
  readonly description?: string
  readonly default?: unknown
}

/** A shape as people read one, in the manner of TypeScript: `{ name: string (1–200), siteId?: uuid }`. */
export function schemaText(schema: Schema, depth = 0, defs: Schema['$defs'] = schema.$defs): string {
  const inner = (part: Schema): string => schemaText(part, depth, defs)
  if (schema.$ref !== undefined) return referenceText(schema.$ref, depth, defs)
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(' | ')
  const choices = schema.anyOf ?? schema.oneOf
  if (choices !== undefined) return choicesText([...new Set(choices.map(inner))], depth)
  if (schema.allOf !== undefined) return schema.allOf.map(inner).join(' & ')
  if (schema.properties !== undefined) return objectText(schema, depth, defs)
  if (schema.type === 'array') return arrayText(schema, inner)
  if (schema.type === 'object')
    return typeof schema.additionalProperties === 'object'
      ? `{ [name]: ${inner(schema.additionalProperties)} }`
      : '{ … }'
  if (schema.type === undefined) return schema.description ?? 'any'
  const type = typeof schema.type === 'string' ? schema.type : schema.type.join(' | ')
  return `${schema.format ?? type}${boundsText(schema)}`
}

const DEEPEST = 8

function referenceText(reference: string, depth: number, defs: Schema['$defs']): string {
  const target = defs?.[reference.split('/').at(-1) ?? '']
  // A shape that contains itself ends somewhere.
  return target === undefined || depth > DEEPEST
    ? (reference.split('/').at(-1) ?? 'any')
    : schemaText(target, depth, defs)
}

function objectText(schema: Schema, depth: number, defs: Schema['$defs']): string {
  const members = Object.entries(schema.properties ?? {})
  if (members.length === 0) return '{}'
  const indent = '  '.repeat(depth + 1)
  const parts = members.map(([name, member]) => {
    const mark = schema.required?.includes(name) === true ? '' : '?'
    const about = member.description === undefined || member.type === undefined ? '' : `  // ${member.description}`
    return `${name}${mark}: ${schemaText(member, depth + 1, defs)}${about}`
  })
  const line = `{ ${parts.join(', ')} }`
  if (line.length <= LONGEST_LINE && !/\n|\/\//.test(line)) return line
  return `{\n${parts.map((part) => `${indent}${part}`).join('\n')}\n${'  '.repeat(depth)}}`
}

const LONGEST_LINE = 72

/** One below the other where they are long. */
function choicesText(choices: readonly string[], depth: number): string {
  const line = choices.join(' | ')
  if (line.length <= LONGEST_LINE || choices.every((choice) => !choice.startsWith('{'))) return line
  const indent = '  '.repeat(depth)
  return choices.map((choice) => `\n${indent}| ${choice}`).join('')
}

function arrayText(schema: Schema, inner: (part: Schema) => string): string {
  if (schema.prefixItems !== undefined) return `[${schema.prefixItems.map(inner).join(', ')}]`
  const item = schema.items === undefined ? 'any' : inner(schema.items)
  return item.includes(' | ') && !item.includes('\n') ? `(${item})[]` : `${item}[]`
}

function boundsText(schema: Schema): string {
  const least = schema.minimum ?? schema.minLength
  const most = schema.maximum ?? schema.maxLength
  const isEndless = most === undefined || Math.abs(most) >= Number.MAX_SAFE_INTEGER
  const isBottomless = least === undefined || Math.abs(least) >= Number.MAX_SAFE_INTEGER
  if (isEndless && isBottomless) return ''
  if (isEndless) return ` (≥ ${least})`
  return isBottomless ? ` (≤ ${most})` : ` (${least}–${most})`
}
