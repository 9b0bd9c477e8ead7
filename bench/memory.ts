import { versionChoices } from './matrix.ts'
import { memoryOf, quiet } from './processes.ts'
import { type Judged, judged, table } from './summary.ts'
import type { OurSide } from './sides.ts'

const FLOOR_KB = 40
const IDLE_SECONDS = 15

interface Seen {
  readonly asItIs: number
  readonly collected: number
}

/**
 * Node's memory per station that is connected and says nothing. From a fresh start, so that no room left over from
 * setting up hides what connecting needs; both before and after as it stands after some idle seconds, and once more with
 * all garbage collected.
 */
export async function memoryPerStation(ours: OurSide, stations: readonly number[]): Promise<readonly Judged[]> {
  console.log(`\nmemory, ${stations.length} idle stations`)
  await ours.restart()
  const inspector = await ours.inspector()
  const seen = async (): Promise<Seen> => {
    await quiet(ours.pid)
    await new Promise((resolve) => setTimeout(resolve, IDLE_SECONDS * 1000))
    const asItIs = memoryOf(ours.pid).node
    await inspector.collectGarbage()
    return { asItIs, collected: memoryOf(ours.pid).node }
  }
  try {
    const before = await seen()
    const began = performance.now()
    await ours.generator.hold({ stations, versions: versionChoices['mixed'] ?? [] })
    const seconds = (performance.now() - began) / 1000
    const after = await seen()
    const kB = (figure: keyof Seen): number => (after[figure] - before[figure]) / stations.length / 1000
    const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(0)
    const row = (name: string, figure: keyof Seen): string[] => [
      name,
      megabytes(before[figure]),
      megabytes(after[figure]),
      kB(figure).toFixed(1),
    ]
    console.log(`  ${stations.length} connected, booted and available within ${seconds.toFixed(1)} s`)
    console.log(
      table(
        ['Node, proportional set size', 'before MB', 'after MB', 'kB a station'],
        [row('as it stands', 'asItIs'), row('garbage collected', 'collected')],
      ),
    )
    return [
      judged(`memory of Node per idle station, ${stations.length} connected: kB`, kB('asItIs'), { atMost: FLOOR_KB }),
    ]
  } finally {
    inspector.close()
  }
}
