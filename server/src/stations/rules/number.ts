/** Damm's quasigroup of order 10: finds every single wrong digit and every swap of neighbours (PhD thesis, 2004). */
const table: readonly (readonly number[])[] = [
  [0, 3, 1, 7, 5, 9, 8, 6, 4, 2],
  [7, 0, 9, 2, 1, 5, 4, 8, 6, 3],
  [4, 2, 0, 6, 8, 7, 1, 3, 5, 9],
  [1, 7, 5, 0, 9, 8, 3, 4, 2, 6],
  [6, 1, 2, 3, 0, 4, 5, 9, 7, 8],
  [3, 6, 7, 4, 2, 0, 9, 5, 8, 1],
  [5, 8, 6, 9, 7, 2, 0, 1, 3, 4],
  [8, 9, 4, 5, 3, 6, 2, 0, 1, 7],
  [9, 4, 3, 8, 6, 1, 7, 2, 0, 5],
  [2, 5, 8, 1, 4, 3, 6, 7, 9, 0],
]

/** The digit that makes `digits` a number that checks. */
export function checkDigit(digits: string): number {
  let interim = 0
  for (const digit of digits) interim = table[interim]?.[Number(digit)] ?? 0
  return interim
}

/** Whether a public station number is well formed and its last digit fits the others. */
export function isStationNumber(number: string): boolean {
  return /^[1-9]\d{4,8}$/.test(number) && checkDigit(number) === 0
}

/**
 * A public number of `length` digits, its check digit last; `random` gives whole numbers from `from` to below `to`.
 * The first digit is never 0, so that a number survives a spreadsheet.
 */
export function stationNumber(length: number, random: (from: number, to: number) => number): string {
  const digits = String(random(10 ** (length - 2), 10 ** (length - 1)))
  return `${digits}${checkDigit(digits)}`
}

export const SHORTEST_NUMBER = 5
export const LONGEST_NUMBER = 9
