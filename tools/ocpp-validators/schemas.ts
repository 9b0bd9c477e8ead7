import type { OcppVersion } from '../../ocpp/versions.ts'

export interface Schema {
  readonly $id?: string
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly format?: string
  readonly maxLength?: number
  readonly minimum?: number
  readonly enum?: readonly unknown[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly items?: Schema
  readonly additionalProperties?: boolean
  readonly definitions?: Readonly<Record<string, Schema>>
}

/** Schemas by message name: `AuthorizeRequest`, `AuthorizeResponse`. */
export type Messages = ReadonlyMap<string, Schema>

/** Messages whose `$ref`s point into definitions that all messages of the version share. */
export interface SharedSchemas {
  readonly definitions: ReadonlyMap<string, Schema>
  readonly messages: Messages
}

/** Words of a schema that check nothing. `additionalItems` has no meaning beside an `items` that is one schema. */
const idle = new Set(['$id', '$schema', 'comment', 'description', 'javaType', 'default', 'title', 'additionalItems'])

/** Messages of a version by name, without words that check nothing, with the errata built in. */
export function messagesOf(version: OcppVersion, published: readonly Schema[]): Messages {
  const named = published.map((schema) => {
    const name = nameOf(version, schema)
    return [name, mended(version, name, checking(schema))] as const
  })
  return new Map(named.toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

function nameOf(version: OcppVersion, { $id }: Schema): string {
  const name = $id
    ?.replace(/^urn:/, '')
    .replace(/\.req$/, 'Request')
    .replace(/\.conf$/, 'Response')
  if (name === undefined) throw new Error(`${version}: a schema without $id`)
  // A SEND has one schema, named like the action.
  return /(Request|Response)$/.test(name) ? name : `${name}Request`
}

function checking(schema: Schema, namesInside = false): Schema {
  // Enumerations carry an idle `additionalProperties` too.
  const isEnum = !namesInside && schema.enum !== undefined
  const kept = Object.entries(schema).filter(
    ([word]) => namesInside || !(idle.has(word) || (isEnum && word === 'additionalProperties')),
  )
  return Object.fromEntries(
    kept.map(([word, value]) => {
      const isMap = !namesInside && (word === 'properties' || word === 'definitions')
      return [word, isObject(value) ? checking(value, isMap) : value]
    }),
  )
}

function isObject(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Lengths in which the two published collections of 1.6 differ; the longer holds. */
const lengths = [
  { message: 'ChangeConfigurationRequest', member: 'value', length: 2048 },
  { message: 'GetConfigurationResponse', member: 'value', length: 2048 },
  { message: 'StatusNotificationRequest', member: 'info', length: 100 },
]

/**
 * Errata. That `reason` of StopTransaction is optional, that intervals are integers and both spellings of Celsius stand
 * in the schemas already; a test keeps it so.
 */
function mended(version: OcppVersion, name: string, schema: Schema): Schema {
  const due = version === 'ocpp1.6' ? lengths.filter(({ message }) => message === name) : []
  return due.reduce((before, { member, length }) => lengthened(before, member, length), schema)
}

function lengthened(schema: Schema, member: string, length: number): Schema {
  return Object.fromEntries(
    Object.entries(schema).map(([word, value]) => {
      if (word === member && isObject(value)) return [word, { ...value, maxLength: length }]
      return [word, isObject(value) ? lengthened(value, member, length) : value]
    }),
  )
}

/**
 * Definitions of the same name are equal in nearly all messages; each is kept once, a differing one under a number of
 * its own. That makes the generated code a third.
 */
export function sharedDefinitions(messages: Messages): SharedSchemas {
  const definitions = new Map<string, Schema>()
  const known = new Map<string, string>()
  const rewrite = (schema: Schema, local: Readonly<Record<string, Schema>>): Schema => {
    if (schema.$ref !== undefined) return { $ref: `definitions#/definitions/${share(schema.$ref, local)}` }
    const entries = Object.entries(schema).filter(([word]) => word !== 'definitions')
    return Object.fromEntries(
      entries.map(([word, value]) => {
        if (word === 'properties') {
          const inner = Object.entries(value as Readonly<Record<string, Schema>>)
          return [word, Object.fromEntries(inner.map(([name, member]) => [name, rewrite(member, local)]))]
        }
        return [word, isObject(value) ? rewrite(value, local) : value]
      }),
    )
  }
  const share = (ref: string, local: Readonly<Record<string, Schema>>): string => {
    const name = ref.replace('#/definitions/', '')
    const definition = local[name]
    if (definition === undefined) throw new Error(`no definition ${ref}`)
    const rewritten = rewrite(definition, local)
    const key = `${name} ${JSON.stringify(rewritten)}`
    const taken = known.get(key)
    if (taken !== undefined) return taken
    let free = name
    for (let number = 2; definitions.has(free); number += 1) free = `${name}${number}`
    known.set(key, free)
    definitions.set(free, rewritten)
    return free
  }
  const shared = [...messages].map(([name, schema]) => [name, rewrite(schema, schema.definitions ?? {})] as const)
  return { definitions, messages: new Map(shared) }
}
