/**
 * Makes `ocpp/generated/` from the official OCPP schemas that the development dependency `ocpp-rpc` ships: for each
 * version two sets of validators (strict as published, tolerant without `additionalProperties: false`), the shapes by
 * which unknown members are found, and the payload types per action. The output depends on nothing but the schemas.
 *
 *   node tools/build-ocpp-validators.ts           writes
 *   node tools/build-ocpp-validators.ts --check   compares, exit status 1 when something is out of date
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { actionsOf } from '../ocpp/actions.ts'
import { ocppVersions, type OcppVersion } from '../ocpp/versions.ts'
import { compileValidators } from './ocpp-validators/compile.ts'
import { messagesOf, sharedDefinitions, type Messages, type Schema } from './ocpp-validators/schemas.ts'
import { shapesOf } from './ocpp-validators/shapes.ts'

const folder = join(import.meta.dirname, '../ocpp/generated')
const require = createRequire(import.meta.url)
const sources: Readonly<Record<OcppVersion, string>> = {
  'ocpp1.6': 'ocpp1_6.json',
  'ocpp2.0.1': 'ocpp2_0_1.json',
  'ocpp2.1': 'ocpp2_1.json',
}

function published(version: OcppVersion): readonly Schema[] {
  const library = join(require.resolve('ocpp-rpc/package.json'), '..')
  return JSON.parse(readFileSync(join(library, 'lib/schemas', sources[version]), 'utf8'))
}

/** The table of actions is written by hand (schemas know no direction); here it must agree with the schemas. */
function checkActions(version: OcppVersion, messages: Messages): void {
  const expected = actionsOf(version).flatMap(({ name, kind }) =>
    kind === 'send' ? [`${name}Request`] : [`${name}Request`, `${name}Response`],
  )
  const difference = new Set(expected).symmetricDifference(new Set(messages.keys()))
  if (difference.size > 0) throw new Error(`${version}: actions and schemas differ: ${[...difference].join(', ')}`)
}

function typesText(): string {
  const namespaces = { 'ocpp1.6': 'OCPP16', 'ocpp2.0.1': 'OCPP20', 'ocpp2.1': 'OCPP21' } as const
  const maps = ocppVersions.map((version) => {
    const space = namespaces[version]
    const rows = actionsOf(version).map(({ name, kind }) =>
      kind === 'send'
        ? `  ${name}: { request: ${space}.${name}; response: never }`
        : `  ${name}: { request: ${space}.${name}Request; response: ${space}.${name}Response }`,
    )
    return `export interface ${space.replace('OCPP', 'Ocpp')}Payloads {\n${rows.join('\n')}\n}\n`
  })
  return `${head}import type { OCPP16, OCPP20, OCPP21 } from 'typed-ocpp'\n\n${maps.join('\n')}`
}

const head = '// Made by tools/build-ocpp-validators.ts; not edited by hand.\n'

function generate(): ReadonlyMap<string, string> {
  const files = new Map<string, string>([['payloads.ts', typesText()]])
  for (const version of ocppVersions) {
    const messages = messagesOf(version, published(version))
    checkActions(version, messages)
    const shared = sharedDefinitions(messages)
    files.set(`${version}-strict.cjs`, head + compileValidators(shared, 'strict'))
    files.set(`${version}-tolerant.cjs`, head + compileValidators(shared, 'tolerant'))
    files.set(`${version}-shapes.json`, `${JSON.stringify(shapesOf(shared))}\n`)
  }
  return files
}

function main(): void {
  const files = generate()
  if (process.argv.includes('--check')) {
    const stale = [...files].filter(([name, text]) => {
      const path = join(folder, name)
      return !existsSync(path) || readFileSync(path, 'utf8') !== text
    })
    const extra = readdirSync(folder).filter((name) => !files.has(name))
    if (stale.length + extra.length === 0) return
    console.error(`out of date: ${[...stale.map(([name]) => name), ...extra].join(', ')}; run npm run generate:ocpp`)
    process.exitCode = 1
    return
  }
  mkdirSync(folder, { recursive: true })
  for (const [name, text] of files) writeFileSync(join(folder, name), text)
}

main()
