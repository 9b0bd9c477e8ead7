import { describe, expect, it } from 'vitest'
import { parseTariff } from './index.ts'

const energy = { type: 'ENERGY', price: 0.25, vat: 10, step_size: 1 }
const tariff = (more: Record<string, unknown> = {}) => ({
  currency: 'EUR',
  elements: [{ price_components: [energy] }],
  ...more,
})
const withComponent = (more: Record<string, unknown>) =>
  tariff({ elements: [{ price_components: [{ ...energy, ...more }] }] })

function faultsOf(json: unknown): readonly string[] {
  const parsed = parseTariff(json)
  return parsed.ok ? [] : (parsed.fields ?? []).map((fault) => `${fault.pointer} ${fault.code}`)
}

function priceIn(price: unknown): bigint | undefined {
  const parsed = parseTariff(withComponent({ price }))
  return parsed.ok ? parsed.value.elements[0]?.priceComponents[0]?.priceMicros : undefined
}

describe('a tariff as OCPI writes it', () => {
  it('is read with exact prices, from numbers and from decimal strings', () => {
    expect([0.1, '0.1', 0.249, '0.249000', 1e-6, '1e-6', 0, 999_999_999.999999].map(priceIn)).toEqual([
      100_000n,
      100_000n,
      249_000n,
      249_000n,
      1n,
      1n,
      0n,
      999_999_999_999_999n,
    ])
  })

  it('keeps without effect what describes it only', () => {
    const described = tariff({
      id: '12',
      country_code: 'FI',
      party_id: 'ABC',
      type: 'REGULAR',
      tariff_alt_text: [{ language: 'en', text: '0.25 per kWh' }],
      tariff_alt_url: 'https://example.org',
      energy_mix: { is_green_energy: true },
      last_updated: '2026-11-26T08:00:00Z',
    })
    expect(parseTariff(described)).toEqual(parseTariff(tariff()))
  })

  it('takes a known member that is null for an absent one', () => {
    expect(faultsOf(tariff({ min_price: null, tax_included: null }))).toEqual([])
    expect(faultsOf(withComponent({ vat: null }))).toEqual([])
    expect(faultsOf(withComponent({ type: 'FLAT', step_size: null }))).toEqual([])
  })

  it.each([
    ['min_price', { excl_vat: 1 }],
    ['max_price', { excl_vat: 1 }],
    ['start_date_time', '2026-01-01T00:00:00Z'],
    ['end_date_time', '2026-01-01T00:00:00Z'],
    ['preauthorize_amount', 20],
    ['tax_included', 'N/A'],
  ])('refuses %s by name, because it is not built yet', (member, value) => {
    expect(faultsOf(tariff({ [member]: value }))).toEqual([`/${member} not-supported`])
  })

  it('refuses restrictions by name, even where they would restrict nothing', () => {
    const elements = [{ price_components: [energy] }, { price_components: [energy], restrictions: {} }]
    expect(faultsOf(tariff({ elements }))).toEqual(['/elements/1/restrictions not-supported'])
  })

  it.each<[string, unknown, readonly string[]]>([
    ['no object', [], [' not-an-object']],
    ['nothing', null, [' missing']],
    ['an empty object', {}, ['/currency missing', '/elements missing']],
    ['an unknown member', tariff({ 'a/b~c': 1 }), ['/a~1b~0c not-known']],
    ['a member of every object', tariff({ constructor: 1 }), ['/constructor not-known']],
    ['a currency nobody has', tariff({ currency: 'eur' }), ['/currency not-a-currency']],
    ['a currency that is a number', tariff({ currency: 978 }), ['/currency not-a-text']],
    ['no elements', tariff({ elements: [] }), ['/elements empty']],
    [
      'more elements than are read',
      tariff({ elements: Array.from({ length: 101 }, () => ({ price_components: [energy] })) }),
      ['/elements too-many'],
    ],
    ['elements that are no list', tariff({ elements: {} }), ['/elements not-a-list']],
    ['an element without prices', tariff({ elements: [{}] }), ['/elements/0/price_components missing']],
    ['an element that is a number', tariff({ elements: [7] }), ['/elements/0 not-an-object']],
    ['an unknown tax mode', tariff({ tax_included: true }), ['/tax_included not-known']],
    [
      'two prices for one thing',
      tariff({ elements: [{ price_components: [energy, energy] }] }),
      ['/elements/0/price_components/1/type repeated'],
    ],
  ])('refuses %s', (_, json, faults) => {
    expect(faultsOf(json)).toEqual(faults)
  })

  it.each<[Record<string, unknown>, string]>([
    [{ type: 'GAS' }, 'type not-known'],
    [{ type: undefined }, 'type missing'],
    [{ price: undefined }, 'price missing'],
    [{ price: '0,25' }, 'price not-a-number'],
    [{ price: true }, 'price not-a-number'],
    [{ price: Number.NaN }, 'price not-a-number'],
    [{ price: -0.01 }, 'price negative'],
    [{ price: '0.0000001' }, 'price too-precise'],
    [{ price: 1e-7 }, 'price too-precise'],
    [{ price: 1e300 }, 'price too-big'],
    [{ price: '1000000001' }, 'price too-big'],
    [{ vat: 100.1 }, 'vat too-big'],
    [{ vat: -1 }, 'vat negative'],
    [{ vat: '25,5' }, 'vat not-a-number'],
    [{ step_size: undefined }, 'step_size missing'],
    [{ step_size: 0 }, 'step_size too-small'],
    [{ step_size: 1.5 }, 'step_size not-whole'],
    [{ step_size: '1' }, 'step_size not-a-number'],
    [{ step_size: 2 ** 31 }, 'step_size too-big'],
    [{ tax: 1 }, 'tax not-known'],
  ])('refuses a price component with %j', (more, fault) => {
    expect(faultsOf(withComponent(more))).toEqual([`/elements/0/price_components/0/${fault}`])
  })

  it('reads as many elements as there may be', () => {
    expect(faultsOf(tariff({ elements: Array.from({ length: 100 }, () => ({ price_components: [energy] })) }))).toEqual(
      [],
    )
  })

  it.each<[Record<string, unknown>, unknown]>([
    [{ price: 1e300 }, { most: 1_000_000_000 }],
    [{ price: '0.0000001' }, { digits: 6 }],
    [{ price: '0,25' }, undefined],
    [{ vat: 101 }, { most: 100 }],
    [{ step_size: 0 }, { least: 1 }],
    [{ step_size: 2 ** 31 }, { most: 2 ** 31 - 1 }],
  ])('tells with the fault of %j what would do', (more, values) => {
    const parsed = parseTariff(withComponent(more))
    expect(parsed.ok ? undefined : parsed.fields?.map((fault) => fault.values)).toEqual([values])
  })

  it('tells all faults at once', () => {
    const json = tariff({
      currency: 'XXX',
      elements: [{ price_components: [{ type: 'TIME', price: -1, vat: 101, step_size: 0 }], restrictions: {} }],
    })
    expect(faultsOf(json)).toHaveLength(5)
  })
})
