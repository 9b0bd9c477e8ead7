import { expect, it } from 'vitest'
import { publicNumber } from './public-number.ts'

it.each(['74713', '74 713', '74\u00a0713', '74-713', ' 74713 ', '\u00a074713'])(
  'a number is the same however it is typed or copied: %j',
  (typed) => expect(publicNumber(typed)).toEqual({ ok: true, value: '74713' }),
)

it.each([
  ['74714', 'check-digit'],
  ['74 714', 'check-digit'],
  ['7 4', 'unknown-station-number'],
  ['', 'unknown-station-number'],
  ['74--713', 'unknown-station-number'],
  ['74713x', 'unknown-station-number'],
])('%j is none: %s', (typed, code) => expect(publicNumber(typed)).toEqual({ ok: false, code }))
