import net from 'node:net'
import { WebSocket } from 'ws'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { basicAuthHeader, type OcppVersion } from '../../ocpp/index.ts'
import {
  addTestStation,
  connectStation,
  openTestStations,
  TEST_PASSWORD,
  type TestStations,
} from '../../server/src/stations/testing.ts'
import { behaviour } from './behaviour.ts'
import { command, openSpeaker, until } from './station.ts'
import { openWhole, SLUG, type Whole } from './whole.ts'

let whole: Whole
/** The same stations behind a gateway that pings every second. */
let pinging: TestStations
beforeAll(async () => {
  whole = await openWhole()
  pinging = await openTestStations(whole.ground, { timing: { pingMs: 1_000 } })
})
afterAll(async () => {
  await pinging.stop()
  await whole.close()
})

let last = 0
const add = (identity: string, more: object = {}): Promise<string> =>
  addTestStation(whole.ground, whole.tenantId, { ...more, identity })
const fresh = async (more: object = {}): Promise<string> => {
  last += 1
  await add(`C-${last}`, more)
  return `C-${last}`
}
const knock = (path: string, version: OcppVersion, more: Partial<Parameters<typeof connectStation>[1]> = {}) =>
  connectStation(whole.port, { path: `/ocpp/${SLUG}/${path}`, version, ...more })
const connectionOf = async (id: string): Promise<string> => {
  const { body } = await whole.call<{ connection: { state: string } }>('GET', `/v1/stations/${id}`)
  return body.connection.state
}

/** A socket that offers what it likes; resolves with the answer's head. */
function rawUpgrade(path: string, offered: string, user: string): Promise<{ head: string; socket: net.Socket }> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(whole.port, '127.0.0.1', () =>
      socket.write(
        `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n` +
          `Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: ${offered}\r\n` +
          `Authorization: ${basicAuthHeader(user, TEST_PASSWORD)}\r\n\r\n`,
      ),
    )
    socket.once('data', (data) => resolve({ head: data.toString('latin1'), socket }))
    socket.once('error', reject)
  })
}

behaviour('identity-in-path', async (version) => {
  const identity = `RDAM|${version}`
  const id = await add(identity)
  await expect(knock(`RDAM%257C${version}`, version, { user: identity })).rejects.toThrow(/40[04]/)
  const socket = await knock(`RDAM%7C${version}`, version, { user: identity })
  await socket.boot()
  expect(await connectionOf(id)).toBe('connected')
  await socket.close()
})

behaviour('no-colon', async (version) => {
  for (const path of ['A%3AB', 'x'.repeat(49)]) {
    await expect(knock(path, version, { user: 'A' })).rejects.toThrow('400')
  }
  const long = `${version}-`.padEnd(48, 'x')
  await add(long)
  await (await knock(long, version)).close()
})

behaviour('user-agrees', async (version) => {
  const [mine, other] = [await fresh(), await fresh()]
  await expect(knock(mine, version, { user: other })).rejects.toThrow('401')
  await (await knock(mine, version, { user: mine })).close()
})

behaviour('user-colon', async (version) => {
  const identity = await fresh({ password: 'p4ssw0rd-with:colon-0001' })
  await expect(knock(identity, version, { password: 'p4ssw0rd-with' })).rejects.toThrow('401')
  await (await knock(identity, version, { password: 'p4ssw0rd-with:colon-0001' })).close()
})

behaviour('first-version', async (version) => {
  const identity = `ocpp9.9-${version}`
  await add(identity)
  const { head, socket } = await rawUpgrade(`/ocpp/${SLUG}/${identity}`, `ocpp1.2, ${version}, ocpp1.5`, identity)
  socket.destroy()
  expect(head).toMatch(/^HTTP\/1\.1 101 /)
  expect([...head.matchAll(/sec-websocket-protocol: (.*)\r/gi)].map(([, name]) => name)).toEqual([version])
})

behaviour('no-version', async (version) => {
  const identity = await fresh()
  const { head, socket } = await rawUpgrade(`/ocpp/${SLUG}/${identity}`, `${version}0, ocpp1.5`, identity)
  expect(head).toMatch(/^HTTP\/1\.1 101 /)
  expect(head).not.toMatch(/sec-websocket-protocol/i)
  // A close frame (0x88), in the same piece or the next one.
  const [, farewell = ''] = head.split('\r\n\r\n')
  const frame =
    farewell ||
    (await new Promise<string>((resolve) => socket.once('data', (data) => resolve(data.toString('latin1')))))
  socket.destroy()
  expect(frame.charCodeAt(0)).toBe(0x88)
})

behaviour('unknown-identity', async (version) => {
  const identity = await fresh()
  await expect(knock('NOBODY-OF-OURS', version)).rejects.toThrow('404')
  await expect(knock(identity, version, { password: 'x'.repeat(20) })).rejects.toThrow('401')
  await expect(knock(identity, version, { password: null })).rejects.toThrow('401')
  await (await knock(identity, version)).close()
})

behaviour('raw-key', async (version) => {
  const identity = await fresh()
  await (await knock(identity, version, { password: Buffer.from(TEST_PASSWORD, 'hex') })).close()
  await (await knock(identity, version, { password: TEST_PASSWORD })).close()
})

