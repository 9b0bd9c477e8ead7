import { minorDigits } from '../../../units/index.ts'

/**
 * A price part as a driver sees it: with its tax, in millionths. Rounded half up, per session to hundredths, else to four
 * decimals. For showing only: what is billed is computed elsewhere, from the exact price.
 */
export function withTax(part: {
  readonly dimension: string
  readonly unitPriceMicros: string
  readonly taxPercent: string | null
  readonly taxIncluded: boolean
}): string {
  if (part.taxIncluded || part.taxPercent === null) return part.unitPriceMicros
  const [whole = '0', fraction = ''] = part.taxPercent.split('.')
  const tenThousandths = BigInt(`${whole}${fraction.slice(0, 4).padEnd(4, '0')}`)
  const exact = BigInt(part.unitPriceMicros) * (1_000_000n + tenThousandths)
  const step = part.dimension === 'FLAT' ? 10_000n : 100n
  return String(((exact + (step * 1_000_000n) / 2n) / (step * 1_000_000n)) * step)
}

/** What a unit price is for, in the unit of the quantity: per kWh, per hour, per piece. */
const PER: Readonly<Record<string, number>> = { Wh: 1_000, s: 3_600, piece: 1 }

interface TaxedLine {
  readonly unitPriceMicros: string
  readonly taxPercent: string | null
  readonly billed: number
  readonly unit: string
  readonly exclTax: { readonly minor: string; readonly currency: string }
  readonly inclTax: { readonly minor: string }
}

/**
 * Whether unit prices are without their tax: quantity × price is then nearer to the amounts without tax than to those with it.
 * Told by all lines of a price together, which are typed one way: a line of a cent or two is the same either way. Undefined
 * where even all of them are.
 */
export function taxIsAdded(lines: readonly TaxedLine[]): boolean | undefined {
  const distance = (amount: (line: TaxedLine) => { readonly minor: string }): number =>
    lines
      .filter(({ taxPercent }) => taxPercent !== null)
      .reduce((sum, line) => sum + Math.abs(productOf(line) - Number(amount(line).minor)), 0)
  const [without, within] = [distance(({ exclTax }) => exclTax), distance(({ inclTax }) => inclTax)]
  return without === within ? undefined : without < within
}

function productOf(line: TaxedLine): number {
  const inMinor = 10 ** minorDigits(line.exclTax.currency) / 1_000_000
  return ((Number(line.unitPriceMicros) * line.billed) / (PER[line.unit] ?? 1)) * inMinor
}
