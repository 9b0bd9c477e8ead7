/** To make a formatter takes a hundred times as long as to use it, and a long list uses thousands: each is made once. */

const ofNumbers = new Map<string, Intl.NumberFormat>()
const ofTimes = new Map<string, Intl.DateTimeFormat>()

export function numberFormatter(language: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  return kept(ofNumbers, [language, options], () => new Intl.NumberFormat(language, options))
}

export function timeFormatter(language: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return kept(ofTimes, [language, options], () => new Intl.DateTimeFormat(language, options))
}

function kept<T>(formatters: Map<string, T>, words: unknown, make: () => T): T {
  const key = JSON.stringify(words)
  const known = formatters.get(key)
  if (known !== undefined) return known
  const made = make()
  formatters.set(key, made)
  return made
}
