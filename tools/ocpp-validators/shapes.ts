import type { Node, Shapes } from '../../ocpp/shapes.ts'
import type { Schema, SharedSchemas } from './schemas.ts'

/** The members that each object of a version may have; see `ocpp/shapes.ts` for how it is written. */
export function shapesOf({ definitions, messages }: SharedSchemas): Shapes {
  const objects: Record<string, Node>[] = []
  const known = new Map<string, number>()
  const nodeOf = (schema: Schema): Node => {
    if (schema.$ref !== undefined) return nodeOf(definition(schema.$ref))
    if (schema.format === 'date-time') return 'time'
    if (schema.items !== undefined) {
      const inner = nodeOf(schema.items)
      return inner === 0 ? 0 : [inner]
    }
    if (schema.type !== 'object' || schema.additionalProperties !== false) return 0
    return objectOf(schema)
  }
  const definition = (ref: string): Schema => {
    const found = definitions.get(ref.replace('definitions#/definitions/', ''))
    if (found === undefined) throw new Error(`no definition ${ref}`)
    return found
  }
  /** Objects are numbered from 1, since 0 is "anything". */
  const objectOf = (schema: Schema): number => {
    const members = Object.entries(schema.properties ?? {}).map(([name, member]) => [name, nodeOf(member)] as const)
    const shape = Object.fromEntries(members)
    const key = JSON.stringify(shape)
    const taken = known.get(key)
    if (taken !== undefined) return taken
    objects.push(shape)
    known.set(key, objects.length)
    return objects.length
  }
  const roots = [...messages].map(([name, schema]) => [name, objectOf(schema)] as const)
  return { messages: Object.fromEntries(roots), objects }
}
