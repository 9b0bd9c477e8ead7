import {
  addExact,
  type ExactMicros,
  minorDigits,
  minorFromMicros,
  type Money,
  subtractMoney,
  sumMoney,
} from '../../../../units/index.ts'
import type { MeasuredLine } from './measure.ts'
import type { PriceLine } from './price.ts'
import type { PriceComponent } from './tariff.ts'

const FULL_PERCENT_MICROS = 100_000_000n

interface TaxRule {
  readonly currency: string
  readonly taxIncluded: boolean
}

/**
 * The amounts of one dimension's lines. Amounts without and with tax are each exact until the dimension's sum is rounded
 * once, half up; the last line takes what rounding the lines before it left over. Where prices contain tax, the amount
 * without tax is derived from the rounded one that the driver saw.
 */
export function roundLines(rule: TaxRule, lines: readonly MeasuredLine[]): readonly PriceLine[] {
  const atPrice = lines.map(exactAmount)
  const { exclTax, inclTax } = rule.taxIncluded
    ? amountsFromInclTax(rule.currency, lines, atPrice)
    : amountsFromExclTax(rule.currency, lines, atPrice)
  return lines.map((line, index) => ({
    dimension: line.kind.dimension,
    element: line.element,
    unitPriceMicros: line.component.priceMicros,
    taxPercentMicros: line.component.taxPercentMicros,
    measured: line.measured,
    billed: line.billed,
    unit: line.kind.unit,
    exclTax: exclTax[index] ?? { minor: 0n, currency: rule.currency },
    inclTax: inclTax[index] ?? { minor: 0n, currency: rule.currency },
  }))
}

interface Amounts {
  readonly exclTax: readonly Money[]
  readonly inclTax: readonly Money[]
}

function amountsFromExclTax(
  currency: string,
  lines: readonly MeasuredLine[],
  atPrice: readonly ExactMicros[],
): Amounts {
  const withTax = lines.map((line, index) => {
    const amount = atPrice[index] ?? NOTHING
    return {
      micros: amount.micros * taxFactor(line.component),
      divisor: amount.divisor * FULL_PERCENT_MICROS,
    }
  })
  return { exclTax: rounded(currency, atPrice), inclTax: rounded(currency, withTax) }
}

function amountsFromInclTax(
  currency: string,
  lines: readonly MeasuredLine[],
  atPrice: readonly ExactMicros[],
): Amounts {
  const inclTax = rounded(currency, atPrice)
  const withoutTax = lines.map((line, index) => {
    const minor = inclTax[index]?.minor ?? 0n
    return {
      micros: minor * FULL_PERCENT_MICROS * 1_000_000n,
      divisor: taxFactor(line.component) * 10n ** BigInt(minorDigits(currency)),
    }
  })
  return { exclTax: rounded(currency, withoutTax), inclTax }
}

const NOTHING: ExactMicros = { micros: 0n, divisor: 1n }

function exactAmount(line: MeasuredLine): ExactMicros {
  return { micros: BigInt(line.billed) * line.component.priceMicros, divisor: line.kind.unitsPerPrice }
}

function taxFactor(component: PriceComponent): bigint {
  return FULL_PERCENT_MICROS + (component.taxPercentMicros ?? 0n)
}

/** Each amount rounded, the last one so that they add up to the rounded sum. */
function rounded(currency: string, amounts: readonly ExactMicros[]): readonly Money[] {
  const sum = amounts.reduce(addExact, NOTHING)
  const total = minorFromMicros(sum.micros, sum.divisor, currency)
  const first = amounts.slice(0, -1).map((amount) => minorFromMicros(amount.micros, amount.divisor, currency))
  return amounts.length === 0 ? [] : [...first, subtractMoney(total, sumMoney(first, currency))]
}
