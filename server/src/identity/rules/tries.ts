/** How often something was tried wrongly, and when last (milliseconds since the epoch). */
export interface Wrong {
  readonly count: number
  readonly lastAt: number
}

const FREE = 5
const FIRST_WAIT_MS = 15_000
const FORGOTTEN_AFTER_MS = 3_600_000

/** Milliseconds still to wait before the next try: none for the first five, then 15 s, doubled each time, up to `longestMs`. */
export function waitOf(wrong: Wrong | undefined, nowMs: number, longestMs: number): number {
  if (wrong === undefined || wrong.count < FREE || isForgotten(wrong, nowMs)) return 0
  const wait = Math.min(FIRST_WAIT_MS * 2 ** Math.min(wrong.count - FREE, 20), longestMs)
  return Math.max(0, wrong.lastAt + wait - nowMs)
}

export function oneMore(wrong: Wrong | undefined, nowMs: number): Wrong {
  return { count: wrong === undefined || isForgotten(wrong, nowMs) ? 1 : wrong.count + 1, lastAt: nowMs }
}

function isForgotten(wrong: Wrong, nowMs: number): boolean {
  return nowMs - wrong.lastAt > FORGOTTEN_AFTER_MS
}

/** An address as one counts tries by it: IPv6 by its /64, since one holder has all of it. */
export function addressGroup(ip: string): string {
  const v4 = /(\d+\.\d+\.\d+\.\d+)$/.exec(ip)?.[1]
  if (v4 !== undefined) return v4
  const [head = '', tail] = ip.toLowerCase().split('%')[0]?.split('::') ?? []
  const left = head === '' ? [] : head.split(':')
  const right = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - left.length - right.length)
  return [...left, ...Array.from({ length: zeros }, () => '0'), ...right].slice(0, 4).join(':')
}
