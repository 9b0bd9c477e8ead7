import { expect, it } from 'vitest'
import { withTax } from './with-tax.ts'

it.each([
  ['ENERGY', '389000', '25.5', false, '488200'],
  ['ENERGY', '249000', '25.5', true, '249000'],
  ['ENERGY', '249000', null, false, '249000'],
  ['FLAT', '390000', '25.5', false, '490000'],
  ['TIME', '2400000', '25.5', false, '3012000'],
])(
  'shows %s at %s with %s %% of tax (included: %s) as %s',
  (dimension, unitPriceMicros, taxPercent, taxIncluded, shown) => {
    expect(withTax({ dimension, unitPriceMicros, taxPercent, taxIncluded })).toBe(shown)
  },
)
