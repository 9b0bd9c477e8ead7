import { type Cost, measure } from './cost.ts'
import { openHistogram } from './histogram.ts'
import { type Load, messagesOf } from './load.ts'
import { type Cell, pick, versionChoices } from './matrix.ts'
import { quiet, totalCpuMs } from './processes.ts'
import type { Planned } from './set-up.ts'
import type { Side } from './sides.ts'

export interface Timing {
  readonly rounds: number
  readonly seconds: number
  readonly warmUpSeconds: number
}

/** Medians of all rounds of one side; the times of all rounds together. */
export interface Figures {
  readonly perSecond: number
  readonly nodeMicros: number
  readonly postgresMicros: number
  readonly generatorMicros: number
  readonly transactions: number | undefined
  readonly p50: number
  readonly p99: number
  readonly p999: number
  readonly latenessMs: number
}

export interface Compared {
  readonly cell: Cell
  readonly ours: Figures | undefined
  readonly reference: Figures
  /** Of the open loop. */
  readonly messagesPerSecond: number | undefined
}

export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b)
  const middle = sorted.length / 2
  return ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle) - 1] ?? 0)) / 2
}

function figuresOf(costs: readonly Cost[], { scenario }: Cell): Figures {
  const of = (figure: (cost: Cost) => number): number => median(costs.map(figure))
  return {
    perSecond: of(({ messagesPerSecond }) => messagesPerSecond / messagesOf[scenario]),
    nodeMicros: of(({ nodeMicros }) => nodeMicros),
    postgresMicros: of(({ postgresMicros }) => postgresMicros),
    generatorMicros: of(({ generatorMicros }) => generatorMicros),
    transactions: costs[0]?.transactions === undefined ? undefined : of(({ transactions }) => transactions ?? 0),
    p50: of(({ p50 }) => p50),
    p99: of(({ p99 }) => p99),
    p999: openHistogram(...costs.map(({ times }) => times)).at(0.999),
    latenessMs: of(({ latenessMs }) => latenessMs),
  }
}

export function cellName({ scenario, stations, versions, layout, loop }: Cell): string {
  const tenants = { one: '', equal: ', 20 tenants', uneven: ', 20 tenants, one with 90 %' }[layout]
  return `${scenario}${loop === 'open' ? ' at half' : ''}, ${versions}, ${stations} stations${tenants}`
}

function roundLine({ name }: Side, cost: Cost): string {
  const { messagesPerSecond, p50, p99, nodeMicros, postgresMicros, generatorMicros, transactions } = cost
  const cpu = [nodeMicros, postgresMicros, generatorMicros].map((micros) => micros.toFixed(0)).join(' + ')
  const database = transactions === undefined ? '' : `   ${transactions.toFixed(0)} transactions per 1,000`
  const rate = `${messagesPerSecond.toFixed(0).padStart(6)} messages/s`
  return `${name.padEnd(9)} ${rate}   p50 ${p50.toFixed(1)}  p99 ${p99.toFixed(1)} ms   CPU ${cpu} µs${database}`
}

const MUCH_LEFT_MS = 200

/** Work that a server put off until the load was over is a cost too: it is said when it is much. */
function leftOver({ cpuMs, isQuiet }: { readonly cpuMs: number; readonly isQuiet: boolean }): string {
  if (!isQuiet) return '   still busy 5 s later'
  return cpuMs > MUCH_LEFT_MS ? `   then ${cpuMs.toFixed(0)} ms of CPU more` : ''
}

const SECONDS_OF_A_MAXIMUM = 2

/** A B A B A B: whatever slows the machine meanwhile slows both. Neither begins before the other has come to rest. */
export async function compare(
  cell: Cell,
  sides: readonly Side[],
  { planned, timing }: { readonly planned: readonly Planned[]; readonly timing: Timing },
): Promise<Compared> {
  console.log(`\n${cellName(cell)}`)
  const load: Load = {
    scenario: cell.scenario,
    stations: pick(planned, cell.stations, cell.layout),
    versions: versionChoices[cell.versions] ?? [],
    warmUpSeconds: timing.warmUpSeconds,
    seconds: timing.seconds,
  }
  const messagesPerSecond = cell.loop === 'open' ? await halfTheMaximum(sides, load) : undefined
  const costs = new Map<Side['name'], Cost[]>(sides.map(({ name }) => [name, []]))
  for (let round = 1; round <= timing.rounds; round += 1) {
    for (const side of sides) {
      const cost = await measure(side, messagesPerSecond === undefined ? load : { ...load, messagesPerSecond })
      costs.get(side.name)?.push(cost)
      const before = totalCpuMs(side.pid)
      const isQuiet = await quiet(side.pid)
      const left = { cpuMs: totalCpuMs(side.pid) - before, isQuiet }
      console.log(`  round ${round}  ${roundLine(side, cost)}${leftOver(left)}`)
    }
  }
  const of = (name: Side['name']): Figures | undefined =>
    costs.has(name) ? figuresOf(costs.get(name) ?? [], cell) : undefined
  const reference = of('reference')
  if (reference === undefined) throw new Error('there is no reference to compare with')
  return { cell, ours: of('ours'), reference, messagesPerSecond }
}

/** Of ours (alone, the reference's), just before: the machine may be another one than a minute ago. */
export async function halfTheMaximum(sides: readonly Side[], load: Load): Promise<number> {
  const [first] = sides
  if (first === undefined) throw new Error('there is no server')
  const { messagesPerSecond } = await measure(first, { ...load, seconds: SECONDS_OF_A_MAXIMUM })
  console.log(
    `  at most ${messagesPerSecond.toFixed(0)} messages/s, so ${(messagesPerSecond / 2).toFixed(0)} by schedule`,
  )
  return messagesPerSecond / 2
}
