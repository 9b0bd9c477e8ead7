import { Command } from 'commander'
import { useCluster } from '../e2e/kit/cluster.ts'
import type { TestCluster } from '../server/src/platform/testing.ts'
import startCluster from '../server/src/platform/testing-setup.ts'
import { tortureRows, type Wishes } from './torture/index.ts'

/**
 * `npm run torture`: the long forms of what the tests show in short (docs/when-parts-fail.md), one after the other, within an hour. A seed that
 * fails is kept as a case. `npm run torture -- kills --times 200 --stations 100 --seed 7` runs one.
 */
const whole = (text: string): number => {
  if (!/^\d+$/.test(text)) throw new RangeError(`${text} is no whole number`)
  return Number(text)
}

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

const stopCluster = await startCluster({
  provide: (_: 'cluster', cluster: TestCluster) => useCluster(cluster),
} as never)

const lines: string[] = []
let fine = true
for (const row of tortureRows.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
  const hindrance = row.hindered?.()
  if (hindrance !== undefined) {
    lines.push(`not run  ${row.name}: ${hindrance}`)
    console.log(lines.at(-1))
    continue
  }
  console.log(`\n${row.name} (${row.rows}): ${row.about}`)
  const began = performance.now()
  const verdict = await row.run(wishes).catch((error: Error) => ({ fine: false, figures: error.stack }))
  console.log(typeof verdict.figures === 'string' ? verdict.figures : JSON.stringify(verdict.figures, null, 2))
  fine &&= verdict.fine
  lines.push(
    `${verdict.fine ? 'ok    ' : 'FAILED'}   ${row.name} (${Math.round((performance.now() - began) / 1_000)} s)`,
  )
  console.log(lines.at(-1))
}
await stopCluster()
console.log(`\n${lines.join('\n')}`)
process.exitCode = fine ? 0 : 1
