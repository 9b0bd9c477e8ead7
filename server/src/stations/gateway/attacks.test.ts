import net from 'node:net'
import { WebSocket } from 'ws'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { basicAuthHeader } from '../../../../ocpp/index.ts'
import { sql } from '../../platform/index.ts'
import { makeTestTenant, testGround, type TestGround } from '../../platform/testing.ts'
import { loadRefused } from '../store-refused.ts'
import { forgetRecorded } from '../receive/store.ts'
import { addTestStation, connectStation, openTestStations, TEST_PASSWORD, type TestStations } from '../testing.ts'

let ground: TestGround
let stations: TestStations
let tenantId: string
let otherTenantId: string

beforeAll(async () => {
  ground = await testGround()
  tenantId = await makeTestTenant(ground, 'power')
  otherTenantId = await makeTestTenant(ground, 'other')
  stations = await openTestStations(ground, { timing: { pingMs: 1_000, silenceMs: 2_000 } })
})
afterAll(async () => {
  await stations.stop()
  await ground.close()
})

const refusals = async (tenant = tenantId) => {
  await stations.gateway.idle()
  return ground.database.inTenant(tenant, (tx) => loadRefused(tx, { sites: null, limit: 200 }))
}
const epochOf = async (id: string) => {
  const row = await ground.database.inTenant(tenantId, (tx) =>
    tx.row<{ epoch: bigint }>(sql`select epoch from stations where tenant_id = ${tenantId} and id = ${id}`),
  )
  return row?.epoch
}

describe('attack 1: connecting as any station without its credential', () => {
  it('is refused before a socket exists, touches no row, and is listed for staff', async () => {
    const id = await addTestStation(ground, tenantId, { identity: 'A1' })
    await addTestStation(ground, tenantId, { identity: 'A1-other', password: 'another-password-of-16' })
    const path = '/ocpp/power/A1'
    await expect(connectStation(stations.port, { path, password: null })).rejects.toThrow('401')
    await expect(connectStation(stations.port, { path, password: '' })).rejects.toThrow('401')
    await expect(connectStation(stations.port, { path, password: 'another-password-of-16' })).rejects.toThrow('401')
    await expect(connectStation(stations.port, { path, user: 'A1-other' })).rejects.toThrow('401')
    await expect(
      connectStation(stations.port, { path, password: null, headers: { authorization: 'Bearer x' } }),
    ).rejects.toThrow('401')
    await expect(connectStation(stations.port, { path: '/ocpp/power/nobody' })).rejects.toThrow('404')
    await expect(connectStation(stations.port, { path: '/ocpp/nowhere/A1' })).rejects.toThrow('404')
    expect(await epochOf(id)).toBe(0n)
    const listed = (await refusals()).map(({ identity, reason, count }) => [identity, reason, count])
    expect(listed).toEqual(
      expect.arrayContaining([
        ['A1', 'no-credential', 2],
        ['A1', 'wrong-password', 2],
        ['A1', 'wrong-user', 1],
        ['nobody', 'unknown-identity', 1],
      ]),
    )
    // Positive control.
    const station = await connectStation(stations.port, { path })
    expect(await station.boot()).toMatchObject({ status: 'Accepted' })
    expect(await epochOf(id)).toBe(1n)
    await station.close()
  })

  it('takes a 1.6 key as raw bytes and as hex text, in either case', async () => {
    await addTestStation(ground, tenantId, { identity: 'A1-key' })
    for (const password of [TEST_PASSWORD, TEST_PASSWORD.toUpperCase(), Buffer.from(TEST_PASSWORD, 'hex')]) {
      const station = await connectStation(stations.port, { path: '/ocpp/power/A1-key', password })
      await station.close()
    }
    const raw = { path: '/ocpp/power/A1-key', password: Buffer.from(TEST_PASSWORD, 'hex') }
    await expect(connectStation(stations.port, { ...raw, version: 'ocpp2.0.1' })).rejects.toThrow('401')
  })

  it('needs a dated exception for profile 0 and beyond this machine, and TLS for profiles 2 and 3', async () => {
    const options = { securityProfile: 0, plainUntil: '2000-01-01T00:00:00Z' }
    await addTestStation(ground, tenantId, { identity: 'A1-p0-past', ...options })
    await addTestStation(ground, tenantId, { identity: 'A1-p0', ...options, plainUntil: '2999-01-01T00:00:00Z' })
    await addTestStation(ground, tenantId, { identity: 'A1-p2', securityProfile: 2 })
    const connect = (identity: string, headers = {}) =>
      connectStation(stations.port, { path: `/ocpp/power/${identity}`, headers })
    await expect(connect('A1-p0-past')).rejects.toThrow('403')
    await expect(connect('A1-p2')).rejects.toThrow('403')
    await (await connect('A1-p0')).close()
    // A proxy on this machine forwards what came from elsewhere.
    await addTestStation(ground, tenantId, { identity: 'A1-p1' })
    await expect(connect('A1-p1', { 'x-forwarded-for': '127.0.0.1' })).rejects.toThrow('403')
    await (await connect('A1-p1')).close()
  })
})

