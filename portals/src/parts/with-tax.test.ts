import { expect, it } from 'vitest'
import { withTax } from './with-tax.ts'

it.each([
  ['389000', '25.5', false, '488195'],
  ['249000', '25.5', true, '249000'],
  ['249000', null, false, '249000'],
  ['1', '50', false, '2'],
])('shows %s with %s %% of tax (included: %s) as %s', (unitPriceMicros, taxPercent, taxIncluded, shown) => {
  expect(withTax({ unitPriceMicros, taxPercent, taxIncluded })).toBe(shown)
})
