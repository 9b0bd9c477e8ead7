import { instantFromText, isBefore, textFromInstant } from '../../../../units/index.ts'

/** OCPP's instants: UTC with `Z`, three decimals at most. */
export const ocppTime = textFromInstant

/** What a clock without a battery, or a stray offset, makes of a time can lie beyond what any column holds. */
const EARLIEST = Temporal.Instant.from('0001-01-01T00:00:00Z')
const LATEST = Temporal.Instant.from('9999-12-31T23:59:59.999Z')

/** A time the schema let through may still be none (a leap second, an odd offset, the year 0): then `otherwise`. */
export function instantOr(text: string | undefined, otherwise: Temporal.Instant): Temporal.Instant {
  const at = text === undefined ? undefined : instantFromText(text)
  return at === undefined || isBefore(at, EARLIEST) || isBefore(LATEST, at) ? otherwise : at
}
