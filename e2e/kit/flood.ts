import { openMachineTime } from './machine-time.ts'
import { residentMb } from './processes.ts'
import { addStation, type Network } from './network.ts'
import type { List } from './rest.ts'
import type { Server } from './server.ts'
import { bootOf, openStation, type StationSocket } from './station-socket.ts'
import { found } from './until.ts'

/** Row 20: one station that floods, and what its neighbours notice. */
export interface FloodOutcome {
  readonly quietP99Ms: number
  readonly floodP99Ms: number
  /** The code with which it was closed, and when. */
  readonly closeCode: number
  readonly closedAfterMs: number
  readonly grownMb: number
  readonly sent: number
  readonly answered: number
  /** Staff were told. */
  readonly isTold: boolean
}

export interface FloodInput {
  readonly neighbours: number
  readonly quietMs: number
  readonly messagesPerSecond: number
}

export async function runFlood(server: Server, network: Network, input: FloodInput): Promise<FloodOutcome> {
  const booted = async (identity: string): Promise<StationSocket & { readonly id: string }> => {
    const { id, password } = await addStation(network, { identity })
    const socket = await openStation({ url: `${network.stationsUrl}/${identity}`, user: identity, password })
    await socket.call(...bootOf('ocpp1.6'))
    return { ...socket, id }
  }
  const neighbours = await Promise.all(Array.from({ length: input.neighbours }, (_, n) => booted(`CALM-${n}`)))
  const flooder = await booted('FLOODER')
  const time = openMachineTime()
  const status = { connectorId: 1, errorCode: 'NoError', status: 'Available' }
  /** Every neighbour says something that is saved, five times a second, until this is over. */
  const measure = async (isOver: () => boolean): Promise<number> => {
    const times: number[] = []
    await Promise.all(
      neighbours.map(async (socket) => {
        while (!isOver()) {
          const began = time.now()
          await socket.call('StatusNotification', status)
          times.push(time.now() - began)
          await new Promise((resolve) => setTimeout(resolve, 200))
        }
      }),
    )
    times.sort((a, b) => a - b)
    return times[Math.floor(times.length * 0.99)] ?? 0
  }
  const measureQuiet = async (): Promise<number> => {
    const end = time.now() + input.quietMs
    return measure(() => time.now() > end)
  }
  const quietBeforeMs = await measureQuiet()
  const before = residentMb(server.pid)

  let closed: { readonly code: number; readonly afterMs: number } | undefined
  const began = time.now()
  void flooder.closed.then(({ code }) => (closed = { code, afterMs: time.now() - began }))
  let sent = 0
  let answered = 0
  flooder.socket.on('message', () => (answered += 1))
  const meter = JSON.stringify({
    connectorId: 0,
    meterValue: [{ timestamp: '2026-11-26T12:00:00Z', sampledValue: [{ value: '1' }] }],
  })
  const timer = setInterval(() => {
    // What TCP does not take is not piled up here.
    for (let n = 0; n < input.messagesPerSecond / 100 && flooder.socket.bufferedAmount < 1_000_000; n += 1) {
      if (flooder.socket.readyState === flooder.socket.OPEN) flooder.raw(`[2,"x${(sent += 1)}","MeterValues",${meter}]`)
    }
  }, 10)
  const floodP99Ms = await measure(() => closed !== undefined || time.now() - began > 30_000)
  clearInterval(timer)
  const grownMb = residentMb(server.pid) - before
  // On both sides of the flood: what slows the machine for a while slows one of the two.
  const quietP99Ms = Math.max(quietBeforeMs, await measureQuiet())
  time.stop()
  const isTold = await found(async () => {
    const { items } = await network.rest.get<List<{ stationId?: string }>>('/v1/alerts?state=open&limit=200')
    return items.some(({ stationId }) => stationId === flooder.id) || undefined
  }).catch(() => false)
  await Promise.all(neighbours.map((socket) => socket.close()))
  return {
    quietP99Ms,
    floodP99Ms,
    closeCode: closed?.code ?? 0,
    closedAfterMs: Math.round(closed?.afterMs ?? -1),
    grownMb: Math.round(grownMb),
    sent,
    answered,
    isTold,
  }
}
