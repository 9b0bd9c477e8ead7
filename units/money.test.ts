import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  addMoney,
  currencies,
  decimalFromMoney,
  decimalText,
  divideHalfUp,
  isCurrency,
  jsonFromMoney,
  minorDigits,
  minorFromMicros,
  moneyFromJson,
  parseDecimal,
  subtractMoney,
} from './index.ts'

describe('decimals', () => {
  it.each([
    ['0.249', 6, 249000n],
    ['-12', 2, -1200n],
    ['2.5e-6', 7, 25n],
    ['1e3', 0, 1000n],
    ['0.2500000000', 2, 25n],
    ['-0', 6, 0n],
    ['1e23', 6, 10n ** 29n],
  ])('reads %s at scale %i exactly', (text, scale, value) => {
    expect(parseDecimal(text, scale)).toEqual({ ok: true, value })
  })

  it.each([
    ['0.0000001', 'too-precise'],
    ['1e-7', 'too-precise'],
    ['1e24', 'too-big'],
    ['1e9999', 'too-big'],
    ['1e99999', 'not-a-number'],
    ['.5', 'not-a-number'],
    ['1,5', 'not-a-number'],
    ['', 'not-a-number'],
    ['NaN', 'not-a-number'],
    [' 1', 'not-a-number'],
  ])('refuses %s at six digits as %s', (text, code) => {
    expect(parseDecimal(text, 6)).toEqual({ ok: false, code })
  })

  it('looks through a long text once, however its zeros stand', () => {
    const zeros = '0'.repeat(200_000)
    // As long as the square of it would take, no test lasts.
    expect(parseDecimal(`1${zeros}1`, 6)).toEqual({ ok: false, code: 'too-big' })
    expect(parseDecimal(`0.5${zeros}`, 6)).toEqual({ ok: true, value: 500_000n })
    expect(parseDecimal(`${zeros}7.${zeros}`, 0)).toEqual({ ok: true, value: 7n })
  })

  it('gives back what it wrote, whatever the value', () => {
    fc.assert(
      fc.property(fc.bigInt(-(10n ** 20n), 10n ** 20n), fc.integer({ min: 0, max: 8 }), (value, scale) => {
        expect(parseDecimal(decimalText(value, scale), scale)).toEqual({ ok: true, value })
      }),
    )
  })

  it('rounds a half away from zero on both sides', () => {
    expect(divideHalfUp(5n, 2n)).toBe(3n)
    expect(divideHalfUp(-5n, 2n)).toBe(-3n)
    expect(divideHalfUp(5n, -2n)).toBe(-3n)
    expect(divideHalfUp(4n, 3n)).toBe(1n)
  })
})

describe('money', () => {
  it('rounds -5.625 to -5.63, so that credits mirror charges', () => {
    expect(minorFromMicros(-5_625_000n, 1n, 'EUR')).toEqual({ minor: -563n, currency: 'EUR' })
  })

  it('knows the minor unit of each currency', () => {
    expect(['EUR', 'JPY', 'ISK', 'KWD', 'HUF', 'CLF'].map(minorDigits)).toEqual([2, 0, 0, 3, 2, 4])
    expect(minorFromMicros(1_500_000n, 1n, 'JPY').minor).toBe(2n)
    expect(minorFromMicros(1_234_500n, 1n, 'KWD').minor).toBe(1235n)
    expect(isCurrency('eur')).toBe(false)
    expect(currencies).toEqual([...currencies].sort())
    expect(() => minorDigits('XXX')).toThrow(RangeError)
  })

  it('does not mix currencies', () => {
    for (const mixed of [addMoney, subtractMoney]) {
      expect(() => mixed({ minor: 1n, currency: 'EUR' }, { minor: 1n, currency: 'SEK' })).toThrow(RangeError)
    }
  })

  it('survives JSON and decimal text in every currency, beyond what a float holds', () => {
    fc.assert(
      fc.property(fc.bigInt(-(10n ** 25n), 10n ** 25n), fc.constantFrom(...currencies), (minor, currency) => {
        expect(moneyFromJson(JSON.parse(JSON.stringify(jsonFromMoney({ minor, currency }))))).toEqual({
          minor,
          currency,
        })
        const text = decimalFromMoney({ minor, currency })
        expect(parseDecimal(text, minorDigits(currency))).toEqual({ ok: true, value: minor })
      }),
    )
  })

  it('refuses JSON that is no money', () => {
    expect(moneyFromJson({ minor: '12.5', currency: 'EUR' })).toBeUndefined()
    expect(moneyFromJson({ minor: '12', currency: 'EURO' })).toBeUndefined()
  })
})
