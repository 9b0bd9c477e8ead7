import { decimalText } from './decimal.ts'
import type { WattHours, Watts } from './energy.ts'
import { numberFormatter } from './formatters.ts'
import { decimalFromMoney, decimalFromMicros, type Micros, minorDigits, type Money } from './money.ts'

/**
 * Quantities as people read them, in the language given (a BCP 47 tag). Numbers go to Intl as decimal text, so no amount
 * becomes a float. kWh, kW, h, min and s are symbols and the same in every language; between number and symbol stands a
 * no-break space.
 */

const NO_BREAK = '\u00a0'

/** `€12.50`, `12,50 €`; always all digits of the minor unit. */
export function formatMoney(money: Money, language: string): string {
  return currencyFormat(language, money.currency, minorDigits(money.currency)).format(numeric(decimalFromMoney(money)))
}

/** A unit price with as many digits as it has, at least those of the minor unit: `€0.34`, `€0.2869`. */
export function formatPrice(price: Micros, currency: string, language: string): string {
  return currencyFormat(language, currency, 6).format(numeric(decimalFromMicros(price)))
}

/** `12.34 kWh`. */
export function formatEnergy(energy: WattHours, language: string, digits = 2): string {
  return `${decimal(language, decimalText(BigInt(energy), 3), digits)}${NO_BREAK}kWh`
}

/** `11.0 kW`. */
export function formatPower(power: Watts, language: string, digits = 1): string {
  return `${decimal(language, decimalText(BigInt(power), 3), digits)}${NO_BREAK}kW`
}

/** The two largest parts: `48 s`, `18 min 48 s`, `1 h 15 min`, `2 d 3 h`. Parts of a second and signs are dropped. */
export function formatDuration(seconds: number, language: string): string {
  const total = Math.floor(Math.abs(seconds))
  const parts: readonly (readonly [number, string])[] = [
    [Math.floor(total / 86_400), 'd'],
    [Math.floor((total % 86_400) / 3600), 'h'],
    [Math.floor((total % 3600) / 60), 'min'],
    [total % 60, 's'],
  ]
  const first = parts.findIndex(([count]) => count > 0)
  if (first === -1) return `0${NO_BREAK}s`
  return parts
    .slice(first, first + 2)
    .filter(([count], index) => index === 0 || count > 0)
    .map(([count, symbol]) => `${decimal(language, String(count), 0)}${NO_BREAK}${symbol}`)
    .join(' ')
}

/** `25.5 %` or as the language writes it; at most four decimals. */
export function formatPercent(percent: number, language: string): string {
  return numberFormatter(language, { style: 'percent', maximumFractionDigits: 4 }).format(numeric(`${percent}e-2`))
}

function currencyFormat(language: string, currency: string, mostDigits: number): Intl.NumberFormat {
  return numberFormatter(language, {
    style: 'currency',
    currency,
    minimumFractionDigits: minorDigits(currency),
    maximumFractionDigits: Math.max(mostDigits, minorDigits(currency)),
  })
}

function decimal(language: string, text: string, digits: number): string {
  return numberFormatter(language, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(
    numeric(text),
  )
}

// The library type wants a literal; decimal text of ours always is one.
function numeric(text: string): Intl.StringNumericLiteral {
  return text as Intl.StringNumericLiteral
}