behaviour('text-password', async (version) => {
  const password = 'pässwörd-of-more-than-16'
  const identity = await fresh({ password })
  await (await knock(identity, version, { password: Buffer.from(password, 'utf8') })).close()
  await expect(knock(identity, version, { password: Buffer.from(password, 'latin1') })).rejects.toThrow('401')
})

behaviour('compression', async (version) => {
  const identity = await fresh()
  const socket = await knock(identity, version)
  expect(socket.socket.extensions).toContain('permessage-deflate')
  await socket.boot()
  const answered = new Promise<string>((resolve) =>
    socket.socket.once('message', (data) => resolve((data as Buffer).toString())),
  )
  const data = 'x'.repeat(5_000)
  socket.socket.send(JSON.stringify([2, 'z', 'DataTransfer', { vendorId: 'v', data }]), { compress: true })
  expect(await answered).toBe('[3,"z",{"status":"UnknownVendorId"}]')
  await socket.close()
})

behaviour('profile-zero', async (version) => {
  const excused = await fresh({ securityProfile: 0, plainUntil: '2999-01-01T00:00:00Z' })
  const past = await fresh({ securityProfile: 0, plainUntil: '2000-01-01T00:00:00Z' })
  await expect(knock(past, version, { password: null })).rejects.toThrow('403')
  await (await knock(excused, version, { password: null })).close()
})

behaviour('pings-answered', async (version) => {
  const station = await openSpeaker(whole, version)
  const { socket } = station.socket
  const ponged = new Promise<string>((resolve) => socket.once('pong', (data: Buffer) => resolve(data.toString())))
  socket.ping('are you there')
  expect(await ponged).toBe('are you there')
  await station.close()
})

behaviour('half-open', async (version) => {
  last += 1
  const id = await add(`C-${last}`)
  const path = `/ocpp/${SLUG}/C-${last}`
  const silent = new WebSocket(`ws://127.0.0.1:${pinging.port}${path}`, [version], {
    autoPong: false,
    headers: { authorization: basicAuthHeader(`C-${last}`, TEST_PASSWORD) },
  })
  silent.on('error', () => {})
  let isSilent = false
  silent.on('ping', (data: Buffer) => {
    if (!isSilent) silent.pong(data)
  })
  const closed = new Promise<number>((resolve) => silent.once('close', resolve))
  const asked = new Promise<void>((resolve) =>
    silent.on('message', (data: Buffer) => (data.toString().startsWith('[2') ? resolve() : undefined)),
  )
  await new Promise((resolve) => silent.once('open', resolve))
  silent.send(JSON.stringify([2, 'b', 'BootNotification', bootOf(version)]))
  const by = { kind: 'system' as const }
  const commandId = await until(() =>
    whole.ground.database.inTenant(whole.tenantId, (tx) =>
      pinging.commands.sendToStation(tx, { stationId: id, command: { kind: 'reset', how: 'soft' }, by }),
    ),
  )
  await asked
  isSilent = true
  // Ended from our side, without a farewell it could have answered.
  expect(await closed).toBe(1006)
  await until(async () => (await connectionOf(id)) === 'offline')
  const failed = await until(async () => {
    const { body } = await whole.call<{ state: string; failure: string }>('GET', `/v1/commands/${commandId}`)
    return body.state === 'failed' ? body : undefined
  })
  expect(failed.failure).toBe('connection-lost')
})

behaviour('newest-wins', async (version) => {
  const station = await openSpeaker(whole, version)
  const older = station.socket
  station.answer = () => new Promise(() => {})
  const reset = await command(whole, station, { kind: 'reset' })
  await until(() => older.calls.length > 0)
  const newer = await station.connect()
  expect(await older.closed).toBe(4001)
  expect(await reset.ended('failed')).toMatchObject({ failure: 'connection-lost' })
  await whole.stations.gateway.idle()
  await until(async () => (await connectionOf(station.id)) === 'connected')
  expect(await newer.call('Heartbeat', {})).toHaveProperty('currentTime')
  await newer.close()
  await until(async () => (await connectionOf(station.id)) === 'offline')
})

behaviour('reconnect-without-boot', async (version) => {
  const station = await openSpeaker(whole, version)
  await station.close()
  await until(async () => (await connectionOf(station.id)) === 'offline')
  await station.connect()
  expect(await station.call('Heartbeat', {})).toHaveProperty('currentTime')
  await until(async () => (await connectionOf(station.id)) === 'connected')
  // What is asked of it goes out, too.
  await (await command(whole, station, { kind: 'clear-cache' })).ended('answered')
  await station.close()
})

function bootOf(version: OcppVersion): object {
  return version === 'ocpp1.6'
    ? { chargePointVendor: 'Test', chargePointModel: 'One' }
    : { reason: 'PowerUp', chargingStation: { vendorName: 'Test', model: 'Two' } }
}

describe('what these tests would miss', () => {
  it('a socket that answers pings stays open behind the same gateway', async () => {
    const identity = await fresh()
    const socket = await connectStation(pinging.port, { path: `/ocpp/${SLUG}/${identity}` })
    await socket.boot()
    let pings = 0
    socket.socket.on('ping', () => (pings += 1))
    await until(() => pings >= 4)
    expect(socket.socket.readyState).toBe(socket.socket.OPEN)
    await socket.close()
  })
})
