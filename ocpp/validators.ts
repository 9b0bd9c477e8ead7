import { createRequire } from 'node:module'
import type { Shapes } from './shapes.ts'
import type { OcppVersion } from './versions.ts'

/** `strict`: as published, for what we send. `tolerant`: unknown members may stand, for what we take. */
export type ValidatorSet = 'strict' | 'tolerant'

export type Direction = 'request' | 'response'

/** Where and why a payload does not fit: the first fault found, with a JSON pointer. */
export interface SchemaFault {
  readonly pointer: string
  readonly keyword: string
  readonly params: Readonly<Record<string, unknown>>
}

interface Generated {
  (payload: unknown): boolean
  readonly errors?: readonly { instancePath: string; keyword: string; params: Record<string, unknown> }[] | null
}

const require = createRequire(import.meta.url)
type Validators = Readonly<Record<Direction, ReadonlyMap<string, Generated>>>
const loaded: Readonly<Record<ValidatorSet, Map<OcppVersion, Validators>>> = { strict: new Map(), tolerant: new Map() }
const loadedShapes = new Map<OcppVersion, Shapes>()

/** Loaded when a version is first spoken: some 10 to 40 ms and below 10 MB for each set. */
function validatorsOf(version: OcppVersion, set: ValidatorSet): Validators {
  let validators = loaded[set].get(version)
  if (validators === undefined) {
    const all = Object.entries(require(`./generated/${version}-${set}.cjs`) as Record<string, Generated>)
    // By action, so that no name is put together for each message; maps, since names like `constructor` must not be found.
    const of = (ending: string): ReadonlyMap<string, Generated> =>
      new Map(
        all.flatMap(([name, validator]) => (name.endsWith(ending) ? [[name.slice(0, -ending.length), validator]] : [])),
      )
    validators = { request: of('Request'), response: of('Response') }
    loaded[set].set(version, validators)
  }
  return validators
}

/** The members that each object of the version may have. */
export function shapesOf(version: OcppVersion): Shapes {
  let shapes = loadedShapes.get(version)
  if (shapes === undefined) {
    shapes = require(`./generated/${version}-shapes.json`) as Shapes
    loadedShapes.set(version, shapes)
  }
  return shapes
}

/** The name under which validators and shapes of a message are kept. */
export function messageName(action: string, direction: Direction): string {
  return direction === 'request' ? `${action}Request` : `${action}Response`
}

export function hasValidator(version: OcppVersion, set: ValidatorSet, action: string, direction: Direction): boolean {
  return validatorsOf(version, set)[direction].has(action)
}

/** The first fault of a payload; undefined: it fits. Throws for an action that the version has not. */
export function faultOf(
  version: OcppVersion,
  set: ValidatorSet,
  action: string,
  direction: Direction,
  payload: unknown,
): SchemaFault | undefined {
  const validator = validatorsOf(version, set)[direction].get(action)
  if (validator === undefined) throw new Error(`${version} has no ${messageName(action, direction)}`)
  if (validator(payload)) return undefined
  const error = validator.errors?.[0]
  if (error === undefined) throw new Error(`${messageName(action, direction)}: a fault without a description`)
  return { pointer: error.instancePath, keyword: error.keyword, params: error.params }
}

/** One sentence about a fault, without any value that was sent. */
export function describeFault({ pointer, keyword, params }: SchemaFault): string {
  const place = pointer === '' ? 'the payload' : pointer
  switch (keyword) {
    case 'required':
      return `${place} must have ${String(params['missingProperty'])}`
    case 'additionalProperties':
      return `${place} must not have ${String(params['additionalProperty']).slice(0, 50)}`
    case 'type':
      return `${place} must be of type ${String(params['type'])}`
    case 'enum':
      return `${place} must be one of the listed values`
    case 'format':
      return `${place} must be a ${String(params['format'])}`
    case 'multipleOf':
      return `${place} must be a multiple of ${String(params['multipleOf'])}`
    default:
      return `${place} does not satisfy ${keyword}${typeof params['limit'] === 'number' ? ` ${params['limit']}` : ''}`
  }
}
