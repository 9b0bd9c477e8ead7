import { versionChoices } from './matrix.ts'
import { memoryOf, quiet } from './processes.ts'
import { type Judged, judged, table } from './summary.ts'
import type { OurSide } from './sides.ts'

const FLOOR_KB = 40
const IDLE_SECONDS = 15

/**
 * Node's memory per station that is connected and says nothing. From a fresh start, so that no room left over from
 * setting up hides what connecting needs, and from a heap without garbage; afterwards as it stands after some idle
 * seconds (judged), and once more with all garbage collected.
 */
export async function memoryPerStation(ours: OurSide, stations: readonly number[]): Promise<readonly Judged[]> {
  console.log(`\nmemory, ${stations.length} idle stations`)
  await ours.restart()
  const inspector = await ours.inspector()
  const node = (): number => memoryOf(ours.pid).node
  const idle = async (): Promise<void> => {
    await quiet(ours.pid)
    await new Promise((resolve) => setTimeout(resolve, IDLE_SECONDS * 1000))
  }
  try {
    await quiet(ours.pid)
    await inspector.collectGarbage()
    const before = node()
    const began = performance.now()
    await ours.generator.hold({ stations, versions: versionChoices['mixed'] ?? [] })
    const seconds = (performance.now() - began) / 1000
    await idle()
    const after = node()
    await inspector.collectGarbage()
    const collected = node()
    const each = (bytes: number): number => (bytes - before) / stations.length / 1000
    const row = (name: string, bytes: number): string[] => [name, (bytes / 1e6).toFixed(0), each(bytes).toFixed(1)]
    console.log(`  ${stations.length} connected, booted and available within ${seconds.toFixed(1)} s`)
    console.log(
      table(
        ['Node, proportional set size', 'MB', 'kB a station'],
        [
          ['before', (before / 1e6).toFixed(0), ''],
          row(`after ${IDLE_SECONDS} idle seconds`, after),
          row('garbage collected', collected),
        ],
      ),
    )
    const what = `memory of Node per idle station, ${stations.length} connected: kB`
    return [judged(what, each(after), { atMost: FLOOR_KB })]
  } finally {
    inspector.close()
  }
}
