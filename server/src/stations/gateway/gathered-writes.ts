import type { Writable } from 'node:stream'
import { failPoint } from '../../platform/index.ts'

export interface GatheredWrites {
  /** What is written to it goes out at the end of this turn of the event loop. */
  hold(socket: Pick<Writable, 'cork' | 'uncork'>): void
}

/**
 * First everything is read that has come, then everything is written that was answered: each write wakes whoever waits for it, and
 * the reading of the others would wait for that.
 */
export function openGatheredWrites(): GatheredWrites {
  let held: Pick<Writable, 'cork' | 'uncork'>[] = []
  const letGo = (): void => {
    const due = held
    held = []
    for (const socket of due) {
      socket.uncork()
      failPoint('frame.sent')
    }
  }
  return {
    hold(socket) {
      if (held.length === 0) setImmediate(letGo)
      held.push(socket)
      socket.cork()
    },
  }
}
