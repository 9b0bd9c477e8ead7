import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { moneyFromJson } from '../../../../units/index.ts'
import { must } from '../../platform/result.ts'
import { calculatePrice, type ChargingPeriod, jsonFromPrice, parseTariff, type Price, type Tariff } from './index.ts'

const START = Temporal.Instant.from('2026-11-26T08:00:00Z')

interface Component {
  readonly type: string
  readonly price: string
  readonly vat: string | undefined
  readonly step_size: number
}

function tariffOf(components: readonly Component[], more: Record<string, unknown>): Tariff {
  const parsed = parseTariff({ elements: components.map((component) => ({ price_components: [component] })), ...more })
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.fields))
  return parsed.value
}

function priceOf(tariff: Tariff, periods: readonly ChargingPeriod[]): Price {
  const endedAt = periods.at(-1)?.to ?? START
  return calculatePrice(tariff, { startedAt: START, endedAt, timeZone: 'Europe/Helsinki', periods })
}

describe('a price, whatever comes,', () => {
  const price = fc.integer({ min: 0, max: 50_000_000 }).map((micros) => `${micros}e-6`)
  const vat = fc.option(fc.constantFrom('0', '5.2', '10', '20', '25.5', '100'), { nil: undefined })
  const component = (type: string, step: fc.Arbitrary<number>): fc.Arbitrary<Component> =>
    fc.record({ type: fc.constant(type), price, vat, step_size: step })
  const anyTariff = (step: fc.Arbitrary<number>): fc.Arbitrary<Tariff> =>
    fc
      .record({
        components: fc
          .tuple(
            component('FLAT', fc.constant(1)),
            component('ENERGY', step),
            component('TIME', step),
            component('PARKING_TIME', step),
          )
          .chain((all) => fc.subarray([...all], { minLength: 1 })),
        tax_included: fc.constantFrom('YES', 'NO'),
        currency: fc.constantFrom('EUR', 'ISK', 'KWD'),
      })
      .map(({ components, ...more }) => tariffOf(components, more))

  const step = fc.constantFrom(1, 25, 60, 300, 500, 900)
  const stretch = fc.record({
    ms: fc.integer({ min: 0, max: 20_000_000 }),
    energyWh: fc.integer({ min: 0, max: 50_000 }),
    state: fc.constantFrom('charging' as const, 'parking' as const),
  })
  const anyPeriods: fc.Arbitrary<readonly ChargingPeriod[]> = fc
    .tuple(fc.integer({ min: 0, max: 999 }), fc.array(stretch, { minLength: 1, maxLength: 8 }))
    .map(([offset, stretches]) => {
      let at = START.add({ milliseconds: offset })
      return stretches.map(({ ms, energyWh, state }) => {
        const from = at
        at = at.add({ milliseconds: ms })
        return { from, to: at, energyWh, state }
      })
    })
  const isCheaper = (left: Price, right: Price): boolean =>
    left.totals.exclTax.minor < right.totals.exclTax.minor || left.totals.inclTax.minor < right.totals.inclTax.minor

  /** The period at the index grows; what follows moves on. */
  function grown(periods: readonly ChargingPeriod[], index: number, wh: number, ms: number): readonly ChargingPeriod[] {
    const shift = { milliseconds: ms }
    return periods.map((period, at) => {
      if (at < index) return period
      const to = period.to.add(shift)
      return at === index
        ? { ...period, to, energyWh: period.energyWh + wh }
        : { ...period, from: period.from.add(shift), to }
    })
  }

  it('never costs less with more energy, or with longer time in a period that counted already', () => {
    const wholeSecond = fc.integer({ min: 0, max: 10_000 }).map((seconds) => seconds * 1000)
    const more = fc.tuple(fc.nat(), fc.integer({ min: 0, max: 50_000 }), wholeSecond)
    fc.assert(
      fc.property(anyTariff(step), anyPeriods, more, (tariff, periods, [pick, wh, ms]) => {
        const index = pick % periods.length
        const before = must(periods[index], 'period')
        // A period too short to count may, once it does, take the step size from another kind of time.
        const extra = before.to.epochMilliseconds - before.from.epochMilliseconds >= 1000 ? ms : 0
        const after = grown(periods, index, wh, extra)
        expect(isCheaper(priceOf(tariff, after), priceOf(tariff, periods))).toBe(false)
      }),
    )
  })

  it('never costs less with one more period, when time and energy have no steps', () => {
    fc.assert(
      fc.property(anyTariff(fc.constant(1)), anyPeriods, (tariff, periods) => {
        const shorter = periods.slice(0, -1)
        expect(isCheaper(priceOf(tariff, periods), priceOf(tariff, shorter))).toBe(false)
      }),
    )
  })

  it('changes nothing when a period is split anywhere, in the middle of a second too', () => {
    const where = fc.record({ pick: fc.nat(), ms: fc.nat(), wh: fc.nat() })
    fc.assert(
      fc.property(anyTariff(step), anyPeriods, where, (tariff, periods, { pick, ms, wh }) => {
        const index = pick % periods.length
        const period = must(periods[index], 'period')
        const length = period.to.epochMilliseconds - period.from.epochMilliseconds
        const middle = period.from.add({ milliseconds: ms % (length + 1) })
        const first = wh % (period.energyWh + 1)
        const split = periods.toSpliced(
          index,
          1,
          { ...period, to: middle, energyWh: first },
          { ...period, from: middle, energyWh: period.energyWh - first },
        )
        expect(priceOf(tariff, split)).toEqual(priceOf(tariff, periods))
      }),
    )
  })

  it('has lines that add up to the totals, none negative, none billed below what was measured', () => {
    fc.assert(
      fc.property(anyTariff(step), anyPeriods, (tariff, periods) => {
        const { totals, lines } = priceOf(tariff, periods)
        const sum = (part: 'exclTax' | 'inclTax'): bigint => lines.reduce((all, line) => all + line[part].minor, 0n)
        expect([sum('exclTax'), sum('inclTax')]).toEqual([totals.exclTax.minor, totals.inclTax.minor])
        expect(totals.exclTax.minor + totals.tax.minor).toBe(totals.inclTax.minor)
        expect(totals.tax.minor >= 0n).toBe(true)
        for (const line of lines) {
          expect(line.exclTax.minor >= 0n && line.inclTax.minor >= line.exclTax.minor).toBe(true)
          expect(line.billed).toBeGreaterThanOrEqual(line.measured)
          expect(line.exclTax.currency).toBe(tariff.currency)
        }
      }),
    )
  })

  it('can be kept and read again, also for the highest prices, the longest steps and more than any meter counts', () => {
    const extreme = fc.record({
      price: fc.constantFrom('1e9', '999999999.999999', '0.000001', '1'),
      vat: fc.constantFrom('0', '25.5', '100'),
      step: fc.constantFrom(1, 7, 2_147_483_647),
      included: fc.constantFrom('YES', 'NO'),
      currency: fc.constantFrom('CLF', 'UYW', 'BHD', 'JPY', 'EUR'),
      energyWh: fc.constantFrom(0, 1, 10_000_000_000_000, Number.MAX_SAFE_INTEGER - 1, Number.MAX_SAFE_INTEGER),
      hours: fc.integer({ min: 0, max: 24 * 31 }),
    })
    fc.assert(
      fc.property(extreme, ({ price: most, vat: tax, step: step_size, included, currency, energyWh, hours }) => {
        const types = ['FLAT', 'ENERGY', 'TIME', 'PARKING_TIME']
        const all = types.map((type) => ({ type, price: most, vat: tax, step_size: type === 'FLAT' ? 1 : step_size }))
        const to = START.add({ hours })
        const totals = priceOf(tariffOf(all, { tax_included: included, currency }), [
          { from: START, to, energyWh, state: 'charging' },
        ])
        const json = jsonFromPrice(totals)
        for (const part of ['exclTax', 'tax', 'inclTax'] as const) {
          expect(moneyFromJson(json.totals[part])).toEqual(totals.totals[part])
        }
        for (const { measured, billed } of json.lines) {
          expect(Number.isSafeInteger(measured) && Number.isSafeInteger(billed) && billed >= measured).toBe(true)
        }
      }),
    )
  })

  it('rates a stored record to the same price again', () => {
    fc.assert(
      fc.property(anyTariff(step), anyPeriods, (tariff, periods) => {
        const stored = JSON.parse(JSON.stringify(periods)) as { from: string; to: string }[]
        const read = stored.map((period, index) => ({
          ...must(periods[index], 'period'),
          from: Temporal.Instant.from(period.from),
          to: Temporal.Instant.from(period.to),
        }))
        expect(jsonFromPrice(priceOf(tariff, read))).toEqual(jsonFromPrice(priceOf(tariff, periods)))
      }),
    )
  })
})
