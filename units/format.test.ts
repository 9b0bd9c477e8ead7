import { describe, expect, it } from 'vitest'
import { formatDuration, formatEnergy, formatMoney, formatPercent, formatPower, formatPrice } from './index.ts'

const plain = (text: string): string => text.replaceAll('\u00a0', ' ')

describe('formatting', () => {
  it('writes money with all its digits in the language given', () => {
    expect(formatMoney({ minor: 1250n, currency: 'EUR' }, 'en')).toBe('€12.50')
    expect(plain(formatMoney({ minor: 1250n, currency: 'EUR' }, 'fi'))).toBe('12,50 €')
    expect(plain(formatMoney({ minor: 500n, currency: 'ISK' }, 'en'))).toBe('ISK 500')
  })

  it('writes amounts exactly that no float can hold', () => {
    expect(formatMoney({ minor: 12345678901234567891n, currency: 'EUR' }, 'en')).toBe('€123,456,789,012,345,678.91')
  })

  it('writes a price with the digits it has', () => {
    expect(formatPrice(340_000n, 'EUR', 'en')).toBe('€0.34')
    expect(formatPrice(286_900n, 'EUR', 'en')).toBe('€0.2869')
  })

  it('writes energy, power and percent', () => {
    expect(plain(formatEnergy(12_340, 'en'))).toBe('12.34 kWh')
    expect(plain(formatEnergy(1_204_881_400, 'en', 1))).toBe('1,204,881.4 kWh')
    expect(plain(formatPower(11_000, 'en'))).toBe('11.0 kW')
    expect(plain(formatPower(11_049, 'fi'))).toBe('11,0 kW')
    expect(plain(formatPercent(25.5, 'en'))).toBe('25.5%')
  })

  it.each([
    [0, '0 s'],
    [48, '48 s'],
    [1128, '18 min 48 s'],
    [3600, '1 h'],
    [3605, '1 h'],
    [4500, '1 h 15 min'],
    [270_000, '3 d 3 h'],
  ])('writes %i seconds as %s', (seconds, text) => {
    expect(plain(formatDuration(seconds, 'en'))).toBe(text)
  })
})
