/**
 * An event stream that is opened again when it breaks, is refused, or falls silent: the server beats every 15 s, and what has
 * missed two beats is dead, whatever the browser thinks of it. Tried after 1 s, then 2, 4, at most `mostWaitMs`.
 */

export interface StreamHandlers {
  opened(): void
  /** Called for beats too. */
  heard(type: string, data: unknown): void
  lost(nextTryAt: number): void
}

export interface KeptStream {
  /** Does not wait for the next try. */
  tryNow(): void
  close(): void
}

export const silenceMs = 40_000

export function keepStream(url: string, types: readonly string[], on: StreamHandlers, mostWaitMs: number): KeptStream {
  let source: EventSource | undefined
  let silence: ReturnType<typeof setTimeout> | undefined
  let retry: ReturnType<typeof setTimeout> | undefined
  let attempts = 0

  function close(): void {
    clearTimeout(retry)
    clearTimeout(silence)
    source?.close()
    source = undefined
  }

  function open(): void {
    close()
    const stream = new EventSource(url)
    source = stream
    const lives = (): void => {
      clearTimeout(silence)
      silence = setTimeout(lost, silenceMs)
    }
    lives()
    stream.onopen = () => {
      attempts = 0
      lives()
      on.opened()
    }
    stream.onerror = () => {
      if (stream === source) lost()
    }
    for (const type of [...types, 'beat']) {
      stream.addEventListener(type, (event) => {
        lives()
        on.heard(type, event.data)
      })
    }
  }

  function lost(): void {
    // The browser would try again by itself, but it does not say when, and gives up what was refused.
    close()
    const wait = Math.min(mostWaitMs, 1000 * 2 ** attempts)
    attempts += 1
    retry = setTimeout(open, wait)
    on.lost(Date.now() + wait)
  }

  open()
  return { tryNow: open, close }
}
