import { expect, it } from 'vitest'
import { numberFormatter, timeFormatter } from './formatters.ts'

it('a formatter is made once for each language and manner', () => {
  const twoDigits = { minimumFractionDigits: 2 }
  expect(numberFormatter('fi', twoDigits)).toBe(numberFormatter('fi', { ...twoDigits }))
  expect(numberFormatter('fi', twoDigits)).not.toBe(numberFormatter('en', twoDigits))
  expect(timeFormatter('fi', { hour: '2-digit' })).not.toBe(timeFormatter('fi', { minute: '2-digit' }))
})
