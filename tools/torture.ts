import { Command } from 'commander'
import { chanceFrom } from '../e2e/kit/chance.ts'
import { interruptFirstStart, measureFirstStart } from '../e2e/kit/interrupted-start.ts'
import { runKills } from '../e2e/kit/kills.ts'
import { freshOptions, removeDataDir, startInVain, startServer } from '../e2e/kit/server.ts'

/**
 * The long forms of what the tests show in short: the same functions, more often. A seed that fails is kept as a case.
 * `npm run torture -- kills --times 200 --stations 100 --seed 7`
 */
const torture = new Command('torture').description('reliability tests that take long (guides/trust.md, rows 1, 24, 25)')

torture
  .command('kills')
  .description('kill -9 of Node and every PostgreSQL process under load; nothing acknowledged may be missing')
  .option('--times <count>', 'how many kills', Number, 50)
  .option('--stations <count>', 'how many simulated stations', Number, 50)
  .option('--seed <number>', 'for the moments', Number, 1)
  .option('--longest <seconds>', 'between a start and its kill', Number, 10)
  .option('--control', 'commits are answered before they are durable: this must fail', false)
  .action(async (wishes: { times: number; stations: number; seed: number; longest: number; control: boolean }) => {
    const outcome = await runKills({
      times: wishes.times,
      stations: wishes.stations,
      lifeMs: [200, wishes.longest * 1_000],
      chance: chanceFrom(wishes.seed),
      answersBeforeCommit: wishes.control,
      onKill: (n, seen) =>
        console.log(
          `kill ${n}: ${seen.acknowledged} acknowledged, ${seen.missing.length} missing, ${seen.sessionsEnded} sessions ended`,
        ),
    })
    console.log(JSON.stringify(outcome, null, 2))
    finish(outcome.missing.length === 0 && outcome.notOnce.length === 0 && outcome.refused === 0)
  })

torture
  .command('first-starts')
  .description('kill -9 at random moments of the first start; the next start must succeed')
  .option('--times <count>', 'how many', Number, 100)
  .option('--seed <number>', 'for the moments', Number, 1)
  .action(async ({ times, seed }: { times: number; seed: number }) => {
    const chance = chanceFrom(seed)
    const lastsMs = await measureFirstStart()
    let started = 0
    for (let n = 1; n <= times; n += 1) {
      const momentMs = Math.round(chance() * lastsMs)
      try {
        await interruptFirstStart(momentMs)
        started += 1
      } catch (error) {
        console.log(`after ${momentMs} ms: ${(error as Error).message}`)
      }
    }
    console.log(`${started} of ${times} started`)
    finish(started === times)
  })

torture
  .command('second-starts')
  .description('a second server on the same data is refused every time')
  .option('--times <count>', 'how many', Number, 100)
  .action(async ({ times }: { times: number }) => {
    const options = await freshOptions()
    const server = await startServer(options)
    let refused = 0
    for (let n = 1; n <= times; n += 1) {
      const said = await startInVain(await freshOptions({ dataDir: options.dataDir }))
      if (said.code !== 0 && said.stderr.includes(`process ${server.pid}`)) refused += 1
    }
    await server.kill()
    removeDataDir(options.dataDir)
    console.log(`${refused} of ${times} refused`)
    finish(refused === times)
  })

function finish(fine: boolean): void {
  process.exitCode = fine ? 0 : 1
}

await torture.parseAsync()
