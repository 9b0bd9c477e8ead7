import { WebSocket } from 'ws'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { basicAuthHeader, type OcppVersion } from '../../ocpp/index.ts'
import { sql } from '../../server/src/platform/index.ts'
import {
  addTestStation,
  connectStation,
  openTestStations,
  TEST_PASSWORD,
  type TestStations,
} from '../../server/src/stations/testing.ts'
import { behaviour } from './behaviour.ts'
import { alertsOf, openSpeaker, sessionsOf, type Speaker, startCall, until } from './station.ts'
import { openWhole, SLUG, type Whole } from './whole.ts'

// Rows of the table that name attack 2 and attack 12; attack 9 stands with the transactions.

let whole: Whole
/** The same stations behind a gateway whose reports wait until they are let go. */
let held: TestStations
let letGo: Promise<void> = Promise.resolve()
beforeAll(async () => {
  whole = await openWhole()
  held = await openTestStations(whole.ground, {
    async takeReports(_, reports) {
      await letGo
      return reports.map(() => ({ kind: 'transaction', number: '7', token: { verdict: 'accepted' } }))
    },
  })
})
afterAll(async () => {
  await held.stop()
  await whole.close()
})

const codes = async (station: Speaker): Promise<unknown[]> =>
  (await alertsOf(whole, station)).map(({ evidence }) => evidence['code'])
const connection = async ({ id }: Speaker): Promise<string> => {
  const { body } = await whole.call<{ connection: { state: string } }>('GET', `/v1/stations/${id}`)
  return body.connection.state
}
/** Another machine with the same key. */
const twin = ({ identity, version }: Speaker, password = TEST_PASSWORD) =>
  connectStation(whole.port, { path: `/ocpp/${SLUG}/${identity}`, version, password })

behaviour('swap-needs-key', async (version) => {
  const station = await openSpeaker(whole, version)
  for (let turn = 0; turn < 6; turn += 1) await expect(twin(station, 'x'.repeat(20))).rejects.toThrow('401')
  expect(await station.call('Heartbeat', {})).toHaveProperty('currentTime')
  expect(await codes(station)).toEqual([])
  await station.close()
})

behaviour('swap-seen', async (version) => {
  const station = await openSpeaker(whole, version)
  let pings = 0
  station.socket.socket.on('ping', () => (pings += 1))
  const newer = await twin(station)
  expect(await station.socket.closed).toBe(4001)
  expect(pings).toBe(1)
  await until(async () => (await codes(station)).includes('SecondConnection'))
  expect(await newer.call('Heartbeat', {})).toHaveProperty('currentTime')
  await until(async () => (await connection(station)) === 'connected')
  await newer.close()
})

it('counts an older machine that answered while we stood still', async () => {
  const station = await openSpeaker(whole, 'ocpp1.6')
  // Its pong lies waiting until this process goes on, later than an older socket may take.
  station.socket.socket.once('ping', () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 4_000))
  const newer = await twin(station)
  expect(await station.socket.closed).toBe(4001)
  await until(async () => (await codes(station)).includes('SecondConnection'))
  await newer.close()
})

behaviour('swap-answer', async (version) => {
  const identity = `held-${version}`
  await addTestStation(whole.ground, whole.tenantId, { identity })
  const open = () => connectStation(held.port, { path: `/ocpp/${SLUG}/${identity}`, version })
  const older = await open()
  await older.boot()
  let release = (): void => {}
  letGo = new Promise((resolve) => (release = resolve))
  const { action, payload } = startCall(whole, { is16: version === 'ocpp1.6' } as Speaker)
  const outcome = older.peer.call(action, payload)
  const newer = await open()
  const heard: string[] = []
  newer.socket.on('message', (data: Buffer) => heard.push(data.toString()))
  await older.closed
  release()
  expect((await outcome).kind).toBe('connection-lost')
  expect(await newer.call('Heartbeat', {})).toHaveProperty('currentTime')
  expect(heard.filter((text) => !text.includes('currentTime'))).toEqual([])
  await newer.close()
})

