import { instantFromText, textFromInstant } from '../../../../units/index.ts'

/** OCPP's instants: UTC with `Z`, three decimals at most. */
export const ocppTime = textFromInstant

/** A time the schema let through may still be none (a leap second, an odd offset): then `otherwise`. */
export function instantOr(text: string | undefined, otherwise: Temporal.Instant): Temporal.Instant {
  return (text === undefined ? undefined : instantFromText(text)) ?? otherwise
}
