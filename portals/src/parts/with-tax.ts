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

/** Whether a line's unit price is without its tax: quantity × price is then nearer to the amount without tax than to the one with it. */
export function taxIsAdded(line: {
  readonly unitPriceMicros: string
  readonly billed: number
  readonly unit: string
  readonly exclTax: { readonly minor: string; readonly currency: string }
  readonly inclTax: { readonly minor: string }
}): boolean {
  const inMinor = 10 ** minorDigits(line.exclTax.currency) / 1_000_000
  const product = ((Number(line.unitPriceMicros) * line.billed) / (PER[line.unit] ?? 1)) * inMinor
  return Math.abs(product - Number(line.exclTax.minor)) <= Math.abs(product - Number(line.inclTax.minor))
}
