import { expect } from 'vitest'

/** Two times are equal where they are the same time. By itself `toMatchObject` looks at members, and a Temporal object has none. */
expect.addEqualityTesters([
  (left: unknown, right: unknown): boolean | undefined => {
    if (!isTime(left) && !isTime(right)) return undefined
    return isTime(left) && isTime(right) && left[Symbol.toStringTag] === right[Symbol.toStringTag]
      ? left.toString() === right.toString()
      : isAsymmetric(left) || isAsymmetric(right)
        ? undefined
        : false
  },
])

const names = ['Instant', 'Duration', 'PlainDate', 'PlainTime', 'PlainDateTime', 'ZonedDateTime']
const tags = new Set(names.map((name) => `Temporal.${name}`))

function isTime(value: unknown): value is { readonly [Symbol.toStringTag]: string; toString(): string } {
  return (
    typeof value === 'object' &&
    value !== null &&
    Symbol.toStringTag in value &&
    tags.has(String(value[Symbol.toStringTag]))
  )
}

/** `expect.anything()` and its like decide by themselves. */
function isAsymmetric(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'asymmetricMatch' in value
}
