import { expect, it } from 'vitest'
import { offsetText } from './station-words.ts'

it.each([
  [0, '0.0 s'],
  [-12, '0.0 s'],
  [49, '0.0 s'],
  [-250, '−0.2 s'],
  [61_240, '+61.2 s'],
])('says %i ms as %s', (ms, text) => {
  expect(offsetText(ms)).toBe(text)
})
