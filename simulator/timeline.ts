import type { Ms } from './state.ts'

/** Who wants to be woken: at `due`, or as soon after it as may be. */
export interface Sleeper {
  due(): Ms | undefined
  wake(at: Ms): void
  /** Something outside is under way (a connection, an answer) that time must wait for, where time is made. */
  isBusy(): boolean
}

/** Where the stations of a fleet have their time from, and the one timer they share. */
export interface Timeline {
  now(): Ms
  add(sleeper: Sleeper): void
  remove(sleeper: Sleeper): void
}

/** Real time: one interval for all, since a look at a few hundred deadlines costs microseconds. */
export function realTime(lookEveryMs = 100): Timeline {
  const sleepers = new Set<Sleeper>()
  let timer: NodeJS.Timeout | undefined
  const now = (): Ms => Temporal.Now.instant().epochMilliseconds
  const look = (): void => {
    const at = now()
    for (const sleeper of sleepers) if ((sleeper.due() ?? Number.POSITIVE_INFINITY) <= at) sleeper.wake(at)
  }
  return {
    now,
    add(sleeper) {
      sleepers.add(sleeper)
      timer ??= setInterval(look, lookEveryMs)
    },
    remove(sleeper) {
      sleepers.delete(sleeper)
      if (sleepers.size === 0) {
        clearInterval(timer)
        timer = undefined
      }
    },
  }
}

export interface MadeTime extends Timeline {
  /** Lets so much time pass: jumps from deadline to deadline, and waits in between until nothing is under way. */
  pass(seconds: number): Promise<void>
  /** Lets time pass until the fact is true; throws after so many seconds of made time. */
  passUntil(fact: () => boolean, seconds: number): Promise<void>
}

/** Time that stands still until a test lets it pass: a day takes as long as its messages. */
export function madeTime(start: string): MadeTime {
  const sleepers = new Set<Sleeper>()
  let now = Temporal.Instant.from(start).epochMilliseconds
  const settle = async (): Promise<void> => {
    // Twice in a row: what has just ended may have begun something new.
    for (let calm = 0; calm < 2; ) {
      await new Promise((resolve) => setImmediate(resolve))
      calm = [...sleepers].some((sleeper) => sleeper.isBusy()) ? 0 : calm + 1
    }
  }
  const run = async (until: Ms, isDone: () => boolean): Promise<boolean> => {
    for (;;) {
      await settle()
      if (isDone()) return true
      const due = [...sleepers].reduce((least, sleeper) => Math.min(least, sleeper.due() ?? until), until)
      if (due >= until) break
      // At least a little, so that a deadline that has passed and still stands cannot stop time.
      now = Math.max(Math.ceil(due), now + 1)
      for (const sleeper of sleepers) if ((sleeper.due() ?? Number.POSITIVE_INFINITY) <= now) sleeper.wake(now)
    }
    now = until
    return isDone()
  }
  return {
    now: () => now,
    add: (sleeper) => void sleepers.add(sleeper),
    remove: (sleeper) => void sleepers.delete(sleeper),
    pass: async (seconds) => void (await run(now + Math.round(seconds * 1000), () => false)),
    async passUntil(fact, seconds) {
      if (!(await run(now + Math.round(seconds * 1000), fact)))
        throw new Error(`not so within ${seconds} s of made time`)
    },
  }
}
