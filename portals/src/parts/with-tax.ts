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
