/** A price part as a driver must see it: with its tax, in millionths, rounded half up. What is billed is computed elsewhere. */
export function withTax(part: {
  readonly unitPriceMicros: string
  readonly taxPercent: string | null
  readonly taxIncluded: boolean
}): string {
  const micros = BigInt(part.unitPriceMicros)
  if (part.taxIncluded || part.taxPercent === null) return part.unitPriceMicros
  const [whole = '0', fraction = ''] = part.taxPercent.split('.')
  const tenThousandths = BigInt(`${whole}${fraction.slice(0, 4).padEnd(4, '0')}`)
  return String((micros * (1_000_000n + tenThousandths) + 500_000n) / 1_000_000n)
}
