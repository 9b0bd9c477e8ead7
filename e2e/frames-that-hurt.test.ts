import { deflateRawSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Borrowed, startBorrowed } from './kit/borrowed.ts'
import { machineMs, openMachineTime } from './kit/machine-time.ts'
import { addStation, type MadeStation, makeNetwork, type Network } from './kit/network.ts'
import { residentMb } from './kit/processes.ts'
import { closeStatusOf, frameOf, rawHead, rawUpgrade } from './kit/raw-http.ts'
import type { Server } from './kit/server.ts'
import { bootOf, openStation, type StationSocket } from './kit/station-socket.ts'

let borrowed: Borrowed
let server: Server
let network: Network

beforeAll(async () => {
  borrowed = await startBorrowed()
  server = borrowed.server
  network = await makeNetwork(server, 'north')
})
afterAll(() => borrowed.close())

/** Let in, booted, ready to talk. */
async function booted({ identity, password }: MadeStation, protocol = 'ocpp1.6'): Promise<StationSocket> {
  const url = `${network.stationsUrl}/${identity}`
  const socket = await openStation({ url, user: identity, password, protocols: [protocol] })
  expect(await socket.call(...bootOf(protocol))).toMatchObject([3, expect.any(String), { status: 'Accepted' }])
  return socket
}

describe('attack 11: frames and handshakes meant to hurt', () => {
  let station: MadeStation
  let before: number
  beforeAll(async () => {
    station = await addStation(network, { identity: 'HURT-1' })
    before = residentMb(server.pid)
  })
  const raw = (more: { path?: string; headers?: readonly string[] } = {}) =>
    rawUpgrade({
      port: server.options.port,
      path: '/ocpp/north/HURT-1',
      user: 'HURT-1',
      password: station.password,
      ...more,
    })
  const isUsable = async (): Promise<void> => {
    const socket = await booted(station)
    expect((await socket.call('Heartbeat', {}))[0]).toBe(3)
    await socket.close()
  }

  it('a frame above 256 KB closes the connection with 1009', async () => {
    const socket = await booted(station)
    socket.raw(JSON.stringify([2, 'big', 'DataTransfer', { vendorId: 'x', data: 'a'.repeat(300_000) }]))
    expect((await socket.closed).code).toBe(1009)
    await isUsable()
  })

  it('so does one that is small on the wire and large when inflated', async () => {
    const { status, head, socket } = await raw({ headers: ['Sec-WebSocket-Extensions: permessage-deflate'] })
    expect(status).toBe(101)
    if (/permessage-deflate/i.test(head)) {
      const bomb = deflateRawSync(Buffer.alloc(20_000_000, 0x20), { finishFlush: 2 }).subarray(0, 60_000)
      const frame = frameOf(1, bomb)
      frame[0] = (frame[0] ?? 0) | 0x40
      const closed = closeStatusOf(socket)
      socket.write(frame)
      expect([1009, 1007]).toContain(await closed)
    }
    socket.destroy()
    await isUsable()
  })

  it('a message in more than 64 pieces closes it', async () => {
    const { socket } = await raw()
    const closed = closeStatusOf(socket)
    socket.write(frameOf(1, Buffer.from('['), { final: false }))
    for (let n = 0; n < 200; n += 1) socket.write(frameOf(0, Buffer.from(' '), { final: false }))
    expect([1002, 1008, 1009]).toContain(await closed)
    socket.destroy()
  })

  it('an unmasked frame closes it', async () => {
    const { socket } = await raw()
    const closed = closeStatusOf(socket)
    socket.write(frameOf(1, Buffer.from('[2,"1","Heartbeat",{}]'), { masked: false }))
    expect(await closed).toBe(1002)
    socket.destroy()
  })

  it('a flood of pings does not keep others waiting', async () => {
    const neighbour = await booted(await addStation(network, { identity: 'HURT-2' }))
    const { socket } = await raw()
    const ping = frameOf(9, Buffer.alloc(100))
    for (let n = 0; n < 20_000; n += 1) socket.write(ping)
    expect(await machineMs(() => neighbour.call('Heartbeat', {}))).toBeLessThan(2_000)
    socket.destroy()
    await neighbour.close()
  })

  it('2,000 headers, or more of them than fits, are refused', async () => {
    const many = Array.from({ length: 2_000 }, (_, n) => `X-${n}: ${'y'.repeat(20)}`)
    const { status, socket } = await raw({ headers: many })
    expect([400, 413, 431]).toContain(status)
    socket.destroy()
    await isUsable()
  })

  it('a handshake that drips is cut, and memory stays', async () => {
    const time = openMachineTime()
    let timer: NodeJS.Timeout | undefined
    const { status } = await rawHead(server.options.port, (socket) => {
      socket.write('GET /ocpp/north/HURT-1 HTTP/1.1\r\nHost: x\r\nX-Slow: ')
      timer = setInterval(() => socket.write('y'), 250)
    })
    clearInterval(timer)
    expect([0, 408]).toContain(status)
    expect(time.now()).toBeLessThan(14_000)
    time.stop()
    expect(residentMb(server.pid) - before).toBeLessThan(100)
    await isUsable()
  })
})

describe('attack 24: DataTransfer as a back door', () => {
  it.each(['ocpp1.6', 'ocpp2.0.1', 'ocpp2.1'])('is answered UnknownVendorId (%s)', async (protocol) => {
    const socket = await booted(await addStation(network, { identity: `DT-${protocol}` }), protocol)
    const data = '{"sql":"drop table sessions","__proto__":{"admin":true}}'
    const [type, , answer] = await socket.call('DataTransfer', { vendorId: 'com.evil', messageId: 'x', data })
    expect([type, answer]).toMatchObject([
      3,
      { status: /^UnknownVendor(Id)?$/.exec(String((answer as { status: string }).status))?.[0] },
    ])
    await socket.close()
  })
})
