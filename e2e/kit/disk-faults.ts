import type { Faulty } from './faulty.ts'
import { type FieldAtRest, openField } from './field.ts'
import { until } from './until.ts'

/** Rows 22 and 23: the disk takes no more, or fails to keep what it took, while drivers go on. */
export interface DiskFaultInput {
  readonly stations: number
  readonly chance: () => number
  begin(): void | Promise<void>
  end(): void | Promise<void>
}

export interface DiskFaultOutcome extends FieldAtRest {
  /** Stations were sent away, or the program ended: which came, and when. */
  readonly what: 'offline' | 'ended'
  readonly afterMs: number
  readonly backAfterMs: number
}

export async function runDiskFault(faulty: Omit<Faulty, 'database'>, input: DiskFaultInput): Promise<DiskFaultOutcome> {
  const field = await openField(faulty.server(), {
    ...input,
    slug: 'disk',
    openOwner: faulty.openOwner,
    timeoutMs: 5_000,
  })
  try {
    await field.goesOn(input.stations)
    const { url, ended } = faulty.server()
    let isEnded = false
    void ended.then(() => (isEnded = true))
    const isOffline = (): Promise<boolean> =>
      fetch(`${url}/readyz`).then(
        ({ status }) => status === 503,
        () => false,
      )
    const began = performance.now()
    await input.begin()
    await until(async () => isEnded || (await isOffline()), 20_000, 50)
    const afterMs = Math.round(performance.now() - began)
    // It may go offline first, and end when the last of the room is gone.
    await until(() => isEnded, 3_000, 50).catch(() => {})
    await input.end()
    const freed = performance.now()
    if (isEnded) await faulty.restart()
    await until(() => field.fleet.totals().accepted === input.stations, 60_000, 50)
    const backAfterMs = Math.round(performance.now() - freed)
    await field.goesOn(input.stations)
    return { ...(await field.comeToRest()), what: isEnded ? 'ended' : 'offline', afterMs, backAfterMs }
  } finally {
    await field.stop()
  }
}
