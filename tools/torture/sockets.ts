import { chanceFrom } from '../../e2e/kit/chance.ts'
import { runFlood } from '../../e2e/kit/flood.ts'
import { runHalfOpen, runStuckReaders } from '../../e2e/kit/half-open.ts'
import { runStorm } from '../../e2e/kit/storm.ts'
import { runSwaps } from '../../e2e/kit/swaps.ts'
import { onServer, type TortureRow } from './row.ts'

export const sockets: readonly TortureRow[] = [
  {
    name: 'flood',
    rows: '20',
    about: 'one station sends 5,000 messages a second; its neighbours',
    run: ({ stations }) =>
      onServer({}, async ({ server }, network) => {
        const outcome = await runFlood(server(), network, {
          neighbours: stations ?? 50,
          quietMs: 10_000,
          messagesPerSecond: 5_000,
        })
        const { closeCode, closedAfterMs, grownMb, floodP99Ms, quietP99Ms } = outcome
        const fine =
          closeCode === 1008 && closedAfterMs < 10_000 && grownMb < 50 && floodP99Ms <= Math.max(2 * quietP99Ms, 20)
        return { fine, figures: outcome }
      }),
  },
  {
    name: 'storm',
    rows: '18',
    about: 'all stations lose their connection at once and come back',
    run: ({ times = 10_000 }) =>
      onServer({}, async ({ server }, network) => {
        const outcome = await runStorm(server(), network, { stations: times, atOnce: 200 })
        const fine =
          outcome.failed === 0 && outcome.booted === times && outcome.backAfterMs < 60_000 && outcome.residentMb < 1_500
        return { fine, figures: outcome }
      }),
  },
  {
    name: 'two-sockets',
    rows: '16',
    about: 'one identity, two sockets; a server that slept while its station went elsewhere',
    run: ({ full, seed }) =>
      onServer({}, async ({ server, openOwner }, network) => {
        const pauses = full ? { pauses: 100, pauseMs: 30_000 } : { pauses: 10, pauseMs: 5_000 }
        const outcome = await runSwaps({ server: server(), openOwner }, network, {
          swaps: 150,
          chance: chanceFrom(seed),
          ...pauses,
        })
        const { wrongSessions, commandsToOlder, writesByOlder } = outcome
        return { fine: wrongSessions.length + commandsToOlder + writesByOlder === 0, figures: outcome }
      }),
  },
  {
    name: 'half-open',
    rows: '26',
    waits: true,
    about: 'a connection that is dead and tells nobody',
    run: () =>
      onServer({}, async ({ server }, network) => {
        const outcome = await runHalfOpen(server(), network)
        return { fine: outcome.noticedAfterMs < 62_000 && outcome.commandEndedAfterMs < 32_000, figures: outcome }
      }),
  },
  {
    name: 'stuck-readers',
    rows: '27',
    waits: true,
    about: '100 readers of live events who read nothing',
    run: ({ times = 100, stations, full }) =>
      onServer({}, async ({ server }, network) => {
        const outcome = await runStuckReaders(server(), network, {
          readers: times,
          stations: stations ?? 50,
          seconds: full ? 3_600 : 90,
        })
        return { fine: outcome.grownMb < 100 && outcome.read > 0, figures: outcome }
      }),
  },
]
