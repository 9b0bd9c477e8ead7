import { fileURLToPath } from 'node:url'
import { Command } from 'commander'
import { useCluster } from '../e2e/kit/cluster.ts'
import type { TestCluster } from '../server/src/platform/testing.ts'
import startCluster from '../server/src/platform/testing-setup.ts'
import { type RowEnd, runAsProcess, runInLanes, tortureRows, type TortureRow, type Wishes } from './torture/index.ts'

/**
 * `npm run torture`: the long forms of what the tests show in short (docs/when-parts-fail.md), two at a time, within an hour. A seed that
 * fails is kept as a case. `npm run torture -- kills --times 200 --stations 100 --seed 7` runs one.
 */
const whole = (text: string): number => {
  if (!/^\d+$/.test(text)) throw new RangeError(`${text} is no whole number`)
  return Number(text)
}

/** The run of all rows ends within an hour; some of it is left for what must be cleared away. */
const MOST_MS = 58 * 60_000

const program = new Command('torture')
  .description('reliability tests that take long')
  .argument('[rows...]', `which; all when none is named: ${tortureRows.map(({ name }) => name).join(', ')}`)
  .option('--full', 'what takes longer than an hour', false)
  .option('--seed <number>', 'for all chances', whole, 1)
  .option('--times <count>', 'how often, or how many: what a row counts', whole)
  .option('--stations <count>', 'how many stations', whole)
  .addHelpText(
    'after',
    `\n${tortureRows.map(({ name, rows, about }) => `  ${name.padEnd(20)} (${rows}) ${about}`).join('\n')}`,
  )
  .parse()

const wanted = program.args
const unknown = wanted.filter((name) => !tortureRows.some((row) => row.name === name))
if (unknown.length > 0) {
  console.error(`There is no row ${unknown.join(', ')}. There are ${tortureRows.map(({ name }) => name).join(', ')}.`)
  process.exit(2)
}
const options = program.opts<Omit<Wishes, 'times' | 'stations'> & Partial<Wishes>>()
const wishes: Wishes = { times: undefined, stations: undefined, ...options }
const rows = tortureRows.filter(({ name }) => wanted.length === 0 || wanted.includes(name))

const lineOf = ({ row, state, why, seconds }: RowEnd): string =>
  `${state.padEnd(8)} ${row.name}${why === undefined ? ` (${seconds} s)` : `: ${why}`}`

const [only] = rows
const ends = only !== undefined && rows.length === 1 ? [await runHere(only)] : await runAll()
console.log(`\n${ends.map(lineOf).join('\n')}`)
// A row that failed in the middle may leave sockets behind that would keep this alive.
process.exit(ends.every(({ state }) => state === 'ok' || (state === 'not run' && wanted.length === 0)) ? 0 : 1)

async function runAll(): Promise<readonly RowEnd[]> {
  const began = performance.now()
  const words = [`--seed=${wishes.seed}`, ...(wishes.full ? ['--full'] : [])]
  if (wishes.times !== undefined) words.push(`--times=${wishes.times}`)
  if (wishes.stations !== undefined) words.push(`--stations=${wishes.stations}`)
  const all = await runInLanes({
    rows,
    run: (row, leftMs, lane) => runAsProcess(fileURLToPath(import.meta.url), [row.name, ...words], leftMs, lane),
    withinMs: wishes.full ? Infinity : MOST_MS,
    now: () => performance.now(),
    onEnd: (end) => console.log(lineOf(end)),
  })
  console.log(`\n${Math.round((performance.now() - began) / 60_000)} minutes in all`)
  return all
}

async function runHere(row: TortureRow): Promise<RowEnd> {
  const why = row.hindered?.()
  if (why !== undefined) return { row, state: 'not run', why, seconds: 0 }
  let stop: (() => Promise<void>) | undefined
  let cluster: Promise<TestCluster> | undefined
  const start = (): Promise<TestCluster> =>
    new Promise((resolve, reject) => {
      const provide = (_: 'cluster', made: TestCluster): void => resolve(made)
      startCluster({ provide } as never).then((end) => (stop = end), reject)
    })
  useCluster(() => (cluster ??= start()))
  console.log(`\n${row.name} (${row.rows}): ${row.about}`)
  const began = performance.now()
  const verdict = await row.run(wishes).catch((error: Error) => ({ fine: false, figures: error.stack }))
  const seconds = Math.round((performance.now() - began) / 1_000)
  console.log(typeof verdict.figures === 'string' ? verdict.figures : JSON.stringify(verdict.figures, null, 2))
  await stop?.()
  return { row, state: verdict.fine ? 'ok' : 'FAILED', seconds }
}
