/** What became of a try to hand an event on, as the outbound client tells it. */
export type Outcome =
  | { readonly kind: 'answered'; readonly status: number; readonly retryAfter: string | undefined }
  | { readonly kind: 'refused'; readonly code: string }
  | { readonly kind: 'failed'; readonly code: string }

export type Verdict =
  | { readonly kind: 'taken' }
  /** `target`: nothing gets through. `message`: the target is well, but does not want this one. */
  | {
      readonly kind: 'not-taken'
      readonly fault: 'target' | 'message'
      readonly cause: string
      readonly waitSeconds?: number
    }
  /** 410: the target asks not to be called any more (Standard Webhooks). */
  | { readonly kind: 'unwanted'; readonly cause: string }
  /** We ended it ourselves: it says nothing of anybody. */
  | { readonly kind: 'broken-off' }

/** Statuses by which a target that is well says that this very message will not do. */
const ABOUT_THE_MESSAGE: ReadonlySet<number> = new Set([
  400, 405, 406, 409, 411, 413, 414, 415, 417, 418, 421, 422, 431, 451,
])
const LONGEST_WAIT_SECONDS = 3_600

/** A 2xx is the only yes; a redirect is not followed and is no yes. */
export function judge(outcome: Outcome, at: Temporal.Instant): Verdict {
  if (outcome.kind === 'refused') return { kind: 'not-taken', fault: 'target', cause: outcome.code }
  if (outcome.kind === 'failed')
    return outcome.code === 'ended-by-us'
      ? { kind: 'broken-off' }
      : { kind: 'not-taken', fault: 'target', cause: outcome.code }
  const { status } = outcome
  if (status >= 200 && status < 300) return { kind: 'taken' }
  const cause = `status-${status}`
  if (status === 410) return { kind: 'unwanted', cause }
  const waitSeconds = status === 429 || status === 503 ? waitOf(outcome.retryAfter, at) : undefined
  const fault = ABOUT_THE_MESSAGE.has(status) ? 'message' : 'target'
  return { kind: 'not-taken', fault, cause, ...(waitSeconds === undefined ? {} : { waitSeconds }) }
}

/** Retry-After is seconds or a date (RFC 9110); an hour at most is believed. */
function waitOf(text: string | undefined, at: Temporal.Instant): number | undefined {
  if (text === undefined) return undefined
  const seconds = /^\d{1,9}$/.test(text) ? Number(text) : secondsUntil(text, at)
  return seconds === undefined || seconds <= 0 ? undefined : Math.min(seconds, LONGEST_WAIT_SECONDS)
}

const MONTHS = 'JanFebMarAprMayJunJulAugSepOctNovDec'
const DATE = /^\w{3}, (\d\d) (\w{3}) (\d{4}) (\d\d:\d\d:\d\d) GMT$/

/** A date of RFC 9110 (IMF-fixdate, which is all that senders may write): `Thu, 26 Nov 2026 12:05:00 GMT`. */
function secondsUntil(text: string, at: Temporal.Instant): number | undefined {
  const [, day, month = '', year, time] = DATE.exec(text) ?? []
  const place = MONTHS.indexOf(month)
  if (day === undefined || place % 3 !== 0) return undefined
  try {
    const then = Temporal.Instant.from(`${year}-${String(place / 3 + 1).padStart(2, '0')}-${day}T${time}Z`)
    return Math.ceil(at.until(then).total('seconds'))
  } catch {
    return undefined
  }
}
