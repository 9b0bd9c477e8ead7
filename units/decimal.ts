/** Decimal numbers as exact integers: `"0.249"` with scale 6 is `249000n`. No floating point on the way. */

export type DecimalFault = 'not-a-number' | 'too-precise' | 'too-big'

export type ParsedDecimal =
  | { readonly ok: true; readonly value: bigint }
  | { readonly ok: false; readonly code: DecimalFault }

// Longer texts are refused before any arithmetic: `1e999999999` must not cost memory.
const MOST_DIGITS = 30

/**
 * Reads a plain or exponent decimal (`-12`, `0.25`, `2.5e-7`) as an integer of 10^-scale. A digit that does not fit
 * the scale is refused, never rounded; trailing zeros are no such digit.
 */
export function parseDecimal(text: string, scale: number): ParsedDecimal {
  const parts = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,4}))?$/.exec(text)
  if (parts === null) return { ok: false, code: 'not-a-number' }
  const [, sign, whole = '', fraction = '', exponent = '0'] = parts
  const digits = (whole + fraction).replace(/^0+/, '')
  if (digits === '') return { ok: true, value: 0n }
  const significant = withoutTrailingZeros(digits)
  const shift = scale + Number(exponent) - fraction.length + (digits.length - significant.length)
  if (shift < 0) return { ok: false, code: 'too-precise' }
  if (significant.length + shift > MOST_DIGITS) return { ok: false, code: 'too-big' }
  const value = BigInt(significant) * 10n ** BigInt(shift)
  return { ok: true, value: sign === '-' ? -value : value }
}

/** By hand: the pattern for it would begin anew at each zero, and take the square of a long text's length. */
function withoutTrailingZeros(digits: string): string {
  let end = digits.length
  while (digits.endsWith('0', end)) end -= 1
  return digits.slice(0, end)
}

/** The shortest exact text: `decimalText(249000n, 6)` is `"0.249"`; at least `leastDigits` stand after the point. */
export function decimalText(value: bigint, scale: number, leastDigits = 0): string {
  const digits = (value < 0n ? -value : value).toString().padStart(scale + 1, '0')
  const whole = digits.slice(0, digits.length - scale)
  let fraction = digits.slice(digits.length - scale)
  while (fraction.length > leastDigits && fraction.endsWith('0')) fraction = fraction.slice(0, -1)
  return `${value < 0n ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`
}

/** numerator / divisor, a half going away from zero, so that credits mirror charges. Throws RangeError for divisor 0. */
export function divideHalfUp(numerator: bigint, divisor: bigint): bigint {
  if (divisor < 0n) return divideHalfUp(-numerator, -divisor)
  const size = numerator < 0n ? -numerator : numerator
  const rounded = (2n * size + divisor) / (2n * divisor)
  return numerator < 0n ? -rounded : rounded
}
