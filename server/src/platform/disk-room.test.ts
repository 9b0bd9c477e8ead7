import { expect, it } from 'vitest'
import { hasRoom } from './disk-room.ts'

const GB = 1_000_000_000

it.each([
  ['a twentieth of a small disk is the least (row 22)', 5.1 * GB, 100 * GB, true, true],
  ['less is none', 0.9 * GB, 20 * GB, true, false],
  ['it must be a little more before stations come back', 1.1 * GB, 20 * GB, false, false],
  ['then they may', 1.3 * GB, 20 * GB, false, true],
  ['a large disk with gigabytes left has room', 3 * GB, 4_000 * GB, true, true],
  ['until they are gone too', 1.9 * GB, 4_000 * GB, true, false],
])('%s', (_, freeBytes, totalBytes, had, has) => {
  expect(hasRoom({ freeBytes, totalBytes }, had)).toBe(has)
})
