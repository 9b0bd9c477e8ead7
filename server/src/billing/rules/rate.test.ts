import { describe, expect, it } from 'vitest'
import { decimalFromMoney } from '../../../../units/index.ts'
import {
  calculatePrice,
  type ChargingPeriod,
  jsonFromPrice,
  parseTariff,
  type Price,
  priceParts,
  type Tariff,
} from './index.ts'

const START = Temporal.Instant.from('2026-11-26T08:00:00Z')

type Component = readonly [type: string, price: number | string, vat?: number | string | undefined, step?: number]

function tariffOf(components: readonly Component[], more: Record<string, unknown> = {}): Tariff {
  const parsed = parseTariff({
    currency: 'EUR',
    elements: components.map(([type, price, vat, step_size = 1]) => ({
      price_components: [{ type, price, step_size, ...(vat === undefined ? {} : { vat }) }],
    })),
    ...more,
  })
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.fields))
  return parsed.value
}

/** Charging for so many seconds with so much energy, then parking. */
function priceOf(tariff: Tariff, session: { wh?: number; charging?: number; parking?: number }): Price {
  const { wh = 0, charging = 3600, parking = 0 } = session
  const middle = START.add({ milliseconds: Math.round(charging * 1000) })
  const end = middle.add({ seconds: parking })
  return priceOfPeriods(tariff, [
    { from: START, to: middle, energyWh: wh, state: 'charging' },
    { from: middle, to: end, energyWh: 0, state: 'parking' },
  ])
}

function priceOfPeriods(tariff: Tariff, periods: readonly ChargingPeriod[]): Price {
  const endedAt = periods.at(-1)?.to ?? START
  return calculatePrice(tariff, { startedAt: START, endedAt, timeZone: 'Europe/Helsinki', periods })
}

const both = (price: Price): string =>
  `${decimalFromMoney(price.totals.exclTax)} / ${decimalFromMoney(price.totals.inclTax)}`

const FLAT_AND_ENERGY: readonly Component[] = [
  ['ENERGY', 0.25, 10],
  ['FLAT', 0.5, 20],
]

describe('vectors of the reference sheet (reference/ocpi-tariffs.md, section 4)', () => {
  const minutes = (count: number): number => count * 60

  it.each<[string, readonly Component[], { wh?: number; charging?: number; parking?: number }, string]>([
    ['1', [['ENERGY', 0.25, 10]], { wh: 20_000 }, '5.00 / 5.50'],
    ['2', FLAT_AND_ENERGY, { wh: 20_000 }, '5.50 / 6.10'],
    ['4', [...FLAT_AND_ENERGY, ['PARKING_TIME', 2.0, 20, 900]], { wh: 20_000, parking: minutes(40) }, '7.00 / 7.90'],
    ['6', [['TIME', 2.0, 10, 60]], { charging: minutes(150) }, '5.00 / 5.50'],
    [
      '7',
      [
        ['TIME', 3, 10, 60],
        ['PARKING_TIME', 5, 20, 300],
      ],
      { charging: minutes(150), parking: minutes(42) },
      '11.25 / 12.75',
    ],
    ['8', [['TIME', 1.9, 5.2, 300]], { charging: minutes(150) }, '4.75 / 5.00'],
    [
      '9',
      [
        ['FLAT', 0.5, 20],
        ['ENERGY', 0.25, 10, 100],
      ],
      { wh: 20_450 },
      '5.63 / 6.24',
    ],
    [
      '20',
      [
        ['TIME', 1, undefined, 600],
        ['PARKING_TIME', 2, undefined, 600],
      ],
      { charging: minutes(21), parking: minutes(16) },
      '1.02 / 1.02',
    ],
    ['21 with step 1', [['ENERGY', 0.25]], { wh: 115 }, '0.03 / 0.03'],
    ['21 with step 25', [['ENERGY', 0.25, undefined, 25]], { wh: 115 }, '0.03 / 0.03'],
    ['21 with step 500', [['ENERGY', 0.25, undefined, 500]], { wh: 115 }, '0.13 / 0.13'],
    ['22', [['TIME', 2.0, 10, 300]], { charging: 7102.8 }, '4.00 / 4.40'],
    ['23', [['FLAT', 0]], { wh: 50_000, parking: 5000 }, '0.00 / 0.00'],
  ])('gives the result of vector %s', (_, components, session, result) => {
    expect(both(priceOf(tariffOf(components), session))).toBe(result)
  })

  it('gives the result of vector 28: net and tax derive from the price with tax', () => {
    const price = priceOf(tariffOf([['ENERGY', 0.3, 25.5]], { tax_included: 'YES' }), { wh: 17_385 })
    expect(both(price)).toBe('4.16 / 5.22')
    expect(decimalFromMoney(price.totals.tax)).toBe('1.06')
  })

  it('shows in the lines of vector 9 what was measured and what is billed', () => {
    const tariff = tariffOf([
      ['FLAT', 0.5, 20],
      ['ENERGY', 0.25, 10, 100],
    ])
    const [flat, energy] = jsonFromPrice(priceOf(tariff, { wh: 20_450 })).lines
    expect(flat).toMatchObject({ dimension: 'FLAT', element: 0, measured: 1, billed: 1, unit: 'piece' })
    expect(energy).toEqual({
      dimension: 'ENERGY',
      element: 1,
      unitPriceMicros: '250000',
      taxPercent: '10',
      measured: 20_450,
      billed: 20_500,
      unit: 'Wh',
      exclTax: { minor: '513', currency: 'EUR' },
      inclTax: { minor: '564', currency: 'EUR' },
    })
  })
})

