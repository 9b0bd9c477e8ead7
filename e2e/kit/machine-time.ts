/**
 * Milliseconds as this machine lets them pass. A promise of the program ("within 5 s") holds for a machine that is there for it: while tests
 * crowd it, or a virtual machine stands still, nobody's timers come, and what passes then is not the program's. On a quiet machine this is
 * the time of the wall, to a tick.
 */
const TICK_MS = 25

export interface MachineTime {
  now(): number
  stop(): void
}

export function openMachineTime(): MachineTime {
  let passed = 0
  let last = performance.now()
  // A tick that comes late counts as one.
  const tick = (): void => {
    const now = performance.now()
    passed += Math.min(now - last, 2 * TICK_MS)
    last = now
  }
  const timer = setInterval(tick, TICK_MS)
  timer.unref()
  return {
    now() {
      tick()
      return passed
    },
    stop: () => clearInterval(timer),
  }
}

/** How long this takes, in such milliseconds. */
export async function machineMs(work: () => Promise<unknown>): Promise<number> {
  const time = openMachineTime()
  try {
    await work()
    return time.now()
  } finally {
    time.stop()
  }
}
