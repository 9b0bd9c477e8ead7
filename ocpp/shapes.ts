/**
 * Which members the objects of a version may have, compact enough to be loaded with it. Used to find what a station
 * sent beyond the schema, and the instants.
 *
 * A node: 0 anything, no further look inside; `'time'` an instant; n > 0 the n-th object (from 1); `[node]` an array.
 */
export type Node = 'time' | number | readonly [Node]

export interface Shapes {
  /** By message name, `AuthorizeRequest`: its object. */
  readonly messages: Readonly<Record<string, number>>
  readonly objects: readonly Readonly<Record<string, Node>>[]
}
