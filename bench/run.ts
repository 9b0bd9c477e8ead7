/**
 * `npm run bench`: how many meter values and sessions a second are durably taken, beside the bare reference server in
 * the same run, alternating. Prints medians and ratios, and what a message costs: CPU of Node, of PostgreSQL and of the
 * generator, and of our server its database transactions.
 *
 *   --stations 100  --rounds 3  --seconds 8  --only meter|session
 *   --reference-only           without our server
 *   --floor 0.3                exit status 1 when a ratio is below it
 *   --database postgres://…    for the reference, instead of the embedded PostgreSQL
 */
import { parseArgs } from 'node:util'
import { type Cost, measure } from './cost.ts'
import type { Load } from './generator.ts'
import { type Side, startOurs, startReference } from './sides.ts'

const scenarios = ['meter', 'session'] as const
type Scenario = Load['scenario']

const nouns: Readonly<Record<Scenario, string>> = { meter: 'meter values', session: 'sessions' }
const WARM_UP_SECONDS = 1

const { values } = parseArgs({
  options: {
    stations: { type: 'string', default: '100' },
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '8' },
    only: { type: 'string' },
    floor: { type: 'string' },
    database: { type: 'string' },
    // Leaves a CPU profile of our server in this folder, to be opened in a browser's developer tools.
    profile: { type: 'string' },
    'reference-only': { type: 'boolean', default: false },
  },
})

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b)
  const middle = sorted.length / 2
  return ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle) - 1] ?? 0)) / 2
}

function figures({ loaded, nodeMicros, postgresMicros, generatorMicros, transactions }: Cost): string {
  const rate = `${loaded.perSecond.toFixed(0).padStart(6)}/s`
  const times = `p50 ${loaded.median.toFixed(1)} ms   p99 ${loaded.p99.toFixed(1)} ms`
  const cpu = [nodeMicros, postgresMicros, generatorMicros].map((micros) => micros.toFixed(0)).join(' + ')
  const database = transactions === undefined ? '' : `   ${transactions.toFixed(0)} transactions per 1,000`
  return `${rate}   ${times}   CPU per message ${cpu} µs${database}`
}

/** A B A B: whatever slows the machine meanwhile slows both. */
async function alternate(scenario: Scenario, sides: readonly Side[]): Promise<ReadonlyMap<Side['name'], Cost[]>> {
  const costs = new Map<Side['name'], Cost[]>(sides.map(({ name }) => [name, []]))
  for (let round = 1; round <= Number(values.rounds); round += 1) {
    for (const side of sides) {
      const cost = await measure(side, { scenario, warmUpSeconds: WARM_UP_SECONDS, seconds: Number(values.seconds) })
      costs.get(side.name)?.push(cost)
      console.log(`${nouns[scenario].padEnd(12)}  round ${round}  ${side.name.padEnd(9)} ${figures(cost)}`)
    }
  }
  return costs
}

/** The lines of a scenario in the summary; the exit status when it is below the floor. */
function summarise(scenario: Scenario, costs: ReadonlyMap<Side['name'], readonly Cost[]>): readonly string[] {
  const of = (name: Side['name'], figure: (cost: Cost) => number): number => median((costs.get(name) ?? []).map(figure))
  const rate = (cost: Cost): number => cost.loaded.perSecond
  const cpu = (cost: Cost): number => cost.nodeMicros + cost.postgresMicros
  const rates = [`reference ${of('reference', rate).toFixed(0)}/s`]
  const cpus = [`reference ${of('reference', cpu).toFixed(0)} µs`]
  if (costs.has('ours')) {
    const ratio = of('ours', rate) / of('reference', rate)
    rates.unshift(`ours ${of('ours', rate).toFixed(0)}/s`)
    rates.push(`ratio ${ratio.toFixed(2)}`)
    if (ratio < Number(values.floor ?? 0)) {
      rates.push(`below ${values.floor}`)
      process.exitCode = 1
    }
    cpus.unshift(`ours ${of('ours', cpu).toFixed(0)} µs`)
    cpus.push(`times the reference's ${(of('ours', cpu) / of('reference', cpu)).toFixed(2)}`)
    cpus.push(`${of('ours', (cost) => cost.transactions ?? 0).toFixed(0)} transactions per 1,000 messages`)
  }
  return [
    `${nouns[scenario].padEnd(12)}  ${rates.join('   ')}`,
    `${''.padEnd(12)}  CPU of Node and PostgreSQL per message: ${cpus.join('   ')}`,
  ]
}

async function main(): Promise<void> {
  const stations = Number(values.stations)
  const sides: Side[] = []
  try {
    if (!values['reference-only']) sides.push(await startOurs(stations, values.profile))
    sides.push(await startReference(stations, values.database))
    const summary: string[] = []
    for (const scenario of scenarios.filter((name) => values.only === undefined || values.only === name)) {
      summary.push(...summarise(scenario, await alternate(scenario, sides)))
    }
    console.log('\nCPU per message: Node + PostgreSQL + generator.')
    console.log(
      `${stations} stations, medians of ${values.rounds} rounds of ${values.seconds} s:\n${summary.join('\n')}`,
    )
  } finally {
    for (const side of sides) await side.stop()
  }
}

await main()
