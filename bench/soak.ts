import fs from 'node:fs'
import { join } from 'node:path'
import { halfTheMaximum } from './compare.ts'
import { openHistogram } from './histogram.ts'
import type { Load } from './load.ts'
import { isVacuuming, machineTime, type Memory, memoryOf } from './processes.ts'
import type { OurSide } from './sides.ts'
import { table } from './summary.ts'

interface Part {
  /** At its end, since the soak began. */
  readonly minute: number
  readonly memory: Memory
  readonly messages: number
  readonly p50: number
  readonly p99: number
  readonly p999: number
  readonly checkpoints: number
  readonly vacuumSeconds: number
  /** What the machine's host took of it for others, in percent: what waits then, waits for the host. */
  readonly stolenPercent: number
}

/** Growth from one to the next by least squares. */
export function slope(values: readonly number[]): number {
  const n = values.length
  const middle = (n - 1) / 2
  const mean = values.reduce((sum, value) => sum + value, 0) / n
  const spread = values.reduce((sum, _, at) => sum + (at - middle) ** 2, 0)
  return spread === 0 ? 0 : values.reduce((sum, value, at) => sum + (at - middle) * (value - mean), 0) / spread
}

/** The control file of PostgreSQL is written at each checkpoint. */
function controlFileOf(folder: string): string | undefined {
  const found = fs.globSync('**/global/pg_control', { cwd: folder })[0]
  return found === undefined ? undefined : join(folder, found)
}

type DatabaseSeen = Pick<Part, 'checkpoints' | 'vacuumSeconds'>

/** What happens in the database meanwhile, looked at once a second. */
function watchDatabase(ours: OurSide): { take(): DatabaseSeen; close(): void } {
  const file = controlFileOf(ours.folder)
  const written = (): number => (file === undefined ? 0 : fs.statSync(file).mtimeMs)
  let last = written()
  let [checkpoints, vacuumSeconds] = [0, 0]
  const timer = setInterval(() => {
    if (written() !== last) checkpoints += 1
    last = written()
    if (isVacuuming(ours.pid)) vacuumSeconds += 1
  }, 1_000)
  return {
    take() {
      const seen = { checkpoints, vacuumSeconds }
      checkpoints = 0
      vacuumSeconds = 0
      return seen
    },
    close: () => clearInterval(timer),
  }
}

function watchHost(): () => number {
  let last = machineTime()
  return () => {
    const now = machineTime()
    const percent = (100 * (now.stolen - last.stolen)) / Math.max(1, now.all - last.all)
    last = now
    return percent
  }
}

const MEGA = 1e6
/** Parts of a short soak; else a part is a minute. */
const LEAST_PARTS = 5
const SETTLING_MINUTES = 5

/** At half the maximum for long: does memory grow, do the times hold through checkpoints and vacuum? */
export async function soak(ours: OurSide, load: Load, minutes: number): Promise<void> {
  const messagesPerSecond = await halfTheMaximum([ours], load)
  const partSeconds = Math.min(60, (minutes * 60) / LEAST_PARTS)
  console.log(`\nsoak, ${load.stations.length} stations, ${minutes} minutes`)
  const database = watchDatabase(ours)
  const stolenPercent = watchHost()
  const seen: Part[] = []
  try {
    await ours.generator.run(
      { ...load, seconds: minutes * 60, messagesPerSecond, partSeconds },
      {
        part(times) {
          const histogram = openHistogram(times)
          const measured: Part = {
            minute: ((seen.length + 1) * partSeconds) / 60,
            memory: memoryOf(ours.pid),
            messages: histogram.count,
            p50: histogram.at(0.5),
            p99: histogram.at(0.99),
            p999: histogram.at(0.999),
            ...database.take(),
            stolenPercent: stolenPercent(),
          }
          seen.push(measured)
          console.log(`  ${cells(measured).join('   ')}`)
        },
      },
    )
  } finally {
    database.close()
  }
  const settled = seen.slice(Math.min((SETTLING_MINUTES * 60) / partSeconds, Math.floor(seen.length / 2)))
  const growth = (of: (minute: Part) => number): string => ((slope(settled.map(of)) * 60) / partSeconds).toFixed(2)
  console.log(
    table(
      [
        'minute',
        'messages',
        'p50 ms',
        'p99 ms',
        'p99.9 ms',
        'Node MB',
        'PostgreSQL MB',
        'checkpoints',
        'vacuum s',
        'stolen %',
      ],
      seen.map(cells),
    ),
  )
  console.log(
    `From minute ${settled[0]?.minute.toFixed(1) ?? 0} on, a minute adds ${growth(({ memory }) => memory.node / MEGA)} MB to Node, ` +
      `${growth(({ memory }) => memory.postgres / MEGA)} MB to PostgreSQL and ${growth(({ p99 }) => p99)} ms to the p99.`,
  )
}

function cells({
  minute,
  messages,
  p50,
  p99,
  p999,
  memory,
  checkpoints,
  vacuumSeconds,
  stolenPercent,
}: Part): string[] {
  return [
    minute.toFixed(1),
    String(messages),
    ...[p50, p99, p999].map((ms) => ms.toFixed(1)),
    (memory.node / MEGA).toFixed(0),
    (memory.postgres / MEGA).toFixed(0),
    String(checkpoints),
    String(vacuumSeconds),
    stolenPercent.toFixed(0),
  ]
}
