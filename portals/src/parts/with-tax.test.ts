import { describe, expect, it } from 'vitest'
import { taxIsAdded, withTax } from './with-tax.ts'

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

describe('whether tax comes on top of unit prices', () => {
  const line = {
    unitPriceMicros: '249000',
    taxPercent: '25.5',
    billed: 10_000,
    unit: 'Wh',
    exclTax: { minor: '249', currency: 'EUR' },
    inclTax: { minor: '312' },
  }
  const within = { ...line, exclTax: { minor: '198', currency: 'EUR' }, inclTax: { minor: '249' } }

  it('is told by what the amounts say', () => {
    expect(taxIsAdded([line])).toBe(true)
    expect(taxIsAdded([within])).toBe(false)
    const yen = {
      unitPriceMicros: '40000000',
      taxPercent: '10',
      billed: 3_600,
      unit: 's',
      exclTax: { minor: '36', currency: 'JPY' },
      inclTax: { minor: '40' },
    }
    expect(taxIsAdded([yen])).toBe(false)
  })

  it('is one for all lines: one of two cents says nothing by itself', () => {
    const twoCents = { ...line, billed: 80, exclTax: { minor: '2', currency: 'EUR' }, inclTax: { minor: '2' } }
    expect(taxIsAdded([within, twoCents])).toBe(false)
    expect(taxIsAdded([line, twoCents])).toBe(true)
    expect(taxIsAdded([twoCents])).toBeUndefined()
    expect(taxIsAdded([{ ...line, taxPercent: null }])).toBeUndefined()
  })
})
