import { createRequire } from 'node:module'
import type { Ajv as AjvInstance, Options } from 'ajv'
import type { Reply } from './rest.ts'

const require = createRequire(import.meta.url)
const { Ajv2020 } = require('ajv/dist/2020.js') as { Ajv2020: new (options: Options) => AjvInstance }
const addFormats = (require('ajv-formats') as { default: (ajv: AjvInstance) => void }).default

interface Answer {
  readonly headers?: Readonly<Record<string, unknown>>
  readonly content?: Readonly<Record<string, { readonly schema?: object }>>
}
export interface DescribedApi {
  readonly components: object
  readonly paths: Readonly<
    Record<string, Readonly<Record<string, { readonly responses: Readonly<Record<string, Answer>> }>>>
  >
}

/** Looks at real answers by what the description promises of them. Each fault is a sentence. */
export function openDescribed(api: DescribedApi): (route: string, reply: Reply) => readonly string[] {
  const ajv = new Ajv2020({ strict: false, allErrors: true })
  addFormats(ajv)
  return (route, { status, headers, text, body }) => {
    const [method = '', path = ''] = route.split(' ')
    const responses = api.paths[path]?.[method.toLowerCase()]?.responses ?? {}
    const promised = responses[status] ?? (status >= 400 ? responses['default'] : undefined)
    if (promised === undefined) return [`${route}: ${status} is not described`]
    const named = Object.keys(promised.headers ?? {}).filter((name) => name !== 'Link' && !headers.has(name))
    const faults = named.map((name) => `${route}: ${status} has no ${name}`)
    if (promised.content === undefined)
      return text === '' ? faults : [...faults, `${route}: ${status} says something, though it is to say nothing`]
    const type = headers.get('content-type')?.split(';')[0] ?? ''
    const schema = promised.content[type]?.schema
    if (schema === undefined)
      return [...faults, `${route}: ${status} is ${type}, not ${Object.keys(promised.content).join()}`]
    // The problem stands among the components, which a schema by itself has not got.
    const fits = ajv.compile({ ...schema, components: api.components })
    if (fits(body)) return faults
    const first = (fits.errors ?? []).slice(0, 3)
    return [
      ...faults,
      ...first.map((one) => `${route}: ${status}: ${one.instancePath} ${one.message} ${JSON.stringify(one.params)}`),
    ]
  }
}
