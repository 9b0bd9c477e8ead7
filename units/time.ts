/**
 * Whole seconds and instants. Calling these needs Temporal, which not every browser has; importing them does not, so
 * that portals may use the same door.
 */

/** A length of time in whole seconds. */
export type Seconds = number

/** RFC 3339 in UTC with at most milliseconds, as all JSON of ours carries instants: `2026-11-26T08:15:30.5Z`. */
export function textFromInstant(at: Temporal.Instant): string {
  const ms = at.epochMilliseconds
  const second = Math.floor(ms / 1000)
  if (second !== writtenSecond) {
    writtenText = new Date(second * 1000).toISOString().slice(0, -'.000Z'.length)
    writtenSecond = second
  }
  return `${writtenText}${fractionOf(ms - second * 1000)}Z`
}

/** Most instants lie in the second of the one before, and a date costs ten times what its fraction does. */
let [writtenSecond, writtenText] = [Number.NaN, '']

function fractionOf(ms: number): string {
  if (ms === 0) return ''
  if (ms % 100 === 0) return `.${ms / 100}`
  return ms % 10 === 0 ? `.${String(ms / 10).padStart(2, '0')}` : `.${String(ms).padStart(3, '0')}`
}

/** Undefined for what is no instant with its offset or Z. */
export function instantFromText(text: string): Temporal.Instant | undefined {
  try {
    return Temporal.Instant.from(text)
  } catch {
    return undefined
  }
}

/** The second an instant lies in, counted from 1970. */
function secondOf(at: Temporal.Instant): Seconds {
  return Math.floor(at.epochMilliseconds / 1000)
}

/**
 * Whole seconds from one instant to another, negative when `to` is earlier. Each end is cut to its second first and the
 * cut ends are subtracted: so the parts of a split stretch always add up to the whole.
 */
export function secondsBetween(from: Temporal.Instant, to: Temporal.Instant): Seconds {
  return secondOf(to) - secondOf(from)
}

export function isBefore(left: Temporal.Instant, right: Temporal.Instant): boolean {
  // Milliseconds are had for a tenth of what a comparison costs, and nearly always differ.
  const apart = left.epochMilliseconds - right.epochMilliseconds
  return apart === 0 ? Temporal.Instant.compare(left, right) < 0 : apart < 0
}

export function earlierOf(left: Temporal.Instant, right: Temporal.Instant): Temporal.Instant {
  return isBefore(right, left) ? right : left
}

export function laterOf(left: Temporal.Instant, right: Temporal.Instant): Temporal.Instant {
  return isBefore(left, right) ? right : left
}
