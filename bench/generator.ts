/**
 * The load, in a process of its own: each station has one message open, and sends the next when that is answered. Reads
 * one line of JSON (`Load`) from its input, prints `"began"` and `"ended"` at the edges of the measured time, and then one
 * line (`Loaded`): what was acknowledged within it.
 */
import { text } from 'node:stream/consumers'
import { connect, type LoadStation, type StationRow } from './load-station.ts'

export interface Load {
  readonly scenario: 'meter' | 'session'
  readonly warmUpSeconds: number
  readonly seconds: number
  readonly stations: readonly StationRow[]
}

export interface Loaded {
  /** Acknowledged: meter values, or whole sessions of start, three meter values and stop. */
  readonly count: number
  readonly perSecond: number
  /** Milliseconds that half, and 99 of 100, of them took at most. */
  readonly median: number
  readonly p99: number
  /** CPU of the generator itself in the measured time, milliseconds. */
  readonly generatorCpuMs: number
}

/** Messages of a station that one counted thing consists of. */
export const messagesOf: Readonly<Record<Load['scenario'], number>> = { meter: 1, session: 5 }

const METER_VALUES_PER_SESSION = 3

async function session(station: LoadStation): Promise<void> {
  await station.start()
  for (let n = 0; n < METER_VALUES_PER_SESSION; n += 1) await station.meter()
  await station.stop()
}

/** Does something over and over until told to stop; notes how long each took while measuring. */
async function repeat(act: () => Promise<void>, run: { isOver: boolean; times: number[] | undefined }): Promise<void> {
  while (!run.isOver) {
    const began = performance.now()
    await act()
    run.times?.push(performance.now() - began)
  }
}

const pause = (seconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, seconds * 1000))

async function generate({ scenario, warmUpSeconds, seconds, stations }: Load): Promise<Loaded> {
  const connected = await Promise.all(stations.map(connect))
  await Promise.all(connected.map((station) => station.boot()))
  if (scenario === 'meter') await Promise.all(connected.map((station) => station.start()))
  const run: { isOver: boolean; times: number[] | undefined } = { isOver: false, times: undefined }
  const loops = connected.map((station) => repeat(scenario === 'meter' ? station.meter : () => session(station), run))
  const failed = new Promise<never>((_, reject) => {
    for (const loop of loops) loop.catch(reject)
  })
  await Promise.race([pause(warmUpSeconds), failed])
  const times: number[] = []
  console.log('"began"')
  const began = performance.now()
  const cpuBefore = process.cpuUsage()
  run.times = times
  await Promise.race([pause(seconds), failed])
  const lasted = (performance.now() - began) / 1000
  const cpu = process.cpuUsage(cpuBefore)
  console.log('"ended"')
  run.times = undefined
  run.isOver = true
  const count = times.length
  await Promise.all(loops)
  if (scenario === 'meter') await Promise.all(connected.map((station) => station.stop()))
  for (const station of connected) station.close()
  const sorted = times.toSorted((a, b) => a - b)
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
  return {
    count,
    perSecond: count / lasted,
    median: at(0.5),
    p99: at(0.99),
    generatorCpuMs: (cpu.user + cpu.system) / 1000,
  }
}

if (import.meta.main) console.log(JSON.stringify(await generate(JSON.parse(await text(process.stdin)))))