describe('attack 3: two readers of one address that disagree', () => {
  it.each([
    '/ocpp/power/A3?x=/ocpp/power/other',
    '/ocpp/power/A3%2Fx',
    '/ocpp/power/A3%00',
    '/ocpp/power/A3%2500',
    '/ocpp/power/..',
    '/ocpp/power/%2e%2e',
    '/ocpp/power/A3;x',
    '/ocpp/power/%D0%903',
    `/ocpp/power/${'x'.repeat(300)}`,
    '/ocpp/power/other/A3',
    '/ocpp/power/A3:x',
    '/ocpp/power/%E0%A4%A',
    '/ocpp/power/A3 x',
  ])('refuses %s', async (path) => {
    await expect(rawUpgrade(path, basicAuthHeader('A3', TEST_PASSWORD))).resolves.toMatch(/^HTTP\/1\.1 40[04] /)
  })

  it('takes empty segments and one percent-decoding, and binds what it authenticated', async () => {
    const id = await addTestStation(ground, tenantId, { identity: 'A3|1' })
    const station = await connectStation(stations.port, { path: '//ocpp///power//A3%7C1/', user: 'A3|1' })
    await station.boot()
    expect(stations.reports.at(-1)).toMatchObject({ stationId: id, tenantId })
    await station.close()
  })
})

describe('attack 4: a tenant chosen by the client', () => {
  it('never reaches another tenant’s station of the same name', async () => {
    const mine = await addTestStation(ground, tenantId, { identity: 'SAME' })
    const theirs = await addTestStation(ground, otherTenantId, { identity: 'SAME', password: 'the-key-of-the-others' })
    await expect(
      connectStation(stations.port, { path: '/ocpp/other/SAME', headers: { 'x-tenant': 'power' } }),
    ).rejects.toThrow('401')
    const station = await connectStation(stations.port, { path: '/ocpp/power/SAME' })
    await station.boot()
    expect(stations.reports.at(-1)).toMatchObject({ stationId: mine, tenantId })
    const other = await connectStation(stations.port, { path: '/ocpp/other/SAME', password: 'the-key-of-the-others' })
    await other.boot()
    expect(stations.reports.at(-1)).toMatchObject({ stationId: theirs, tenantId: otherTenantId })
    expect((await refusals(otherTenantId)).map(({ identity }) => identity)).toEqual(['SAME'])
    await station.close()
    await other.close()
  })
})

