import { createRequire } from 'node:module'
import type { Ajv as AjvInstance, AnySchemaObject, Options } from 'ajv'
import type { Schema, SharedSchemas } from './schemas.ts'

const require = createRequire(import.meta.url)
// Their CommonJS type declarations and nodenext disagree about default exports.
const { Ajv } = require('ajv') as { Ajv: new (options: Options) => AjvInstance }
const standaloneCode = (
  require('ajv/dist/standalone') as {
    default: (ajv: AjvInstance, names: Readonly<Record<string, string>>) => string
  }
).default
const addFormats = (require('ajv-formats') as { default: (ajv: AjvInstance, names: readonly string[]) => void }).default

/** A CommonJS module that exports one validator per message. */
export function compileValidators({ definitions, messages }: SharedSchemas, set: 'strict' | 'tolerant'): string {
  const ajv = new Ajv({
    code: { source: true, optimize: 1 },
    inlineRefs: false,
    messages: false,
    // 21.4 is a multiple of 0.1, whatever binary fractions make of it.
    multipleOfPrecision: 6,
    strict: true,
    strictRequired: false,
    validateFormats: true,
  })
  addFormats(ajv, ['date-time', 'uri'])
  const prepared = set === 'strict' ? (schema: Schema) => schema : opened
  ajv.addSchema({
    $id: 'definitions',
    definitions: Object.fromEntries([...definitions].map(([name, schema]) => [name, prepared(schema)])),
  } as AnySchemaObject)
  const names: Record<string, string> = {}
  for (const [name, schema] of messages) {
    ajv.addSchema({ $id: name, ...prepared(schema) } as AnySchemaObject)
    names[name] = name
  }
  return compacted(standaloneCode(ajv, names))
}

/** Without what nobody reads: paths inside the schema, and copies of schemas that no check looks into. */
function compacted(code: string): string {
  const short = code.replaceAll(/,schemaPath:"[^"]*"/g, '')
  const uses = Map.groupBy(short.match(/\bschema\d+\b/g) ?? [], (name) => name)
  const withoutIdle = short.replaceAll(
    /const (schema\d+) = \{.*?\};(?=const |function |exports)/g,
    (text, name: string) => ((uses.get(name)?.length ?? 0) > 1 ? text : ''),
  )
  const plain = withoutIdle
    .replaceAll(/\/\*# sourceURL="[^"]*" \*\/;/g, '')
    // Once or more in every message.
    .replaceAll('require("ajv-formats/dist/formats").fullFormats["date-time"]', 'require("../date-time.ts").dateTime')
  return plain.replaceAll(/(?=function validate\d+\(|exports\.)/g, '\n').concat('\n')
}

/** The schema without `additionalProperties: false`, at every depth. */
function opened(schema: Schema): Schema {
  const entries = Object.entries(schema).filter(([word, value]) => word !== 'additionalProperties' || value !== false)
  return Object.fromEntries(
    entries.map(([word, value]) => {
      if (word === 'properties') {
        const members = Object.entries(value as Readonly<Record<string, Schema>>)
        return [word, Object.fromEntries(members.map(([name, member]) => [name, opened(member)]))]
      }
      return [word, typeof value === 'object' && !Array.isArray(value) ? opened(value as Schema) : value]
    }),
  )
}
