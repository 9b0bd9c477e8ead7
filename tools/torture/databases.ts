import { chanceFrom } from '../../e2e/kit/chance.ts'
import {
  type DatabaseFaultInput,
  type DatabaseFaultOutcome,
  proxied,
  runDatabaseFault,
} from '../../e2e/kit/database-faults.ts'
import { runDiskFault } from '../../e2e/kit/disk-faults.ts'
import { type Faulty, startFaulty } from '../../e2e/kit/faulty.ts'
import { pauseDatabase, spoilCalls, startOwn } from '../../e2e/kit/own-server.ts'
import { makeSmallDisk } from '../../e2e/kit/spoilt-disk.ts'
import { isWhole, needsMounts, needsStrace, type TortureRow, type Verdict, type Wishes } from './row.ts'

async function away(
  input: Pick<DatabaseFaultInput, 'begin' | 'end' | 'seconds' | 'isSlow'>,
  wishes: Wishes,
): Promise<Verdict> {
  const faulty = await startFaulty()
  try {
    const chance = chanceFrom(wishes.seed)
    const outcome = await runDatabaseFault(faulty, { slug: 'away', stations: wishes.stations ?? 50, chance, ...input })
    return judgedAway(outcome, input.isSlow === true)
  } finally {
    await faulty.close()
  }
}

function judgedAway(outcome: DatabaseFaultOutcome, isSlow: boolean): Verdict {
  const inTime = isSlow ? outcome.grownMb < 200 : outcome.refusedAfterMs < 5_000 && outcome.backAfterMs < 60_000
  return { fine: isWhole(outcome) && inTime, figures: outcome }
}

/** The same, but with the embedded database spoilt from below. */
async function ownAway(
  spoil: (dataDir: string) => Promise<() => void | Promise<void>>,
  input: Pick<DatabaseFaultInput, 'seconds' | 'isSlow'>,
  wishes: Wishes,
): Promise<Verdict> {
  const own = await startOwn()
  let letGo: (() => void | Promise<void>) | undefined
  try {
    const outcome = await runDatabaseFault(own as unknown as Faulty, {
      slug: 'own',
      stations: wishes.stations ?? 20,
      chance: chanceFrom(wishes.seed),
      async begin() {
        letGo = await spoil(own.dataDir)
      },
      end: () => letGo?.(),
      ...input,
    })
    return judgedAway(outcome, input.isSlow === true)
  } finally {
    await own.close()
  }
}

export const databases: readonly TortureRow[] = [
  {
    name: 'database-away',
    rows: '11',
    waits: true,
    about: 'the database refuses connections for ten minutes (--full: two hours)',
    run: (wishes) =>
      away({ ...proxied({ refuse: true }, true), seconds: wishes.times ?? (wishes.full ? 7_200 : 600) }, wishes),
  },
  {
    name: 'database-hangs',
    rows: '11',
    waits: true,
    about: 'SIGSTOP of every PostgreSQL process for a minute',
    run: (wishes) => ownAway(pauseDatabase, { seconds: wishes.times ?? 60 }, wishes),
  },
  ...[50, 500].map(
    (ms): TortureRow => ({
      name: `commits-of-${ms}-ms`,
      rows: '21',
      waits: true,
      about: `each sync of the disk takes ${ms} ms longer`,
      hindered: needsStrace,
      run: (wishes) =>
        ownAway(
          (dataDir) => spoilCalls(dataDir, 'fdatasync,fsync', `delay_exit=${ms * 1_000}`),
          { seconds: 30, isSlow: true },
          wishes,
        ),
    }),
  ),
  {
    name: 'disk-full',
    rows: '22',
    waits: true,
    about: 'a disk of 400 MB is filled to the last byte, then freed',
    hindered: needsMounts,
    async run({ stations, seed }) {
      const disk = makeSmallDisk(400)
      const own = await startOwn(disk.folder)
      try {
        const input = {
          stations: stations ?? 10,
          chance: chanceFrom(seed),
          begin: () => disk.fill(0),
          end: () => disk.free(),
        }
        const outcome = await runDiskFault(own, input)
        return { fine: isWhole(outcome) && outcome.afterMs < 5_000 && outcome.backAfterMs < 30_000, figures: outcome }
      } finally {
        await own.close()
        disk.remove()
      }
    },
  },
  {
    name: 'io-error',
    rows: '23',
    waits: true,
    about: 'fsync fails with EIO: the program ends, and starts again with everything',
    hindered: needsStrace,
    async run({ stations, seed }) {
      const own = await startOwn()
      let letGo: (() => Promise<void>) | undefined
      try {
        const outcome = await runDiskFault(own, {
          stations: stations ?? 10,
          chance: chanceFrom(seed),
          async begin() {
            letGo = await spoilCalls(own.dataDir, 'fdatasync,fsync', 'error=EIO')
          },
          end: () => letGo?.(),
        })
        return { fine: isWhole(outcome) && outcome.what === 'ended' && outcome.afterMs < 5_000, figures: outcome }
      } finally {
        await own.close()
      }
    },
  },
]
