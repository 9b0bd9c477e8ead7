import { spawnSync } from 'node:child_process'
import { chanceFrom } from '../../e2e/kit/chance.ts'
import { fuzzSocket, fuzzWire } from '../../e2e/kit/fuzz.ts'
import { runDeadlines } from '../../e2e/kit/many-deadlines.ts'
import { addManyStations } from '../../e2e/kit/network.ts'
import { runRemoteStarts } from '../../e2e/kit/remote-starts.ts'
import { faultsIn, home } from '../../e2e/kit/server.ts'
import { bootOf, openStation } from '../../e2e/kit/station-socket.ts'
import { ocppVersions } from '../../ocpp/index.ts'
import { must } from '../../server/src/platform/result.ts'
import { noticedBy, plantedFaults } from '../planted-faults.ts'
import { onServer, type TortureRow, type Verdict } from './row.ts'

/** Test files with larger numbers than `npm test` gives them. */
function vitest(file: string, env: Readonly<Record<string, string>>): Verdict {
  const words = ['node_modules/vitest/vitest.mjs', 'run', file, '--testTimeout=3000000']
  const { status, stdout, stderr } = spawnSync(process.execPath, words, {
    cwd: home,
    encoding: 'utf8',
    maxBuffer: 100_000_000,
    env: { ...process.env, ...env, NO_COLOR: '1' },
  })
  const lines = stdout.trim().split('\n')
  // The seed and the counter-example, to be kept as a case.
  const failed =
    status === 0
      ? []
      : `${stdout}${stderr}`
          .split('\n')
          .filter((line) => line.trim() !== '')
          .slice(0, 120)
  return { fine: status === 0, figures: { ...env, said: lines.slice(-5), failed } }
}

export const messages: readonly TortureRow[] = [
  {
    name: 'planted-faults',
    rows: 'all',
    about: 'faults in machine, batch path, outbox, deadlines and policies: some test must notice each',
    async run() {
      const figures = plantedFaults.map((fault) => ({
        where: fault.where,
        what: fault.what,
        noticedBy: noticedBy(fault).slice(0, 3),
      }))
      return { fine: figures.every((one) => one.noticedBy.length > 0), figures }
    },
  },
  {
    name: 'permutations',
    rows: '10',
    about: 'orders and repetitions of a transaction’s reports: the same record for each',
    run: async ({ times, full }) =>
      vitest('server/src/sessions/rules/machine.test.ts', {
        PROPERTY_RUNS: String(times ?? (full ? 1_000_000 : 100_000)),
      }),
  },
  {
    name: 'repeats',
    rows: '3',
    about: 'every message up to five times over real sockets: one session and one record of each charge',
    run: async ({ times, full }) =>
      vitest('e2e/every-message-again.test.ts', { SESSIONS_EACH: String(times ?? (full ? 1_000 : 100)) }),
  },
  {
    name: 'remote-starts',
    rows: '13',
    about: '10 % of the replies lost: no double, no ghost, all resolved within two minutes',
    run: ({ times, stations, seed }) =>
      onServer({}, async (_, network) => {
        const input = {
          // Many side by side: each waits half a minute for an answer that was lost.
          stations: stations ?? 250,
          startsEach: times ?? 40,
          lost: 0.1,
          ignored: 0.002,
          chance: chanceFrom(seed),
        }
        const outcome = await runRemoteStarts(network, input)
        const open = [...outcome.doubles, ...outcome.ghosts, ...outcome.unresolved]
        return { fine: open.length === 0 && outcome.slowestMs < 120_000, figures: outcome }
      }),
  },
  {
    name: 'deadlines',
    rows: '17',
    about: 'each deadline acts once, over restarts',
    run: ({ times, seed }) =>
      onServer({}, async (faulty) => {
        const deadlines = times ?? 100_000
        const outcome = await runDeadlines(faulty, {
          deadlines,
          restarts: 50,
          overMs: 150_000,
          chance: chanceFrom(seed),
        })
        return { fine: outcome.never === 0 && outcome.twice === 0, figures: outcome }
      }),
  },
  {
    name: 'fuzz',
    rows: 'attacks 9 to 12',
    about: 'spoilt frames of each version: no crash, no prototype reached, always the answer that fits',
    run: ({ times = 1_000_000, seed }) =>
      onServer({ STATION_MESSAGES_PER_SECOND: '100000' }, async (faulty, network) => {
        const figures: Record<string, unknown> = {}
        let faults = 0
        for (const version of ocppVersions) {
          const wire = await fuzzWire(version, times, chanceFrom(seed))
          const [made] = await addManyStations(network, [`FUZZ-${version}`])
          const { identity, password } = must(made, 'the station')
          const wishes = { url: `${network.stationsUrl}/${identity}`, user: identity, password }
          const first = await openStation({ ...wishes, protocols: [version] })
          await first.call(...bootOf(version))
          await first.close()
          const sockets = await fuzzSocket(wishes, version, Math.min(times, 10_000), chanceFrom(seed + 1))
          faults += wire.faults.length + sockets.faults.length
          figures[version] = { wire, sockets }
        }
        const logged = faultsIn(faulty.server().stderr())
        return { fine: faults === 0 && logged.length === 0, figures: { ...figures, logged: logged.slice(0, 20) } }
      }),
  },
]
