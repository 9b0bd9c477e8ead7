import { once } from 'node:events'
import net from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Borrowed, startBorrowed } from './kit/borrowed.ts'
import { addStation, makeNetwork, type Network } from './kit/network.ts'
import { residentMb } from './kit/processes.ts'
import { bootOf, openStation } from './kit/station-socket.ts'
import { until } from './kit/until.ts'

const STUCK = 30
/** Each frame is an event for every reader: more than the network's own buffers take, and then some. */
const FRAMES = 120
const FRAME_BYTES = 200_000

let borrowed: Borrowed
let network: Network
beforeAll(async () => {
  borrowed = await startBorrowed({ STATION_MESSAGES_PER_SECOND: '1000' })
  network = await makeNetwork(borrowed.server, 'stuck')
})
afterAll(() => borrowed?.close())

it('30 readers who read nothing cost little memory and are cut; an ordinary reader and the station go on (row 27)', async () => {
  const { id, identity, password } = await addStation(network, { identity: 'TALKS' })
  const { port } = borrowed.server.options
  const ask = (): net.Socket => {
    const socket = net.connect(port, '127.0.0.1')
    socket.on('error', () => {})
    socket.write(
      `GET /v1/events?log=1&stationId=${id} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${network.key}\r\n\r\n`,
    )
    return socket
  }
  let read = 0
  let rest = ''
  const mark = 'event: ocpp.frame'
  const reader = ask().on('data', (chunk: Buffer) => {
    const text = rest + chunk.toString('latin1')
    read += text.split(mark).length - 1
    // A mark may come in two pieces.
    rest = text.slice(1 - mark.length)
  })
  const station = await openStation({ url: `${network.stationsUrl}/${identity}`, user: identity, password })
  await station.call(...bootOf('ocpp1.6'))
  // Its log is live for whoever looks at it.
  await network.rest.get(`/v1/stations/${id}/ocpp-log`)
  let mostMb = 0
  const talk = async (): Promise<void> => {
    for (let n = 0; n < FRAMES; n += 1) {
      const [type] = await station.call('DataTransfer', { vendorId: 'none', data: 'x'.repeat(FRAME_BYTES) })
      expect(type).toBe(3)
      if (n % 10 === 0) mostMb = Math.max(mostMb, residentMb(borrowed.server.pid))
    }
  }
  // What so much talk costs by itself is none of theirs.
  await talk()
  const before = mostMb
  const stuck = Array.from({ length: STUCK }, () => ask())
  for (const socket of stuck) {
    await once(socket, 'data')
    socket.pause()
  }
  await talk()
  // What the station said and what it was answered.
  await until(() => read >= 2 * 2 * FRAMES)
  expect(mostMb - before).toBeLessThan(100)
  // Each was cut long before it had all of it: what it finds is what its own side had taken in.
  for (const socket of stuck) {
    let got = 0
    socket.on('data', (chunk: Buffer) => (got += chunk.length))
    if (!socket.closed) await once(socket.resume(), 'close')
    expect(got).toBeLessThan(FRAMES * FRAME_BYTES)
  }
  reader.destroy()
  await station.close()
}, 400_000)
