/**
 * `npm run bench`: our server beside a bare reference in the same run, alternating; prints medians, ratios, and what a
 * message costs. Ends with status 1 when a figure does not reach its floor (matrix.ts). bench/README.md says how to read it.
 *
 *   --quick                    about a minute: 100 stations, fewer and shorter rounds, no memory
 *   --only meter,session,…     also heartbeat, open, tenants, connect, memory, slow-disk
 *   --stations 100,1000  --versions 1.6,2.0.1,mixed  --tenants one,equal,uneven
 *   --rounds 3  --seconds 2
 *   --floor 0.3                instead of the floors of the rates
 *   --reference-only           without our server
 *   --database postgres://…    for the reference, instead of the embedded PostgreSQL
 *   --memory-stations 10000  --fsync-delays 1,10
 *   --profile docs             only takes a profile of our server, and leaves it and a flame graph in this folder
 *   --soak 30m                 only runs our server at half its maximum for so long
 */
import { spawnSync } from 'node:child_process'
import { compare, type Compared } from './compare.ts'
import { fsyncMillis } from './disk.ts'
import { type Cell, cellsOf, floorsOf, pick, planFor, versionChoices } from './matrix.ts'
import { memoryPerStation } from './memory.ts'
import { type Options, readOptions } from './options.ts'
import { profile } from './profile.ts'
import { type Plan, plannedStations } from './set-up.ts'
import { type OurSide, type Side, startOurs, startReference } from './sides.ts'
import { soak } from './soak.ts'
import { comparedTable, type Judged, judge, verdict } from './summary.ts'

const timed = async <T>(what: string, act: () => Promise<T>): Promise<T> => {
  const began = performance.now()
  const result = await act()
  console.log(`${what}: ${((performance.now() - began) / 1000).toFixed(1)} s`)
  return result
}

async function withOurs<T>(plan: Plan, act: (ours: OurSide) => Promise<T>, fsyncDelayMs = 0): Promise<T> {
  const stations = plan.stations.reduce((sum, count) => sum + count, 0)
  const ours = await timed(`our server, started and ${stations} stations set up through REST`, () =>
    startOurs({ plan, fsyncDelayMs }),
  )
  try {
    return await act(ours)
  } finally {
    await ours.stop()
  }
}

async function withReference<T>(plan: Plan, options: Options, act: (side: Side) => Promise<T>, delay = 0): Promise<T> {
  const { database } = options
  const side = await startReference({ plan, fsyncDelayMs: delay, ...(database === undefined ? {} : { database }) })
  try {
    return await act(side)
  } finally {
    await side.stop()
  }
}

async function compareAll(cells: readonly Cell[], sides: readonly Side[], plan: Plan, { timing }: Options) {
  const planned = plannedStations(plan)
  const all: Compared[] = []
  for (const cell of cells) all.push(await compare(cell, sides, { planned, timing }))
  return all
}

/** Both servers with a disk that takes longer for each fsync. No floors: there is none in the table. */
async function slowDisks(options: Options): Promise<void> {
  if (spawnSync('strace', ['-V']).status !== 0) {
    console.log('\nslow disks: left out, as strace is absent (it delays each fsync). Install it and run again.')
    return
  }
  const cells = cellsOf({ versions: ['mixed'], stations: [100], ...options.choice, only: ['meter', 'session'] })
  const plan = planFor(cells)
  for (const delay of options.fsyncDelaysMs) {
    console.log(`\n${delay} ms added to each fsync`)
    const all = await withOurs(
      plan,
      (ours) => withReference(plan, options, (reference) => compareAll(cells, [ours, reference], plan, options), delay),
      delay,
    )
    console.log(`\n${delay} ms added to each fsync\n${comparedTable(all)}`)
  }
}

/** Our server alone, under one load. */
async function alone(options: Options): Promise<void> {
  const { soakMinutes, profile: folder, choice, timing } = options
  const [scenario] = cellsOf({ only: ['meter'], ...choice })
  const stations = choice.stations?.[0] ?? 100
  const cell: Omit<Cell, 'floors'> = {
    scenario: scenario?.scenario ?? 'meter',
    stations,
    versions: choice.versions?.[0] ?? 'mixed',
    layout: choice.layouts?.[0] ?? 'one',
    loop: 'closed',
  }
  const plan = planFor([{ ...cell, floors: floorsOf(cell) }])
  const load = {
    scenario: cell.scenario,
    stations: pick(plannedStations(plan), stations, cell.layout),
    versions: versionChoices[cell.versions] ?? [],
    ...timing,
  }
  await withOurs(plan, async (ours) => {
    if (folder !== undefined) await profile(ours, load, folder)
    if (soakMinutes !== undefined) await soak(ours, load, soakMinutes)
  })
}

async function everything(options: Options): Promise<void> {
  const { choice, timing, memoryStations, isReferenceOnly } = options
  const cells = cellsOf(choice)
  const wantsMemory = !isReferenceOnly && (choice.only?.includes('memory') ?? choice.isQuick !== true)
  const plan = planFor(cells, wantsMemory ? memoryStations : 0)
  const judgements: Judged[] = []
  const measured = async (sides: readonly Side[]): Promise<void> => {
    const all = await compareAll(cells, sides, plan, options)
    if (all.length > 0)
      console.log(`\nMedians of ${timing.rounds} rounds of ${timing.seconds} s\n${comparedTable(all)}`)
    judgements.push(...all.flatMap(judge))
  }
  if (isReferenceOnly) await withReference(plan, options, (reference) => measured([reference]))
  else if (cells.length > 0 || wantsMemory) {
    await withOurs(plan, async (ours) => {
      if (cells.length > 0) await withReference(plan, options, (reference) => measured([ours, reference]))
      if (!wantsMemory) return
      const stations = pick(plannedStations(plan), memoryStations, 'one')
      judgements.push(...(await memoryPerStation(ours, stations)))
    })
  }
  if (choice.only?.includes('slow-disk')) await slowDisks(options)
  if (judgements.length > 0) console.log(`\n${verdict(judgements)}`)
  if (judgements.some(({ isEnough }) => !isEnough)) process.exitCode = 1
}

/** Undefined when the arguments or the machine are not fit; why was said. */
function fitOptions(): Options | undefined {
  try {
    const options = readOptions(process.argv.slice(2))
    console.log(`an fsync of one block takes ${fsyncMillis().toFixed(2)} ms here`)
    return options
  } catch (error) {
    console.error((error as Error).message)
    return undefined
  }
}

const options = fitOptions()
if (options === undefined) process.exit(2)
// Whoever stops us stops the servers that we started.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))
const isAlone = options.profile !== undefined || options.soakMinutes !== undefined
await timed('altogether', () => (isAlone ? alone(options) : everything(options)))
// A child that was killed for a failure elsewhere must not keep us.
process.exit()
