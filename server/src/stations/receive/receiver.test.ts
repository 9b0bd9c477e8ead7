import { afterAll, beforeAll, expect, it } from 'vitest'
import { makeTestTenant, testGround, type TestGround } from '../../platform/testing.ts'
import { addTestStation, connectStation, openTestStations, type TestStations } from '../testing.ts'

let ground: TestGround
let stations: TestStations
let tries = 0

beforeAll(async () => {
  ground = await testGround()
  const tenantId = await makeTestTenant(ground, 'short')
  stations = await openTestStations(ground, {
    shortWay: {
      step: ({ stationId }) => ({ stationId, answer: { kind: 'noted' } }),
      async save() {
        tries += 1
        throw new Error('planted')
      },
    },
  })
  await addTestStation(ground, tenantId, { identity: 'SHORT' })
})
afterAll(async () => {
  await stations.stop()
  await ground.close()
})

it('what the short way fails at goes the whole way, as what it declines', async () => {
  const station = await connectStation(stations.port, { path: '/ocpp/short/SHORT' })
  await station.boot()
  const meterValue = [{ timestamp: ground.clock.now().toString(), sampledValue: [{ value: '5' }] }]
  let said = 0
  // Until it is known that no command waits for what the station says.
  for (; tries === 0; said += 1) expect(await station.call('MeterValues', { connectorId: 1, meterValue })).toEqual({})
  expect(stations.reports.filter(({ body }) => body.kind === 'meter-read')).toHaveLength(said)
  await station.close()
})
