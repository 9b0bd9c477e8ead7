import { DatabaseAway } from './db-faults.ts'
import type { Log } from './log.ts'

/** Something done again and again: at once when woken, else after a pause. Ends cleanly, never overlaps itself. */
export interface Loop {
  wake(): void
  stop(): Promise<void>
}

/**
 * Runs `work` until stopped. `work` returns how much it did: as long as there was something, it goes on without a pause.
 * A failure is logged and tried again after the pause.
 */
export function startLoop(name: string, pauseMs: number, log: Log, work: () => Promise<number>): Loop {
  let stopped = false
  let wakened = false
  let rouse: (() => void) | undefined
  const pause = (): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, pauseMs)
      rouse = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  let isAway = false
  const run = async (): Promise<void> => {
    while (!stopped) {
      wakened = false
      let done = 0
      try {
        done = await work()
        isAway = false
      } catch (error) {
        // A database that is away is told once, not twice a second.
        const again = isAway
        isAway = error instanceof DatabaseAway
        if (!isAway || !again) log.warn('a worker loop failed and goes on', { loop: name, error })
      }
      if (done === 0 && !wakened && !stopped) await pause()
    }
  }
  const ended = run()
  return {
    wake() {
      wakened = true
      rouse?.()
    },
    async stop() {
      stopped = true
      rouse?.()
      await ended
    },
  }
}
