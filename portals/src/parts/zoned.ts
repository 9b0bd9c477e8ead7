import { timeFormatter } from '../../../units/formatters.ts'
import { nowMilliseconds } from './quantities.ts'

/** `2026-11-24T21:40` on the clock of that zone, as a date-time field writes it. */
export function localFieldText(at: number, timeZone: string): string {
  const parts = timeFormatter('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(at)
  const part = (type: string) => parts.find((one) => one.type === type)?.value ?? '00'
  return `${part('year')}-${part('month')}-${part('day')}T${part('hour')}:${part('minute')}`
}

/**
 * The instant of a local time in a zone, in milliseconds; NaN for a field that is empty, or whose year is still being typed
 * (the 2 of 2027 is the year 2 to a browser). In the hour that comes twice in autumn it
 * is the first, and a time that spring leaves out moves on by the hour.
 */
export function instantOfField(text: string, timeZone: string): number {
  const asUtc = Date.parse(`${text}:00Z`)
  if (Number.isNaN(asUtc) || !/^[1-9]\d{3}-/.test(text)) return Number.NaN
  const offset = (at: number) => Date.parse(`${localFieldText(at, timeZone)}:00Z`) - Math.floor(at / 60_000) * 60_000
  const before = asUtc - offset(asUtc - 86_400_000)
  const after = asUtc - offset(asUtc + 86_400_000)
  const hit = [before, after].filter((at) => localFieldText(at, timeZone) === text)
  return hit.length === 0 ? before : Math.min(...hit)
}

/** The last minute of a day in a zone: until when something is valid that is valid until that day. */
export function lastMinute(day: string, timeZone: string): string {
  return new Date(instantOfField(`${day}T23:59`, timeZone)).toISOString()
}

/** When a day begins in a zone; undefined for none. */
export function dayStart(day: string | undefined, timeZone: string): string | undefined {
  const at = day === undefined ? Number.NaN : instantOfField(`${day}T00:00`, timeZone)
  return Number.isNaN(at) ? undefined : new Date(at).toISOString()
}

/** When it is over there: the next one's beginning. */
export function dayEnd(day: string | undefined, timeZone: string): string | undefined {
  const noon = day === undefined ? Number.NaN : Date.parse(`${day}T12:00:00Z`)
  if (Number.isNaN(noon)) return undefined
  return dayStart(new Date(noon + 86_400_000).toISOString().slice(0, 10), timeZone)
}

export function nowFieldText(timeZone: string): string {
  return localFieldText(nowMilliseconds(), timeZone)
}
