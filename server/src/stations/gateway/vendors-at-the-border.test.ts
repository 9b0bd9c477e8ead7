import { afterAll, beforeAll, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { basicAuthHeader } from '../../../../ocpp/index.ts'
import { makeTestTenant, testGround, type TestGround } from '../../platform/testing.ts'
import { addTestStation, openTestStations, TEST_PASSWORD, type TestStations, until } from '../testing.ts'

let ground: TestGround
let stations: TestStations
let tenantId: string

beforeAll(async () => {
  ground = await testGround()
  tenantId = await makeTestTenant(ground, 'dialect')
  stations = await openTestStations(ground)
})
afterAll(async () => {
  await stations.stop()
  await ground.close()
})

/** A bare socket: what a station of ours would never send. */
async function connect(identity: string) {
  const socket = new WebSocket(`ws://127.0.0.1:${stations.port}/ocpp/dialect/${identity}`, ['ocpp1.6'], {
    headers: { authorization: basicAuthHeader(identity, TEST_PASSWORD) },
  })
  const answers: unknown[][] = []
  socket.on('message', (data: Buffer) => answers.push(JSON.parse(data.toString()) as unknown[]))
  await new Promise((resolve) => socket.once('open', resolve))
  return {
    socket,
    async say(id: string, action: string, payload: object) {
      socket.send(JSON.stringify([2, id, action, payload]))
      return until(() => answers.find((answer) => answer[1] === id))
    },
  }
}

const bootOf = (vendor: string) => ({ chargePointVendor: vendor, chargePointmodel: 'EX 22', firmwareVersion: 'v1.8.2' })
const meter = { timestamp: '2026-11-20T08:02:00Z', sampledValue: [{ value: 12.5, unit: 'Wh' }] }

it('a station of a known vendor is understood from its first message on, and after a mere reconnect (ST-PARAMS)', async () => {
  const id = await addTestStation(ground, tenantId, { identity: 'EX-1' })
  const first = await connect('EX-1')
  expect(await first.say('1', 'BootNotification', bootOf('Exempla AG'))).toMatchObject([3, '1', { status: 'Accepted' }])
  expect(await first.say('2', 'StatusNotification', { connectorId: '1', status: 'CHARGING' })).toEqual([3, '2', {}])
  first.socket.close()
  const again = await connect('EX-1')
  expect(await again.say('3', 'MeterValues', { connectorId: 1, values: [meter] })).toEqual([3, '3', {}])
  const bodies = stations.reports.filter(({ stationId }) => stationId === id).map(({ body }) => body)
  expect(bodies).toMatchObject([
    { kind: 'booted', model: 'EX 22' },
    { kind: 'evse-status', phase: 'charging' },
    { kind: 'meter-read', readings: [{ registerWh: 12_500 }] },
  ])
  again.socket.close()
})

it('the same words of anybody else are refused', async () => {
  await addTestStation(ground, tenantId, { identity: 'EX-2' })
  const { say, socket } = await connect('EX-2')
  expect(await say('1', 'BootNotification', bootOf('Somebody'))).toMatchObject({
    0: 4,
    1: '1',
    2: 'OccurenceConstraintViolation',
  })
  socket.close()
})
