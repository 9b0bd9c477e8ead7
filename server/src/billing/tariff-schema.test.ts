import { createRequire } from 'node:module'
import type { Ajv as AjvInstance, Options } from 'ajv'
import { expect, it } from 'vitest'
import { parseTariff } from './rules/index.ts'
import { tariffSchema } from './tariff-schema.ts'

const require = createRequire(import.meta.url)
const { Ajv2020 } = require('ajv/dist/2020.js') as { Ajv2020: new (options: Options) => AjvInstance }
const fits = new Ajv2020({ strict: false }).compile(tariffSchema)

const energy = { type: 'ENERGY', price: 0.25, vat: 10, step_size: 1 }
const withComponents = (...components: readonly object[]) => ({
  currency: 'EUR',
  elements: [{ price_components: components }],
})

it.each<[string, object]>([
  ['one price', withComponents(energy)],
  ['prices as texts', withComponents({ ...energy, price: '0.249', vat: '25.5' })],
  ['a fee without a step', withComponents(energy, { type: 'FLAT', price: 1 })],
  ['tax within', { ...withComponents(energy), tax_included: 'YES' }],
  ['nulls for what is absent', { ...withComponents({ ...energy, vat: null }), tax_included: null, min_price: null }],
  ['what describes it only', { ...withComponents(energy), id: '12', party_id: 'ABC', energy_mix: {}, type: 'REGULAR' }],
])('a tariff with %s is one by its description and by its check', (_, tariff) => {
  expect([fits(tariff), parseTariff(tariff).ok]).toEqual([true, true])
})

it.each<[string, object]>([
  ['nothing', {}],
  ['no elements', { currency: 'EUR', elements: [] }],
  ['no price', withComponents({ type: 'ENERGY', step_size: 1 })],
  ['a price below nothing', withComponents({ ...energy, price: -1 })],
  ['a price in words', withComponents({ ...energy, price: 'cheap' })],
  ['a step of nothing', withComponents({ ...energy, step_size: 0 })],
  ['a kind that is none', withComponents({ ...energy, type: 'GAS' })],
  ['a member nobody knows', { ...withComponents(energy), colour: 'red' }],
  ['a limit, which is not built', { ...withComponents(energy), min_price: { excl_vat: 1 } }],
  [
    'restrictions, which are not built',
    { currency: 'EUR', elements: [{ price_components: [energy], restrictions: {} }] },
  ],
])('a tariff with %s is none by its description and by its check', (_, tariff) => {
  expect([fits(tariff), parseTariff(tariff).ok]).toEqual([false, false])
})
