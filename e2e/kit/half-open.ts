import net from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { quick } from './field.ts'
import { residentMb } from './processes.ts'
import { addFleet, addStation, type Network } from './network.ts'
import { openProxy } from './proxy.ts'
import type { Server } from './server.ts'
import { startFleet } from '../../simulator/index.ts'
import { bootOf, openStation } from './station-socket.ts'
import { until } from './until.ts'

/** Row 26: the connection is half open; nobody is told, and a command waits. */
export interface HalfOpenOutcome {
  /** When the station was seen to be away, and when the command that waited had an outcome. */
  readonly noticedAfterMs: number
  readonly commandEndedAfterMs: number
  readonly command: string
}

export async function runHalfOpen(server: Server, network: Network): Promise<HalfOpenOutcome> {
  const { id, identity, password } = await addStation(network, { identity: 'HALF-OPEN' })
  const proxy = await openProxy({ port: server.options.port })
  const url = `ws://127.0.0.1:${proxy.port}/ocpp/${network.slug}/${identity}`
  const socket = await openStation({ url, user: identity, password })
  await socket.call(...bootOf('ocpp1.6'))
  proxy.set({ swallow: true })
  const began = performance.now()
  const { rest } = network
  const command = await rest.post<{ id: string }>(`/v1/stations/${id}/commands`, {
    kind: 'trigger',
    message: 'heartbeat',
  })
  let commandEndedAfterMs = 0
  let state = ''
  await until(
    async () => {
      if (commandEndedAfterMs === 0) {
        state = (await rest.get<{ state: string }>(`/v1/commands/${command.id}`)).state
        if (state !== 'queued' && state !== 'sent') commandEndedAfterMs = Math.round(performance.now() - began)
      }
      const station = await rest.get<{ connection: { state: string } }>(`/v1/stations/${id}`)
      return (
        commandEndedAfterMs > 0 && station.connection.state !== 'online' && station.connection.state !== 'connected'
      )
    },
    90_000,
    250,
  )
  const noticedAfterMs = Math.round(performance.now() - began)
  socket.socket.terminate()
  await proxy.close()
  return { noticedAfterMs, commandEndedAfterMs, command: state }
}

/** Row 27: readers of live events who read nothing. */
export interface StuckReadersOutcome {
  readonly grownMb: number
  /** Events that an ordinary reader got meanwhile. */
  readonly read: number
}

const LONGEST_WARM_UP_SECONDS = 90

export async function runStuckReaders(
  server: Server,
  network: Network,
  input: { readonly readers: number; readonly stations: number; readonly seconds: number },
): Promise<StuckReadersOutcome> {
  const stations = await addFleet(network, input.stations, { settings: quick })
  const ask = (): net.Socket => {
    const socket = net.connect(server.options.port, '127.0.0.1')
    socket.on('error', () => {})
    socket.write(`GET /v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${network.key}\r\n\r\n`)
    return socket
  }
  let read = 0
  const reader = ask().on('data', (chunk: Buffer) => (read += chunk.toString().split('event:').length - 1))
  const fleet = startFleet({
    url: network.stationsUrl,
    stations,
    spreadSeconds: 1,
  })
  let isOver = false
  const drivers = fleet.identities.map(async (name) => {
    const station = fleet.station(name)
    while (!isOver) {
      station.plug(1)
      await pause(300)
      station.unplug(1)
      await pause(300)
    }
  })
  // A server that has just begun to work grows by itself until its garbage is collected for the first time: what the readers cost is counted from there.
  await pause(Math.min(input.seconds, LONGEST_WARM_UP_SECONDS) * 1_000)
  const before = residentMb(server.pid)
  const stuck = Array.from({ length: input.readers }, () => ask().pause())
  await pause(input.seconds * 1_000)
  isOver = true
  await Promise.all(drivers)
  const grownMb = Math.round(residentMb(server.pid) - before)
  await fleet.stop()
  for (const socket of [...stuck, reader]) socket.destroy()
  return { grownMb, read }
}
