import { createRequire } from 'node:module'
import type { OcppVersion } from '../../../../ocpp/index.ts'
import type { Payload } from './contract.ts'

/**
 * For tests: the smallest request of an action that its published schema allows, made from the schema itself, so that no
 * message is forgotten.
 */
export function sampleFor(version: OcppVersion, action: string): Payload {
  const names = [`urn:${action}.req`, `urn:${action}Request`, `urn:${action}`]
  const schema = schemasOf(version).find(({ $id }) => names.includes($id ?? ''))
  if (schema === undefined) throw new Error(`no schema of ${action} in ${version}`)
  return valueFor(schema, schema) as Payload
}

interface Schema {
  readonly $id?: string
  readonly $ref?: string
  readonly type?: string
  readonly enum?: readonly unknown[]
  readonly format?: string
  readonly minimum?: number
  readonly minItems?: number
  readonly required?: readonly string[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly items?: Schema
  readonly definitions?: Readonly<Record<string, Schema>>
}

const files: Readonly<Record<OcppVersion, string>> = {
  'ocpp1.6': 'ocpp1_6',
  'ocpp2.0.1': 'ocpp2_0_1',
  'ocpp2.1': 'ocpp2_1',
}

function schemasOf(version: OcppVersion): readonly Schema[] {
  const require = createRequire(import.meta.url)
  const folder = require.resolve('ocpp-rpc').replace(/index\.js$/, 'lib/schemas/')
  return require(`${folder}${files[version]}.json`) as readonly Schema[]
}

function valueFor(schema: Schema, root: Schema): unknown {
  if (schema.$ref !== undefined) {
    const name = schema.$ref.replace('#/definitions/', '')
    return valueFor(root.definitions?.[name] ?? {}, root)
  }
  if (schema.enum !== undefined) return schema.enum[0]
  switch (schema.type) {
    case 'object':
      return Object.fromEntries(
        (schema.required ?? []).map((name) => [name, valueFor(schema.properties?.[name] ?? {}, root)]),
      )
    case 'array':
      return Array.from({ length: schema.minItems ?? 0 }, () => valueFor(schema.items ?? {}, root))
    case 'integer':
    case 'number':
      return schema.minimum ?? 1
    case 'boolean':
      return true
    case 'string':
      return schema.format === 'date-time'
        ? '2026-11-26T12:00:00Z'
        : schema.format === 'uri'
          ? 'https://x.example'
          : 'x'
    default:
      return {}
  }
}
