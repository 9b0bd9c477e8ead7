import { expect, it } from 'vitest'
import { instantOfField, localFieldText } from './zoned.ts'

it.each([
  ['2026-11-24T21:40', 'Europe/Helsinki', '2026-11-24T19:40:00Z'],
  ['2026-07-01T00:00', 'Asia/Kathmandu', '2026-06-30T18:15:00Z'],
  // Comes twice: the first.
  ['2026-10-25T03:30', 'Europe/Helsinki', '2026-10-25T00:30:00Z'],
  // Left out: an hour on.
  ['2026-03-29T03:30', 'Europe/Helsinki', '2026-03-29T01:30:00Z'],
])('reads %s in %s as %s', (text, zone, instant) => {
  expect(new Date(instantOfField(text, zone)).toISOString()).toBe(instant.replace('Z', '.000Z'))
})

it('writes the local time of an instant', () => {
  expect(localFieldText(Date.parse('2026-11-24T19:40:00Z'), 'Europe/Helsinki')).toBe('2026-11-24T21:40')
})