describe('attack 5: guessing keys', () => {
  it('slows down after ten failures, and lets the station in from its usual address', async () => {
    await addTestStation(ground, tenantId, { identity: 'A5' })
    await addTestStation(ground, tenantId, { identity: 'A5-new' })
    const guess = (identity: string) =>
      connectStation(stations.port, { path: `/ocpp/power/${identity}`, password: 'no-such-password-0' }).catch(
        (error: Error) => error.message,
      )
    const genuine = await connectStation(stations.port, { path: '/ocpp/power/A5' })
    await genuine.close()
    const answers: unknown[] = []
    for (let n = 0; n < 14; n += 1) answers.push(await guess('A5-new'))
    expect(answers.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => '401'))
    expect(answers.slice(10)).toEqual(Array.from({ length: 4 }, () => '429'))
    // Also the right key waits now, where nobody has come in before; the station that has is not held back.
    await expect(connectStation(stations.port, { path: '/ocpp/power/A5-new' })).rejects.toThrow('429')
    for (let n = 0; n < 12; n += 1) await guess('A5')
    await (await connectStation(stations.port, { path: '/ocpp/power/A5' })).close()
  })
})

describe('attack 11: floods of the wire', () => {
  it('closes what is too long with 1009, also when it grows by inflating', async () => {
    await addTestStation(ground, tenantId, { identity: 'A11' })
    const long = `[2,"1","Heartbeat",{"x":"${'x'.repeat(300_000)}"}]`
    const plain = await connectStation(stations.port, { path: '/ocpp/power/A11' })
    plain.socket.send(long)
    expect(await plain.closed).toBe(1009)
    const deflating = await connectStation(stations.port, { path: '/ocpp/power/A11', version: 'ocpp2.0.1' })
    expect(deflating.socket.extensions).toContain('permessage-deflate')
    deflating.socket.send(long, { compress: true })
    expect(await deflating.closed).toBe(1009)
  })

  it('refuses headers beyond 4 KB and closes a station that was never let in and says nothing', async () => {
    await addTestStation(ground, tenantId, { identity: 'A11-mute' })
    const path = '/ocpp/power/A11-mute'
    await expect(connectStation(stations.port, { path, headers: { 'x-long': 'x'.repeat(5_000) } })).rejects.toThrow(
      '431',
    )
    await addTestStation(ground, tenantId, { identity: 'A11-spoken' })
    const spoken = await connectStation(stations.port, { path: '/ocpp/power/A11-spoken' })
    await spoken.boot()
    // It answers pings, which says nothing.
    const mute = await connectStation(stations.port, { path })
    expect(await mute.closed).toBe(1008)
    // As long silent since, but it was let in.
    expect(spoken.socket.readyState).toBe(spoken.socket.OPEN)
    await spoken.close()
  })

  it('answers malformed frames with the right error and stays usable', async () => {
    await addTestStation(ground, tenantId, { identity: 'A11-odd' })
    const station = await connectStation(stations.port, { path: '/ocpp/power/A11-odd' })
    await station.boot()
    const said: string[] = []
    station.socket.on('message', (data: Buffer) => said.push(data.toString()))
    station.socket.send('[2,"a","Foo",{}]')
    station.socket.send('[2,"b","Heartbeat"]')
    station.socket.send('{"__proto__":{"x":1}}')
    station.socket.send('[2,"c","StatusNotification",{"connectorId":"1","status":"Available","errorCode":"NoError"}]')
    station.socket.send('[9,"d",{}]')
    expect(await station.call('Heartbeat', {})).toHaveProperty('currentTime')
    expect(said.map((text) => (JSON.parse(text) as unknown[]).slice(0, 3)).slice(0, 3)).toEqual([
      [4, 'a', 'NotImplemented'],
      [4, 'b', 'FormationViolation'],
      [4, expect.anything(), expect.anything()],
    ])
    expect(said.some((text) => text.startsWith('[4,"c","TypeConstraintViolation"'))).toBe(true)
    await stations.gateway.idle()
    const kept = await ground.database.inTenant(tenantId, (tx) =>
      tx.rows<{ code: string }>(sql`select code from refused_messages where tenant_id = ${tenantId} order by code`),
    )
    expect(kept.map(({ code }) => code)).toEqual(expect.arrayContaining(['NotImplemented', 'TypeConstraintViolation']))
    await station.close()
  })
})

