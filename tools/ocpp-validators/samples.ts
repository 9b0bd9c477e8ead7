import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { type Messages, messagesOf, type Schema } from './schemas.ts'
import type { OcppVersion } from '../../ocpp/versions.ts'

const files = { 'ocpp1.6': 'ocpp1_6.json', 'ocpp2.0.1': 'ocpp2_0_1.json', 'ocpp2.1': 'ocpp2_1.json' } as const

/** For tests: the published schemas, from the development dependency they are made from. */
export function publishedMessages(version: OcppVersion): Messages {
  const folder = join(createRequire(import.meta.url).resolve('ocpp-rpc/package.json'), '../lib/schemas')
  return messagesOf(version, JSON.parse(readFileSync(join(folder, files[version]), 'utf8')))
}

/** A payload that fits: only what is required, or every member there is. */
export function sampleOf(schema: Schema, members: 'required' | 'all'): Record<string, unknown> {
  return sample(schema, schema.definitions ?? {}, members) as Record<string, unknown>
}

function sample(schema: Schema, definitions: Readonly<Record<string, Schema>>, members: 'required' | 'all'): unknown {
  if (schema.$ref !== undefined) {
    return sample(definitions[schema.$ref.replace('#/definitions/', '')] ?? {}, definitions, members)
  }
  if (schema.enum !== undefined) return schema.enum[0]
  if (schema.format === 'date-time') return '2026-02-03T04:05:06.789Z'
  if (schema.format === 'uri') return 'https://example.org/file'
  switch (schema.type) {
    case 'object': {
      const named = Object.entries(schema.properties ?? {})
      const kept = named.filter(([name]) => members === 'all' || schema.required?.includes(name))
      return Object.fromEntries(kept.map(([name, member]) => [name, sample(member, definitions, members)]))
    }
    case 'array':
      return [sample(schema.items ?? {}, definitions, members)]
    case 'integer':
    case 'number':
      return schema.minimum ?? 0
    case 'boolean':
      return true
    case 'string':
      return 'a'
    default:
      return 'anything'
  }
}
