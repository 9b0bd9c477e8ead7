import { residentMb } from './processes.ts'
import { openMachineTime } from './machine-time.ts'
import { addManyStations, type MadeStation, type Network } from './network.ts'
import type { Server } from './server.ts'
import { bootOf, openStation, type StationSocket } from './station-socket.ts'

/** Row 18: all stations lose their connection in one moment and come back. */
export interface StormInput {
  readonly stations: number
  /** How many knock at the same time. */
  readonly atOnce: number
}

export interface StormOutcome {
  readonly booted: number
  readonly failed: number
  readonly retries: number
  readonly backAfterMs: number
  readonly residentMb: number
}

const TRIES = 10

export async function runStorm(server: Server, network: Network, input: StormInput): Promise<StormOutcome> {
  const stations = await addManyStations(
    network,
    Array.from({ length: input.stations }, (_, n) => `STORM-${n}`),
  )
  let retries = 0
  let failed = 0
  let sockets: StationSocket[] = []
  const connect = async ({ identity, password }: MadeStation): Promise<void> => {
    const url = `${network.stationsUrl}/${identity}`
    for (let tries = 1; tries <= TRIES; tries += 1) {
      try {
        const socket = await openStation({ url, user: identity, password, more: { handshakeTimeout: 60_000 } })
        await socket.call(...bootOf('ocpp1.6'))
        sockets.push(socket)
        return
      } catch {
        retries += 1
        await new Promise((resolve) => setTimeout(resolve, 100 * tries))
      }
    }
    failed += 1
  }
  const connectAll = async (): Promise<void> => {
    const waiting = [...stations]
    const worker = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await connect(next)
    }
    await Promise.all(Array.from({ length: input.atOnce }, worker))
  }
  try {
    await connectAll()
    const before = sockets
    sockets = []
    retries = 0
    const time = openMachineTime()
    // As when a network goes down: without a word, all in one moment.
    for (const { socket } of before) socket.terminate()
    await Promise.all(before.map(({ closed }) => closed))
    await connectAll()
    const backAfterMs = Math.round(time.now())
    time.stop()
    return { booted: sockets.length, failed, retries, backAfterMs, residentMb: Math.round(residentMb(server.pid)) }
  } finally {
    for (const { socket } of sockets) socket.terminate()
  }
}
