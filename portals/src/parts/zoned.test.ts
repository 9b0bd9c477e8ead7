import { expect, it } from 'vitest'
import { dayEnd, dayStart, instantOfField, lastMinute, localFieldText } from './zoned.ts'

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

it.each(['0002-11-27T10:00', '0202-11-27T10:00', '12026-11-27T10:00', ''])(
  'takes %j for no time yet: its year is still being typed',
  (text) => {
    expect(instantOfField(text, 'Europe/Helsinki')).toBeNaN()
    expect(dayStart(text.slice(0, -6), 'Europe/Helsinki')).toBeUndefined()
    expect(dayEnd(text.slice(0, -6), 'Europe/Helsinki')).toBeUndefined()
  },
)

it('writes the local time of an instant', () => {
  expect(localFieldText(Date.parse('2026-11-24T19:40:00Z'), 'Europe/Helsinki')).toBe('2026-11-24T21:40')
})

it.each([
  ['2026-11-24', 'Europe/Helsinki', '2026-11-23T22:00:00.000Z', '2026-11-24T22:00:00.000Z'],
  // 25 hours, 23 hours, and a zone that is three quarters of an hour off.
  ['2026-10-25', 'Europe/Helsinki', '2026-10-24T21:00:00.000Z', '2026-10-25T22:00:00.000Z'],
  ['2026-03-29', 'Europe/Helsinki', '2026-03-28T22:00:00.000Z', '2026-03-29T21:00:00.000Z'],
  ['2026-12-31', 'Asia/Kathmandu', '2026-12-30T18:15:00.000Z', '2026-12-31T18:15:00.000Z'],
])('a day of %s in %s begins and ends on that zone’s clock', (day, zone, from, to) => {
  expect([dayStart(day, zone), dayEnd(day, zone)]).toEqual([from, to])
  expect([dayStart(undefined, zone), dayEnd('no day', zone)]).toEqual([undefined, undefined])
})

it('knows the last minute of a day in a zone', () => {
  expect(lastMinute('2031-05-31', 'Europe/Helsinki')).toBe('2031-05-31T20:59:00.000Z')
})
