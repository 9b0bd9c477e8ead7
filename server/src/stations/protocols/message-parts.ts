import type { MessageLimits } from './contract.ts'

/** What stands around the items: type, id, action, and their member's name. */
const AROUND_BYTES = 120

/** In order, as many together as the station takes in a message; one at least. */
export function partsOf<T>(
  all: readonly T[],
  { items = Number.POSITIVE_INFINITY, bytes = Number.POSITIVE_INFINITY }: MessageLimits = {},
): readonly (readonly T[])[] {
  const parts: T[][] = []
  let size = 0
  for (const one of all) {
    const length = Buffer.byteLength(JSON.stringify(one)) + 1
    const part = parts.at(-1)
    if (part !== undefined && part.length < items && size + length <= bytes) part.push(one)
    else parts.push([one])
    size = part === parts.at(-1) ? size + length : AROUND_BYTES + length
  }
  return parts
}
