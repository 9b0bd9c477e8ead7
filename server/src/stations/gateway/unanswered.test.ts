import { PassThrough } from 'node:stream'
import type { IncomingMessage } from 'node:http'
import v8 from 'node:v8'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { DatabaseAway, silentLog, sql } from '../../platform/index.ts'
import { makeTestTenant, testGround, type TestGround } from '../../platform/testing.ts'
import { addTestStation, connectStation, openTestStations, type TestStations } from '../testing.ts'
import { openUpgrades } from './upgrades.ts'

let ground: TestGround
let stations: TestStations
let tenantId: string
let isAway = false

beforeAll(async () => {
  ground = await testGround()
  tenantId = await makeTestTenant(ground, 'mute')
  stations = await openTestStations(ground, {
    async judgeTokens(questions) {
      if (isAway) throw new DatabaseAway('no connection is free')
      return questions.map(() => ({ verdict: 'accepted' }))
    },
  })
})
afterAll(async () => {
  await stations.stop()
  await ground.close()
})

it('a card that could not be looked up is not answered, and what the station says next is', async () => {
  await addTestStation(ground, tenantId, { identity: 'CARD' })
  const station = await connectStation(stations.port, { path: '/ocpp/mute/CARD' })
  await station.boot()
  const answered: string[] = []
  station.socket.on('message', (data: Buffer) => answered.push(String((JSON.parse(data.toString()) as unknown[])[1])))
  isAway = true
  station.socket.send(JSON.stringify([2, 'first', 'Authorize', { idTag: 'CARD-1' }]))
  station.socket.send(JSON.stringify([2, 'second', 'Heartbeat', {}]))
  await expect.poll(() => answered).toEqual(['second'])
  isAway = false
  station.socket.send(JSON.stringify([2, 'again', 'Authorize', { idTag: 'CARD-1' }]))
  await expect.poll(() => answered).toEqual(['second', 'again'])
  await station.close()
})

const sockets = () => v8.queryObjects(WebSocket, { format: 'count' })

it('a socket that is gone is forgotten, also where a message of it was never answered (row 30)', async () => {
  const before = sockets()
  for (let n = 0; n < 10; n += 1) {
    const id = await addTestStation(ground, tenantId, { identity: `LATE-${n}` })
    const station = await connectStation(stations.port, { path: `/ocpp/mute/LATE-${n}` })
    await station.boot()
    await ground.database.inTenant(tenantId, (tx) =>
      tx.run(sql`update stations set epoch = epoch + 1 where tenant_id = ${tenantId} and id = ${id}`),
    )
    station.socket.send(
      JSON.stringify([2, 'x', 'StatusNotification', { connectorId: 1, status: 'Available', errorCode: 'NoError' }]),
    )
    expect(await station.closed).toBe(4001)
  }
  await expect.poll(() => stations.gateway.connections).toBe(0)
  // The last may still be in somebody's hands.
  await expect.poll(() => sockets() - before).toBeLessThan(5)
})

it('who was turned away is forgotten (row 30)', async () => {
  const upgrade = openUpgrades({
    log: silentLog,
    isOnline: () => true,
    whenLost: () => () => {},
    admit: async () => ({ kind: 'refused', status: 404 }),
    onOpen() {},
    onLeft() {},
  })
  const promises = () => v8.queryObjects(Promise, { format: 'count' })
  const before = promises()
  for (let n = 0; n < 1_000; n += 1) {
    const socket = new PassThrough()
    upgrade({ rawHeaders: [], headers: {} } as unknown as IncomingMessage, socket, Buffer.alloc(0))
    await new Promise((resolve) => socket.once('close', resolve))
  }
  expect(promises() - before).toBeLessThan(500)
})