describe('attack 24: DataTransfer as a back door', () => {
  it.each(['ocpp1.6', 'ocpp2.0.1', 'ocpp2.1'] as const)(
    'knows no vendor in %s, and keeps what was said',
    async (version) => {
      const identity = `A24-${version}`
      const id = await addTestStation(ground, tenantId, { identity })
      const station = await connectStation(stations.port, { path: `/ocpp/power/${identity}`, version })
      await station.boot()
      const sent = { vendorId: 'evil', messageId: 'run', data: '{"__proto__":{"admin":true}}' }
      expect(await station.call('DataTransfer', sent)).toEqual({ status: 'UnknownVendorId' })
      const kept = await ground.database.inTenant(tenantId, (tx) =>
        tx.rows<{ what: string; content: Buffer }>(sql`
        select what, content from recorded_messages where tenant_id = ${tenantId} and station_id = ${id}`),
      )
      const key = await ground.keys.tenant(tenantId)
      expect(kept.map(({ what }) => what)).toEqual(['DataTransfer'])
      expect(key.decrypt(kept[0]?.content ?? Buffer.alloc(0)).toString()).toContain('evil')
      // For a season, not for ever.
      const after = (days: number) =>
        ground.database.inTenant(tenantId, (tx) => forgetRecorded(tx, ground.clock.now().add({ hours: 24 * days })))
      expect([await after(89), await after(91)]).toEqual([0, 1])
      await station.close()
    },
  )
})

describe('the handshake', () => {
  it('is finished without a subprotocol and then closed where no version is common', async () => {
    await addTestStation(ground, tenantId, { identity: 'H1' })
    const answer = await rawUpgrade('/ocpp/power/H1', basicAuthHeader('H1', TEST_PASSWORD), 'ocpp1.5')
    expect(answer).toMatch(/^HTTP\/1\.1 101 /)
    expect(answer).not.toMatch(/sec-websocket-protocol/i)
  })

  it('hurts nobody where whoever has no common version then breaks the protocol', async () => {
    await addTestStation(ground, tenantId, { identity: 'H3' })
    const faults: unknown[] = []
    const note = (error: unknown): void => void faults.push(error)
    process.on('uncaughtException', note)
    // Bits that no frame may have set.
    await rawUpgrade('/ocpp/power/H3', basicAuthHeader('H3', TEST_PASSWORD), 'ocpp1.5', Buffer.from([0xff, 0xff, 0xff]))
    process.off('uncaughtException', note)
    expect(faults).toEqual([])
    await (await connectStation(stations.port, { path: '/ocpp/power/H3' })).close()
  })

  it('takes the first version the station offers that is spoken here', async () => {
    await addTestStation(ground, tenantId, { identity: 'H2' })
    const socket = new WebSocket(`ws://127.0.0.1:${stations.port}/ocpp/power/H2`, ['ocpp1.5', 'ocpp1.6', 'ocpp2.1'], {
      headers: { authorization: basicAuthHeader('H2', TEST_PASSWORD) },
    })
    await new Promise((resolve) => socket.once('open', resolve))
    expect(socket.protocol).toBe('ocpp1.6')
    socket.close()
  })
})

/** What a request that no client library would send is answered with, as far as it comes in one piece; `then`: what follows, until we are cut off. */
function rawUpgrade(path: string, authorization: string, protocol = 'ocpp1.6', then?: Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(stations.port, '127.0.0.1', () =>
      socket.write(
        `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n` +
          `Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: ${protocol}\r\nAuthorization: ${authorization}\r\n\r\n`,
      ),
    )
    socket.once('data', (data) => {
      if (then === undefined) {
        resolve(data.toString())
        socket.destroy()
        return
      }
      socket.write(then)
      socket.once('close', () => resolve(data.toString())).resume()
    })
    socket.once('error', reject)
  })
}
