import fs from 'node:fs'
import { join } from 'node:path'
import { flameGraph, frames, topOf } from './flame.ts'
import type { Load } from './load.ts'
import type { OurSide } from './sides.ts'

const TOP = 25

/**
 * Where the time of our Node goes under this load. Leaves in the folder `performance-<scenario>.svg`, a flame graph, and
 * the profile itself, for a browser's developer tools.
 */
export async function profile(ours: OurSide, load: Load, folder: string): Promise<void> {
  const inspector = await ours.inspector()
  try {
    // Once without: what is measured is a server that is warm.
    await ours.generator.run(load)
    const edges: Promise<unknown>[] = []
    await ours.generator.run(load, {
      edge() {
        if (edges.length < 2) edges.push(edges.length === 0 ? inspector.startProfile() : inspector.stopProfile())
      },
    })
    const taken = (await edges[1]) as Awaited<ReturnType<typeof inspector.stopProfile>>
    const root = frames(taken)
    const title = `${load.scenario}, ${load.stations.length} stations, ${load.versions.join(' and ')}`
    fs.mkdirSync(folder, { recursive: true })
    const path = join(folder, `performance-${load.scenario}`)
    fs.writeFileSync(`${path}.svg`, flameGraph(root, `Where Node’s time goes: ${title}`))
    fs.writeFileSync(`${path}.cpuprofile`, JSON.stringify(taken))
    console.log(`\n${path}.svg and .cpuprofile: ${title}. Most of the busy time itself is spent in`)
    for (const [name, share] of topOf(root, TOP)) console.log(`${(100 * share).toFixed(1).padStart(6)} %  ${name}`)
  } finally {
    inspector.close()
  }
}
