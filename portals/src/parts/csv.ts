import { decimalFromMoney } from '../../../units/money.ts'
import type { MoneyText } from '../api-types.ts'
import { localFieldText } from './zoned.ts'

/** Tables for a spreadsheet: RFC 4180, with the mark by which spreadsheets know UTF-8. */
export function csvText(rows: readonly (readonly string[])[]): string {
  return `\ufeff${rows.map((row) => `${row.map(cellText).join(',')}\r\n`).join('')}`
}

const NUMBER = /^-?\d+(\.\d+)?$/

/** What a spreadsheet would take for a formula is text to it: a station's name may come from anybody (attack 14). */
function cellText(text: string): string {
  const safe = /^[\s]*[=+\-@\t\r]/.test(text) && !NUMBER.test(text) ? `'${text}` : text
  return /[",\r\n;\t]/.test(safe) || safe !== safe.trim() ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** `12.50`: exact, with a point, as many decimals as the currency has. */
export function decimalText({ minor, currency }: MoneyText): string {
  return decimalFromMoney({ minor: BigInt(minor), currency })
}

/** `2026-11-27T13:15:52+02:00`: the clock of the zone, and how far it was ahead. */
export function offsetTimeText(instant: string, timeZone: string): string {
  const at = Date.parse(instant)
  const minutes = (Date.parse(`${localFieldText(at, timeZone)}:00Z`) - Math.floor(at / 60_000) * 60_000) / 60_000
  const two = (number: number): string => String(number).padStart(2, '0')
  const ahead = Math.abs(minutes)
  const offset = `${minutes < 0 ? '-' : '+'}${two(Math.floor(ahead / 60))}:${two(ahead % 60)}`
  return new Date(at + minutes * 60_000).toISOString().slice(0, 19) + offset
}
