import { ok, refuse, type Result } from '../../platform/result.ts'
import { isStationNumber } from '../../stations/rules/number.ts'

/**
 * A station's number as somebody typed it off a sticker; blanks and hyphens between digits do not matter. A number of the
 * right length whose check digit does not fit was mistyped, which is worth saying; anything else is no number of ours.
 */
export function publicNumber(typed: string): Result<string, 'check-digit' | 'unknown-station-number'> {
  const digits = typed.trim().replace(/(?<=\d)[\s-](?=\d)/g, '')
  if (!/^\d{5,9}$/.test(digits)) return refuse('unknown-station-number')
  return isStationNumber(digits) ? ok(digits) : refuse('check-digit')
}
