import { expect, it } from 'vitest'
import { secondsSince } from './quantities.ts'

it.each([
  ['2026-11-27T10:00:00.700Z', '2026-11-27T10:00:42.100Z', 42],
  ['2026-11-27T10:00:00.100Z', '2026-11-27T10:00:42.900Z', 42],
  ['2026-11-27T10:00:59.999Z', '2026-11-27T10:01:00.000Z', 1],
])('a session from %s to %s is as long as it is priced: %i s', (from, to, seconds) => {
  expect(secondsSince(from, to)).toBe(seconds)
})
