import { z } from 'zod'
import { instantFromText } from '../../../units/index.ts'

/** From 1970 to 9999: what else is written is a slip of the finger, and PostgreSQL would not read it as we write it. */
const LAST_MS = Temporal.Instant.from('9999-12-31T23:59:59.999Z').epochMilliseconds

/** An instant in a query or a body, read once. */
export const instantShape = z.iso
  .datetime({ offset: true })
  .transform((text, context) => {
    // The format allows more digits than an instant has.
    const at = instantFromText(text)
    if (at === undefined) context.issues.push({ code: 'invalid_format', format: 'datetime', input: text })
    return at ?? z.NEVER
  })
  .refine(({ epochMilliseconds }) => epochMilliseconds >= 0 && epochMilliseconds <= LAST_MS, {
    params: { code: 'year-out-of-range' },
  })

/** An instant in an answer: ISO 8601 in UTC, as `textFromInstant` writes it. */
export const instantText = z.string().meta({ format: 'date-time' })

interface Span {
  readonly from?: Temporal.Instant | undefined
  readonly to?: Temporal.Instant | undefined
}

function isInOrder({ from, to }: Span): boolean {
  return from === undefined || to === undefined || Temporal.Instant.compare(from, to) <= 0
}

/** For a list's query: `.refine(...fromBeforeTo)`. A span that ends before it begins holds nothing, which nobody means. */
export const fromBeforeTo = [isInOrder, { path: ['to'] as PropertyKey[], params: { code: 'before-from' } }] as const
