/**
 * The load, a process of its own. Reads orders, a line of JSON each (`Order` in load.ts), and writes what it has to say
 * the same way (`Said`). Sockets stay open between orders; a station that is needed in another version connects anew.
 */
import { createInterface } from 'node:readline'
import type { Load, Loaded, Order, Said, StationRow } from './load.ts'
import { connect, type LoadStation, silentMs } from './load-station.ts'
import { closedLoop, inTurn, openLoop, waves } from './loops.ts'
import { quiet } from './processes.ts'

const say = (said: Said): void => void process.stdout.write(`${JSON.stringify(said)}\n`)

/** An order during which nobody hears anything for so long has failed. */
const STALLED_MS = 60_000
const LOOK_EVERY_MS = 5_000
const AT_ONCE = 50
const SERVER = Number(process.argv[2])

let rows: readonly StationRow[] = []
const open = new Map<number, LoadStation>()

function rowOf(place: number): StationRow {
  const row = rows[place]
  if (row === undefined) throw new Error(`there is no station ${place}`)
  return row
}

/** It leaves when its session is over: one that goes on in another version, or never, is none that a station makes. */
async function retire(station: LoadStation | undefined): Promise<void> {
  if (station?.isOpen) await station.prepare('session', 0)
  await station?.close()
}

/** The stations of a load, connected, booted and available, in their order. */
async function hold({ stations, versions }: Pick<Load, 'stations' | 'versions'>): Promise<LoadStation[]> {
  const held: LoadStation[] = []
  await inTurn([...stations.entries()], AT_ONCE, async ([n, place]) => {
    const version = versions[n % versions.length] ?? 'ocpp1.6'
    const known = open.get(place)
    if (known?.isOpen && known.version === version) {
      held[n] = known
      return
    }
    await retire(known)
    const row = rowOf(place)
    const station = await connect(row.url, row, version)
    open.set(place, station)
    held[n] = station
    await station.boot()
    await station.status()
  })
  return held
}

async function run(load: Load): Promise<Loaded> {
  const { scenario, stations, versions } = load
  if (scenario === 'connect') {
    await inTurn(stations, AT_ONCE, (place) => retire(open.get(place)))
    for (const place of stations) open.delete(place)
    return await waves([...stations.entries()], load, {
      connect([n, place]) {
        const row = rowOf(place)
        return connect(row.connectUrl ?? row.url, row, versions[n % versions.length] ?? 'ocpp1.6')
      },
      async rest() {
        await quiet(SERVER)
      },
      say,
    })
  }
  const held = await hold(load)
  await inTurn([...held.entries()], AT_ONCE, ([n, station]) => station.prepare(scenario, n))
  await quiet(SERVER)
  const steps = held.map((station) => () => station.step(scenario))
  return await (load.messagesPerSecond === undefined ? closedLoop : openLoop)(steps, load, say)
}

async function carryOut(order: Order): Promise<void> {
  if (order.do === 'know') rows = order.stations
  else if (order.do === 'hold') await hold(order.load)
  const loaded = order.do === 'run' ? await run(order.load) : NOTHING
  say({ says: 'done', loaded })
}

const NOTHING: Loaded = { messages: 0, seconds: 0, times: [], latenessMs: 0, generatorCpuMs: 0 }

for await (const line of createInterface({ input: process.stdin })) {
  const order = JSON.parse(line) as Order
  const began = performance.now()
  const watch = setInterval(() => {
    if (Math.min(silentMs(), performance.now() - began) < STALLED_MS) return
    say({ says: 'failed', why: `no station heard anything for ${STALLED_MS / 1000} s` })
    process.exit(1)
  }, LOOK_EVERY_MS)
  await carryOut(order).catch((error: unknown) => say({ says: 'failed', why: String(error) }))
  clearInterval(watch)
}
process.exit(0)
