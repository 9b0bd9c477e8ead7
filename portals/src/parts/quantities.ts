import i18next from 'i18next'
import {
  formatDuration,
  formatEnergy,
  formatMoney,
  formatPercent,
  formatPower,
  formatPrice,
} from '../../../units/format.ts'
import { numberFormatter, timeFormatter } from '../../../units/formatters.ts'
import type { MoneyText } from '../api-types.ts'

/**
 * Quantities as the person at the screen reads them. Instants come as RFC 3339 text; they are turned into milliseconds
 * here, at the border to the browser's Intl, which not everywhere knows Temporal yet.
 */

let zone: string | undefined

/** The zone times are shown in: the site's or the tenant's, never the viewer's. */
export function showTimesIn(timeZone: string): void {
  zone = timeZone
}

export function shownZone(): string | undefined {
  return zone
}

/** The language for Intl: English is written the European way, day before month. */
function intlLanguage(): string {
  const language = i18next.language ?? 'en'
  return language === 'en' ? 'en-GB' : language
}

export function moneyText(money: MoneyText): string {
  return formatMoney({ minor: BigInt(money.minor), currency: money.currency }, intlLanguage())
}

export function priceText(micros: string, currency: string): string {
  return formatPrice(BigInt(micros), currency, intlLanguage())
}

export function percentText(percent: string | number): string {
  return formatPercent(Number(percent), intlLanguage())
}

export function energyText(wattHours: number): string {
  return formatEnergy(wattHours, intlLanguage())
}

export function powerText(watts: number): string {
  return formatPower(watts, intlLanguage())
}

export function durationText(seconds: number): string {
  return formatDuration(Math.max(0, Math.round(seconds)), intlLanguage())
}

export function numberText(value: number, digits = 0): string {
  return numberFormatter(intlLanguage(), { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value)
}

/** `1.4 GB`. */
export function bytesText(bytes: number): string {
  return `${numberText(bytes / 1e9, 1)}\u00a0GB`
}

/** Between whole and parts when one types a number: a comma in Finnish. */
export function decimalSign(): string {
  const parts = new Intl.NumberFormat(intlLanguage()).formatToParts(0.5)
  return parts.find(({ type }) => type === 'decimal')?.value ?? '.'
}

/** Numbers people read aloud, in groups of three from the right: `841 207`, `12 345`. No line ends within one. */
export function spokenNumber(value: number | string): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, '\u00a0')
}

export function milliseconds(instant: string): number {
  return Date.parse(instant)
}

export function nowMilliseconds(): number {
  return Date.now()
}

/** Until now; between two instants as they are priced, each cut to its whole second. */
export function secondsSince(from: string, to?: string): number {
  if (to === undefined) return (nowMilliseconds() - milliseconds(from)) / 1000
  return Math.floor(milliseconds(to) / 1000) - Math.floor(milliseconds(from) / 1000)
}

/** `06:55` of today, else with its day. */
export function timeText(instant: string): string {
  return isToday(instant) ? clockText(instant) : `${dayText(instant)}, ${clockText(instant)}`
}

export function clockText(instant: string | number, withSeconds = false): string {
  return format(instant, {
    hour: '2-digit',
    minute: '2-digit',
    ...(withSeconds ? { second: '2-digit' as const } : {}),
    hourCycle: 'h23',
  })
}

/** `06:55:02.914`, for the log. */
export function exactClockText(instant: string): string {
  return format(instant, {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    fractionalSecondDigits: 3,
    hourCycle: 'h23',
  })
}

/** `06:55:02.914` of today, else with its day before it. */
export function exactTimeText(instant: string): string {
  return isToday(instant) ? exactClockText(instant) : `${dayText(instant)}, ${exactClockText(instant)}`
}

/** As a row of the log has room for: to the thousandth today, else the day and the minute. The second part may be left out. */
export function rowTimeText(instant: string): readonly [string, string] {
  if (!isToday(instant)) return [`${format(instant, { day: 'numeric', month: 'numeric' })} ${clockText(instant)}`, '']
  const exact = exactClockText(instant)
  return [exact.slice(0, 8), exact.slice(8)]
}

export function dayText(instant: string | number): string {
  const sameYear = format(instant, { year: 'numeric' }) === format(nowMilliseconds(), { year: 'numeric' })
  return format(instant, { day: 'numeric', month: 'short', ...(sameYear ? {} : { year: 'numeric' as const }) })
}

export function fullTimeText(instant: string): string {
  return format(instant, { dateStyle: 'medium', timeStyle: 'medium', hourCycle: 'h23' })
}

function isToday(instant: string): boolean {
  return dayText(instant) === dayText(nowMilliseconds())
}

function format(instant: string | number, options: Intl.DateTimeFormatOptions): string {
  const at = typeof instant === 'number' ? instant : milliseconds(instant)
  if (Number.isNaN(at)) return '–'
  return timeFormatter(intlLanguage(), {
    ...options,
    ...(zone === undefined ? {} : { timeZone: zone }),
  }).format(at)
}

/** A price written as a decimal text, with at least the digits of its currency. */
export function moneyOfDecimal(decimal: string, currency: string): string {
  const [whole = '0', fraction = ''] = decimal.split('.')
  return formatPrice(BigInt(`${whole}${fraction.slice(0, 6).padEnd(6, '0')}`), currency, intlLanguage())
}