describe('rating', () => {
  it('takes a dimension from the first element that has it and never adds later ones', () => {
    const tariff = tariffOf([
      ['ENERGY', 0.25],
      ['ENERGY', 9.99],
      ['FLAT', 1],
      ['FLAT', 9.99],
    ])
    const price = priceOf(tariff, { wh: 1000 })
    expect(both(price)).toBe('1.25 / 1.25')
    expect(price.lines.map((line) => line.element)).toEqual([2, 0])
  })

  it('rounds charging up when the parking that follows has no price', () => {
    const price = priceOf(tariffOf([['TIME', 1, undefined, 600]]), { charging: 21 * 60, parking: 16 * 60 })
    expect(price.lines[0]).toMatchObject({ measured: 1260, billed: 1800 })
  })

  it('does not let parking of less than a second take the step from charging', () => {
    const tariff = tariffOf([
      ['TIME', 1, undefined, 600],
      ['PARKING_TIME', 1, undefined, 600],
    ])
    const middle = START.add({ milliseconds: 60_200 })
    const price = priceOfPeriods(tariff, [
      { from: START, to: middle, energyWh: 0, state: 'charging' },
      { from: middle, to: START.add({ milliseconds: 60_900 }), energyWh: 0, state: 'parking' },
    ])
    expect(price.lines).toHaveLength(1)
    expect(price.lines[0]).toMatchObject({ dimension: 'TIME', billed: 600 })
  })

  it.each([
    ['is parked at the end', 1_800],
    ['leaves after a second of it', 1],
  ])('rounds energy up once, and of the times the last, where a car %s', (_, parking) => {
    const tariff = tariffOf([
      ['ENERGY', 1, undefined, 500],
      ['TIME', 1, undefined, 600],
      ['PARKING_TIME', 1, undefined, 900],
    ])
    const price = priceOf(tariff, { wh: 1_001, charging: 601, parking })
    const billed = price.lines.map((line) => [line.dimension, line.billed])
    expect(billed).toEqual([
      ['ENERGY', 1_500],
      ['TIME', 601],
      ['PARKING_TIME', Math.ceil(parking / 900) * 900],
    ])
  })

  it('is exact to the last minor unit of the longest and the dearest', () => {
    const perHour: readonly Component[] = [
      ['TIME', 1_000, 25.5],
      ['PARKING_TIME', 1_000, 25.5],
    ]
    const day = { charging: 86_400, parking: 86_401 }
    expect(both(priceOf(tariffOf(perHour), day))).toBe('48000.28 / 60240.35')
    const dearest = tariffOf([['FLAT', 1_000_000_000, 25.5]])
    expect(both(priceOf(dearest, {}))).toBe('1000000000.00 / 1255000000.00')
  })

  it('says that no tax applies where none is named, which is not 0 percent', () => {
    const lines = jsonFromPrice(
      priceOf(
        tariffOf([
          ['ENERGY', 0.25],
          ['FLAT', 1, 0],
        ]),
        { wh: 1000 },
      ),
    ).lines
    expect(lines.map((line) => line.taxPercent)).toEqual(['0', null])
  })

  it('rounds to the minor unit of the currency', () => {
    const of = (currency: string): string => both(priceOf(tariffOf([['ENERGY', 0.2345]], { currency }), { wh: 10_000 }))
    expect([of('ISK'), of('KWD')]).toEqual(['2 / 2', '2.345 / 2.345'])
  })

  it('tells the prices that hold before charging, a dimension once', () => {
    const tariff = tariffOf(
      [
        ['TIME', 1.5],
        ['ENERGY', '0.249', 25.5],
        ['ENERGY', 9],
      ],
      { tax_included: 'YES' },
    )
    expect(priceParts(tariff)).toEqual([
      { dimension: 'ENERGY', unitPriceMicros: '249000', taxPercent: '25.5', taxIncluded: true, per: 'kWh' },
      { dimension: 'TIME', unitPriceMicros: '1500000', taxPercent: null, taxIncluded: true, per: 'h' },
    ])
  })

  it('refuses periods that no border should have let in', () => {
    const tariff = tariffOf([['ENERGY', 1]])
    const from = START
    const to = START.add({ seconds: 10 })
    const wrong: readonly (readonly ChargingPeriod[])[] = [
      [{ from, to, energyWh: -1, state: 'charging' }],
      [{ from, to, energyWh: 0.5, state: 'charging' }],
      [{ from: to, to: from, energyWh: 1, state: 'charging' }],
      [
        { from, to, energyWh: 1, state: 'charging' },
        { from, to, energyWh: 1, state: 'parking' },
      ],
    ]
    for (const periods of wrong) expect(() => priceOfPeriods(tariff, periods)).toThrow(RangeError)
  })
})
