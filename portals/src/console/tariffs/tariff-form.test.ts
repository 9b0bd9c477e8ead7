import { expect, it } from 'vitest'
import { formFromTariff, sessionOf, tariffFromForm } from './tariff-form.ts'

const tariff = {
  currency: 'EUR',
  tax_included: 'YES' as const,
  elements: [
    {
      price_components: [
        { type: 'ENERGY' as const, price: '0.249', vat: '25.5', step_size: 1 },
        { type: 'FLAT' as const, price: '0.5', step_size: 1 },
      ],
    },
    { price_components: [{ type: 'PARKING_TIME' as const, price: '2', vat: '25.5', step_size: 60 }] },
  ],
}

it('opens a tariff and gives the same tariff back', () => {
  expect(tariffFromForm(formFromTariff(tariff))).toEqual(tariff)
})

it('takes a comma for the decimal point and refuses what is no number', () => {
  const form = formFromTariff(tariff)
  const typed = (price: string) => ({ ...form, parts: form.parts.map((part) => ({ ...part, price })) })
  expect(tariffFromForm(typed('0,30'))?.elements[0]?.price_components[0]?.price).toBe('0.30')
  expect(tariffFromForm(typed('free'))).toBeUndefined()
  expect(tariffFromForm(typed('1.2345678'))).toBeUndefined()
})

it('shows decimals as the reader writes them, and reads them back (GEN-L10N)', () => {
  const form = formFromTariff(tariff, ',')
  expect(form.parts.map(({ price }) => price).join()).not.toContain('.')
  expect(tariffFromForm(form)).toEqual(tariffFromForm(formFromTariff(tariff)))
})

it('charges evenly, then parks', () => {
  const start = Date.parse('2026-11-24T19:40:00Z')
  const form = { startedAt: '', kilowattHours: '30', chargingMinutes: '42', parkedMinutes: '75' }
  expect(sessionOf(form, start)).toEqual({
    startedAt: '2026-11-24T19:40:00.000Z',
    endedAt: '2026-11-24T21:37:00.000Z',
    periods: [
      { from: '2026-11-24T19:40:00.000Z', to: '2026-11-24T20:22:00.000Z', energyWh: 30_000, state: 'charging' },
      { from: '2026-11-24T20:22:00.000Z', to: '2026-11-24T21:37:00.000Z', energyWh: 0, state: 'parking' },
    ],
  })
})
