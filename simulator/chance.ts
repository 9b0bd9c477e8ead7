/**
 * Seeded chance, so that a run can be had again exactly: mulberry32, whose whole state is one 32-bit number. Not for
 * secrets.
 */
export function draw(state: number): { readonly value: number; readonly next: number } {
  const next = (state + 0x6d2b79f5) | 0
  let mixed = Math.imul(next ^ (next >>> 15), next | 1)
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
  return { value: ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32, next }
}

/** A seed from a text, the same on every machine (FNV-1a). */
export function seedOf(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  return hash | 0
}

/** A generator for those that keep their own state, such as a scenario. */
export function chanceFrom(seed: number): () => number {
  let state = seed
  return () => {
    const { value, next } = draw(state)
    state = next
    return value
  }
}