behaviour('swap-dead', async (version) => {
  const station = await openSpeaker(whole, version)
  await station.close()
  const dead: WebSocket[] = []
  for (let turn = 0; turn < 6; turn += 1) {
    // A line that broke: no pong ever comes back, and no farewell.
    const socket = new WebSocket(`ws://127.0.0.1:${whole.port}/ocpp/${SLUG}/${station.identity}`, [version], {
      autoPong: false,
      headers: { authorization: basicAuthHeader(station.identity, TEST_PASSWORD) },
    })
    socket.on('error', () => {})
    await new Promise((resolve) => socket.once('open', resolve))
    dead.push(socket)
  }
  await station.connect()
  await Promise.all(dead.map((socket) => new Promise((resolve) => socket.once('close', resolve))))
  await whole.stations.gateway.idle()
  expect(await station.call('Heartbeat', {})).toHaveProperty('currentTime')
  expect(await codes(station)).toEqual([])
  await station.close()
})

/** Two machines that take the station from each other, until nobody is let in. */
async function fight(station: Speaker): Promise<void> {
  let last = station.socket
  for (let turn = 0; turn < 4; turn += 1) {
    const next = await twin(station)
    await last.closed
    last = next
  }
  expect(await last.closed).toBe(1008)
}

behaviour('swap-quarantine', async (version) => {
  const station = await openSpeaker(whole, version)
  await fight(station)
  await until(async () => (await codes(station)).includes('SecondConnectionQuarantine'))
  await expect(twin(station)).rejects.toThrow('403')
  await whole.stations.gateway.idle()
  const { body } = await whole.call<{ items: { identity?: string; reason: string }[] }>(
    'GET',
    '/v1/refused-stations?limit=200',
  )
  expect(body.items.filter(({ identity }) => identity === station.identity).map(({ reason }) => reason)).toEqual([
    'quarantined',
  ])
  // A wrong key still learns nothing.
  await expect(twin(station, 'x'.repeat(20))).rejects.toThrow('401')
  whole.clock.move({ minutes: 16 })
  const back = await twin(station)
  expect(await back.call('Heartbeat', {})).toHaveProperty('currentTime')
  // Slow swaps, as of somebody who works at the station, count for nothing.
  let last = back
  for (let turn = 0; turn < 5; turn += 1) {
    whole.clock.move({ minutes: 3 })
    const next = await twin(station)
    await last.closed
    last = next
  }
  expect(await last.call('Heartbeat', {})).toHaveProperty('currentTime')
  // Again; and this time the key is made anew.
  station.socket = last
  whole.clock.move({ minutes: 6 })
  await fight(station)
  await until(
    async () =>
      (await twin(station).then(
        () => '',
        (error: Error) => error.message,
      )) === '403',
  )
  const made = await whole.call<{ password: string }>('POST', `/v1/stations/${station.id}/password`, {})
  expect(made.status).toBeLessThan(300)
  await expect(twin(station)).rejects.toThrow('401')
  const genuine = await twin(station, made.body.password)
  expect(await genuine.call('Heartbeat', {})).toHaveProperty('currentTime')
  await genuine.close()
})

behaviour('epoch-old', async (version) => {
  const station = await openSpeaker(whole, version)
  // Another node has taken the station over; this one has not heard of it yet.
  await whole.ground.database.inTenant(whole.tenantId, (tx) =>
    tx.run(sql`update stations set epoch = epoch + 1 where id = ${station.id}`),
  )
  const { action, payload } = startCall(whole, station)
  const outcome = station.socket.peer.call(action, payload)
  expect(await station.socket.closed).toBe(4001)
  expect((await outcome).kind).toBe('connection-lost')
  expect(await sessionsOf(whole, station)).toEqual([])
})

behaviour('reconnect-loop', async (version: OcppVersion) => {
  const identity = `loop-${version}`
  await addTestStation(whole.ground, whole.tenantId, { identity, plainUntil: '2999-01-01T00:00:00Z' })
  // Through a proxy, as from anywhere but this machine.
  const headers = { 'x-forwarded-for': '192.0.2.7' }
  const come = () => connectStation(whole.port, { path: `/ocpp/${SLUG}/${identity}`, version, headers })
  for (let turn = 0; turn < 60; turn += 1) await (await come()).close()
  // One more for each minute that this has taken.
  const refusal = await until(async () => {
    try {
      await (await come()).close()
      return undefined
    } catch (error) {
      return (error as Error).message
    }
  })
  expect(refusal).toBe('429')
  await whole.stations.gateway.idle()
  const { body } = await whole.call<{ items: { identity?: string; reason: string }[] }>(
    'GET',
    '/v1/refused-stations?limit=200',
  )
  expect(body.items.find((refused) => refused.identity === identity)?.reason).toBe('too-many-connects')
  // Its neighbours come in as ever.
  await (await openSpeaker(whole, version)).close()
})
