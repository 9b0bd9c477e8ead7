import { chanceFrom } from '../../e2e/kit/chance.ts'
import { runFailPoints } from '../../e2e/kit/fail-points.ts'
import { type FieldAtRest } from '../../e2e/kit/field.ts'
import { interruptFirstStart, measureFirstStart } from '../../e2e/kit/interrupted-start.ts'
import { type KillsInput, runKills } from '../../e2e/kit/kills.ts'
import { freshOptions, removeDataDir, startInVain, startServer } from '../../e2e/kit/server.ts'
import { makeCutDisk } from '../../e2e/kit/spoilt-disk.ts'
import { isWhole, needsMounts, type TortureRow, type Verdict, type Wishes } from './row.ts'

async function kills(input: Partial<KillsInput> & { times: number; stations: number }, seed: number): Promise<Verdict> {
  const outcome = await runKills({ lifeMs: [200, 6_000], chance: chanceFrom(seed), ...input })
  return { fine: isWhole(outcome), figures: outcome }
}

async function powerCuts(wishes: Wishes, isControl: boolean): Promise<Verdict> {
  const disk = makeCutDisk()
  const input: KillsInput = {
    times: isControl ? 5 : (wishes.times ?? (wishes.full ? 50 : 10)),
    stations: wishes.stations ?? 20,
    lifeMs: [500, 4_000],
    chance: chanceFrom(wishes.seed),
    dataDir: disk.folder,
    async crash(server) {
      disk.cut()
      await server.kill()
      disk.comeBack()
    },
    ...(isControl ? { withoutFsync: true, isEnough: ({ missing }) => missing.length > 0 } : {}),
  }
  try {
    const outcome = await runKills(input)
    return { fine: isControl ? outcome.missing.length > 0 : isWhole(outcome), figures: outcome }
  } finally {
    disk.remove()
  }
}

export const crashes: readonly TortureRow[] = [
  {
    name: 'fail-points',
    rows: '9',
    about: 'death at each fail point that the code passes',
    async run({ times, stations, seed }) {
      const outcome = await runFailPoints({ times: times ?? 20, stations: stations ?? 6, chance: chanceFrom(seed) })
      return {
        fine: isWhole(outcome) && outcome.notReached.length === 0 && outcome.unresolved.length === 0,
        figures: outcome,
      }
    },
  },
  {
    name: 'kills',
    rows: '1',
    about: 'kill -9 of Node and every PostgreSQL process under load; nothing acknowledged may be missing',
    run: ({ times, stations, full, seed }) =>
      kills({ times: times ?? (full ? 200 : 50), stations: stations ?? 50 }, seed),
  },
  {
    name: 'kills-control',
    rows: '1',
    about: 'the same with commits answered before they are durable: this must be found out',
    async run({ stations, seed }) {
      const isEnough: KillsInput['isEnough'] = ({ missing }) => missing.length > 0
      const control = { times: 10, stations: stations ?? 30, answersBeforeCommit: true, isEnough }
      const { figures } = await kills(control, seed)
      return { fine: (figures as FieldAtRest).missing.length > 0, figures }
    },
  },
  {
    name: 'power-cuts',
    rows: '2',
    about: 'the machine dies: what was not synced is gone',
    hindered: needsMounts,
    run: (wishes) => powerCuts(wishes, false),
  },
  {
    name: 'power-cuts-control',
    rows: '2',
    about: 'the same with fsync off: this must be found out',
    hindered: needsMounts,
    run: (wishes) => powerCuts(wishes, true),
  },
  {
    name: 'first-starts',
    rows: '25',
    about: 'kill -9 at random moments of the first start; the next start must succeed',
    async run({ times = 100, seed }) {
      const chance = chanceFrom(seed)
      const lastsMs = await measureFirstStart()
      const moments = Array.from({ length: times }, () => Math.round(chance() * lastsMs))
      const failed: string[] = []
      // Two at a time: there are two cores.
      const worker = async (): Promise<void> => {
        for (let moment = moments.pop(); moment !== undefined; moment = moments.pop())
          await interruptFirstStart(moment).catch((error: Error) => failed.push(`after ${moment} ms: ${error.message}`))
      }
      await Promise.all([worker(), worker()])
      return { fine: failed.length === 0, figures: { times, failed } }
    },
  },
  {
    name: 'second-starts',
    rows: '24',
    about: 'a second server on the same data is refused every time',
    async run({ times = 100 }) {
      const options = await freshOptions()
      const server = await startServer(options)
      let refused = 0
      for (let n = 1; n <= times; n += 1) {
        const said = await startInVain(await freshOptions({ dataDir: options.dataDir }))
        if (said.code !== 0 && said.stderr.includes(`process ${server.pid}`)) refused += 1
      }
      await server.kill()
      removeDataDir(options.dataDir)
      return { fine: refused === times, figures: { times, refused } }
    },
  },
]
