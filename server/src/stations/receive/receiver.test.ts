import { afterAll, beforeAll, expect, it } from 'vitest'
import { newId } from '../../platform/index.ts'
import { makeTestTenant, testGround, type TestGround } from '../../platform/testing.ts'
import { addTestStation, connectStation, openTestStations, type TestStations, until } from '../testing.ts'

let ground: TestGround
let stations: TestStations
let tenantId: string
let stationId: string
let tries = 0
let isBroken = true

beforeAll(async () => {
  ground = await testGround()
  tenantId = await makeTestTenant(ground, 'short')
  stations = await openTestStations(ground, {
    shortWay: {
      step: ({ stationId }) => ({ stationId, answer: { kind: 'noted' } }),
      async save() {
        tries += 1
        if (isBroken) throw new Error('planted')
        return true
      },
    },
  })
  stationId = await addTestStation(ground, tenantId, { identity: 'SHORT' })
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

it('goes the short way again once what a command waited for has been seen', async () => {
  isBroken = false
  const station = await connectStation(stations.port, { path: '/ocpp/short/SHORT' })
  await station.boot()
  const meterValue = [{ timestamp: ground.clock.now().toString(), sampledValue: [{ value: '5' }] }]
  const say = () => station.call('MeterValues', { connectorId: 1, meterValue })
  const saysUntilShort = async (): Promise<void> => {
    for (const before = tries; tries === before; ) await say()
  }
  await saysUntilShort()
  const by = { kind: 'staff', id: newId(), name: 'A person' } as const
  const command = { kind: 'trigger', message: 'meter', evse: 1 } as const
  await ground.database.inTenant(tenantId, (tx) => stations.commands.sendToStation(tx, { stationId, command, by }))
  await until(() => station.calls.some(({ action }) => action === 'TriggerMessage'))
  // Whatever was under way before it: from here on a reading may be what it waits for, the first one is.
  await saysUntilShort()
  await station.close()
})
