import { decimalText, jsonFromMoney, type Money, type MoneyJson } from '../../../../units/index.ts'
import type { Dimension, Volume, VolumeUnit } from './tariff.ts'

/** What a session costs. The lines add up to the totals, to the last minor unit. */
export interface Price {
  readonly totals: PriceTotals
  readonly lines: readonly PriceLine[]
}

export interface PriceTotals {
  readonly exclTax: Money
  readonly tax: Money
  readonly inclTax: Money
}

export interface PriceLine {
  readonly dimension: Dimension
  /** Index of the tariff's element that gave the price. */
  readonly element: number
  readonly unitPriceMicros: bigint
  readonly taxPercentMicros: bigint | undefined
  /** What the session had of it; whole numbers of `unit`. */
  readonly measured: Volume
  /** What is charged, after rounding up to the step size. */
  readonly billed: Volume
  readonly unit: VolumeUnit
  readonly exclTax: Money
  readonly inclTax: Money
}

export interface PriceTotalsJson {
  readonly exclTax: MoneyJson
  readonly tax: MoneyJson
  readonly inclTax: MoneyJson
}

export interface PriceLineJson {
  readonly dimension: Dimension
  readonly element: number
  readonly unitPriceMicros: string
  readonly taxPercent: string | null
  readonly measured: number
  readonly billed: number
  readonly unit: VolumeUnit
  readonly exclTax: MoneyJson
  readonly inclTax: MoneyJson
}

/** A price as REST, session records and live events carry it. */
export interface PriceJson {
  readonly totals: PriceTotalsJson
  readonly lines: readonly PriceLineJson[]
}

export function jsonFromPrice(price: Price): PriceJson {
  return { totals: jsonFromTotals(price.totals), lines: price.lines.map(jsonFromLine) }
}

export function jsonFromTotals(totals: PriceTotals): PriceTotalsJson {
  return {
    exclTax: jsonFromMoney(totals.exclTax),
    tax: jsonFromMoney(totals.tax),
    inclTax: jsonFromMoney(totals.inclTax),
  }
}

function jsonFromLine(line: PriceLine): PriceLineJson {
  return {
    dimension: line.dimension,
    element: line.element,
    unitPriceMicros: line.unitPriceMicros.toString(),
    taxPercent: textFromPercent(line.taxPercentMicros),
    measured: line.measured,
    billed: line.billed,
    unit: line.unit,
    exclTax: jsonFromMoney(line.exclTax),
    inclTax: jsonFromMoney(line.inclTax),
  }
}

/** `25_500_000n` → `"25.5"`; null where no tax applies. */
export function textFromPercent(taxPercentMicros: bigint | undefined): string | null {
  return taxPercentMicros === undefined ? null : decimalText(taxPercentMicros, 6)
}
