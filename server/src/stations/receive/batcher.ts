import { setTimeout as pause } from 'node:timers/promises'
import { DatabaseAway, monotonicMs } from '../../platform/index.ts'

export interface BatcherOptions<T, R> {
  /** Two items with one key are never taken at the same time, and keep their order. */
  keyOf(item: T): string
  /** Takes all or nothing; one answer for each item. */
  takeBatch(items: readonly T[]): Promise<readonly R[]>
  /** The database did not come back in time: everything that waited was refused. */
  onAway(error: DatabaseAway): void
  readonly most?: number
  /** How many batches may be on their way at once; further ones only where as much waits as makes a batch worth it. */
  readonly lanes?: number
  /** How long a batch waits for a database that is away. */
  readonly patienceMs?: number
}

export interface Batcher<T, R> {
  submit(item: T): Promise<R>
  /** Items that wait or are being taken. */
  readonly size: number
  /** Resolves when nothing waits any more. */
  idle(): Promise<void>
}

interface Waiting<T, R> {
  readonly item: T
  readonly key: string
  readonly resolve: (answer: R) => void
  readonly reject: (error: unknown) => void
}

const MOST = 200
/** Statements cost the same for few rows as for some: small batches side by side would cost more than they bring. */
const WORTH_A_LANE = 32
const PATIENCE_MS = 4_000
const RETRY_MS = 200

/**
 * While batches commit, what arrives forms the next; nobody waits for a timer: when idle, the first item is taken at
 * once. A batch that is refused is done again one by one, so that one bad item hurts nobody. `looking`: lanes that will
 * look into the queue once more; one that has seen it empty is none, though its promise may not have ended yet.
 */
export function openBatcher<T, R>(options: BatcherOptions<T, R>): Batcher<T, R> {
  const { keyOf, most = MOST, lanes = 1 } = options
  let [queue, isDue, looking]: [Waiting<T, R>[], boolean, number] = [[], false, 0]
  const busy = new Set<string>()
  const running = new Set<Promise<void>>()

  const giveUp = (batch: readonly Waiting<T, R>[], error: DatabaseAway): void => {
    const left = [...batch, ...queue]
    queue = []
    for (const { reject } of left) reject(error)
    options.onAway(error)
  }

  const take = async (batch: readonly Waiting<T, R>[]): Promise<void> => {
    try {
      const answers = await patiently(options, batch)
      for (const [index, waiting] of batch.entries()) settle(waiting, answers[index])
    } catch (error) {
      if (error instanceof DatabaseAway) return giveUp(batch, error)
      if (batch.length === 1) return batch[0]?.reject(error)
      for (const one of batch) await take([one])
    }
  }

  const run = async (): Promise<void> => {
    for (let isFirst = true; ; isFirst = false) {
      // One lane goes on to the end; a further one leaves when little is left.
      const isSpare = !isFirst && looking > 1 && queue.length < WORTH_A_LANE
      const { batch, left } = nextBatch(queue, busy, isSpare ? 0 : most)
      if (batch.length === 0) return void (looking -= 1)
      queue = left
      for (const { key } of batch) busy.add(key)
      await take(batch)
      for (const { key } of batch) busy.delete(key)
    }
  }
  const start = (): void => {
    isDue = false
    if (looking >= lanes) return
    looking += 1
    const lane = run().finally(() => running.delete(lane))
    running.add(lane)
  }

  return {
    submit(item) {
      return new Promise((resolve, reject) => {
        queue.push({ item, key: keyOf(item), resolve, reject })
        if (isDue || looking >= lanes || (looking > 0 && queue.length < WORTH_A_LANE)) return
        isDue = true
        // Once everything was read that the sockets hold in this turn: it shares the first batch already.
        setImmediate(start)
      })
    },
    get size() {
      return queue.length + busy.size
    },
    async idle() {
      while (running.size > 0 || queue.length > 0) {
        if (looking === 0) start()
        await Promise.all(running)
      }
    },
  }
}

/** The first item of each key that is free, in order, up to the most a batch may hold. */
function nextBatch<T, R>(
  queue: readonly Waiting<T, R>[],
  busy: ReadonlySet<string>,
  most: number,
): { readonly batch: Waiting<T, R>[]; readonly left: Waiting<T, R>[] } {
  const batch: Waiting<T, R>[] = []
  const left: Waiting<T, R>[] = []
  const keys = new Set<string>()
  for (const waiting of queue) {
    if (batch.length < most && !keys.has(waiting.key) && !busy.has(waiting.key)) batch.push(waiting)
    else left.push(waiting)
    keys.add(waiting.key)
  }
  return { batch, left }
}

/** Tries again while the database is away, as long as patience lasts. */
async function patiently<T, R>(
  { takeBatch, patienceMs = PATIENCE_MS }: BatcherOptions<T, R>,
  batch: readonly Waiting<T, R>[],
): Promise<readonly R[]> {
  const since = monotonicMs()
  for (;;) {
    try {
      return await takeBatch(batch.map(({ item }) => item))
    } catch (error) {
      if (!(error instanceof DatabaseAway) || monotonicMs() - since > patienceMs) throw error
      await pause(RETRY_MS)
    }
  }
}

function settle<T, R>({ resolve, reject }: Waiting<T, R>, answer: R | undefined): void {
  if (answer === undefined) reject(new Error('a batch without an answer for each item'))
  else resolve(answer)
}
