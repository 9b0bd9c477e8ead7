/** What is kept of messages that were refused, and when their repetition is worth telling somebody. */

/** Messages whose content a bill may depend on: each is kept. Of all others the newest of a kind speaks for all. */
const EACH_KEPT: ReadonlySet<string> = new Set([
  'StartTransaction',
  'StopTransaction',
  'MeterValues',
  'TransactionEvent',
])

/** What makes two refused messages the same, as text; the message's own id never does. `isFull`: no more rows are made. */
export function sameness(
  refused: {
    readonly action: string | undefined
    readonly code: string
    readonly why: string
    readonly text: string
  },
  isFull = false,
): string {
  const { action = '', code, why, text } = refused
  return !isFull && EACH_KEPT.has(action) ? `${action} ${withoutId(text)}` : `${action} ${code} ${why}`
}

/** The frame without its second member, where it has one. */
function withoutId(text: string): string {
  return text.replace(/^(\s*\[\s*\d+\s*,\s*)"(?:[^"\\]|\\.)*"/, '$1')
}

/** So many refusals of one station, action and reason, in all, are told of once there is another: some repeat each minute, some each boot. */
export const TOLD_FROM = 10
/** The same is told again at most so often. */
export const TOLD_EVERY_SECONDS = 600
/** Rows that are kept of one station; beyond, the newest is counted only. */
export const MOST_KEPT = 2_000
