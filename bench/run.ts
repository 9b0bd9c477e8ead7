/**
 * `npm run bench`: how many meter values and sessions a second are durably taken, beside the bare reference server in
 * the same run, alternating. Prints medians and ratios.
 *
 *   --stations 100  --rounds 3  --seconds 8  --only meter|session
 *   --reference-only           without our server
 *   --floor 0.3                exit status 1 when a ratio is below it
 *   --database postgres://…    for the reference, instead of the embedded PostgreSQL
 */
import { parseArgs } from 'node:util'
import { load } from './children.ts'
import type { Load, Loaded } from './generator.ts'
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

function figures({ perSecond, median: half, p99 }: Loaded): string {
  return `${perSecond.toFixed(0).padStart(6)}/s   median ${half.toFixed(1)} ms   99 of 100 within ${p99.toFixed(1)} ms`
}

/** A B A B: whatever slows the machine meanwhile slows both. */
async function alternate(scenario: Scenario, sides: readonly Side[]): Promise<ReadonlyMap<Side['name'], number>> {
  const rates = new Map<Side['name'], number[]>(sides.map(({ name }) => [name, []]))
  for (let round = 1; round <= Number(values.rounds); round += 1) {
    for (const { name, stations } of sides) {
      const seconds = Number(values.seconds)
      const loaded = await load({ scenario, warmUpSeconds: WARM_UP_SECONDS, seconds, stations })
      rates.get(name)?.push(loaded.perSecond)
      console.log(`${nouns[scenario].padEnd(12)}  round ${round}  ${name.padEnd(9)} ${figures(loaded)}`)
    }
  }
  return new Map([...rates].map(([name, all]) => [name, median(all)]))
}

async function main(): Promise<void> {
  const stations = Number(values.stations)
  const sides: Side[] = []
  const floor = values.floor === undefined ? 0 : Number(values.floor)
  try {
    if (!values['reference-only']) sides.push(await startOurs(stations, values.profile))
    sides.push(await startReference(stations, values.database))
    const summary: string[] = []
    for (const scenario of scenarios.filter((name) => values.only === undefined || values.only === name)) {
      const rates = await alternate(scenario, sides)
      const [ours, reference] = [rates.get('ours'), rates.get('reference') ?? 0]
      const parts = [`reference ${reference.toFixed(0)}/s`]
      if (ours !== undefined) {
        const ratio = ours / reference
        parts.unshift(`ours ${ours.toFixed(0)}/s`)
        parts.push(`ratio ${ratio.toFixed(2)}`)
        if (ratio < floor) {
          parts.push(`below ${floor}`)
          process.exitCode = 1
        }
      }
      summary.push(`${nouns[scenario].padEnd(12)}  ${parts.join('   ')}`)
    }
    console.log(
      `\n${stations} stations, medians of ${values.rounds} rounds of ${values.seconds} s:\n${summary.join('\n')}`,
    )
  } finally {
    for (const side of sides) await side.stop()
  }
}

await main()
