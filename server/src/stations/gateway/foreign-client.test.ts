import { RPCClient } from 'ocpp-rpc'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { makeTestTenant, testGround, type TestGround } from '../../platform/testing.ts'
import { addTestStation, openTestStations, TEST_PASSWORD, type TestStations, until } from '../testing.ts'

let ground: TestGround
let stations: TestStations
let tenantId: string

beforeAll(async () => {
  ground = await testGround()
  tenantId = await makeTestTenant(ground, 'power')
  stations = await openTestStations(ground)
})
afterAll(async () => {
  await stations.stop()
  await ground.close()
})

/** A station nobody here wrote, strict about every frame it sends and takes. */
async function foreign(identity: string, protocol: string) {
  const id = await addTestStation(ground, tenantId, { identity })
  // Its types ask for every option, its code for none.
  const options = {
    endpoint: `ws://127.0.0.1:${stations.port}/ocpp/power`,
    identity,
    protocols: [protocol],
    strictMode: true,
    password: TEST_PASSWORD,
    reconnect: false,
  }
  const client = new RPCClient(options as unknown as ConstructorParameters<typeof RPCClient>[0])
  const faults: unknown[] = []
  client.on('strictValidationFailure', (fault: unknown) => faults.push(fault))
  await client.connect()
  return { id, client, faults }
}

it('a strict foreign client charges by OCPP 1.6, and obeys a command (IF-B)', async () => {
  const { id, client, faults } = await foreign('F-16', 'ocpp1.6')
  const timestamp = () => Temporal.Now.instant().toString({ smallestUnit: 'millisecond' })
  expect(await client.call('BootNotification', { chargePointVendor: 'F', chargePointModel: 'M' })).toMatchObject({
    status: 'Accepted',
  })
  await client.call('StatusNotification', { connectorId: 1, status: 'Preparing', errorCode: 'NoError' })
  expect(await client.call('Authorize', { idTag: 'CARD' })).toMatchObject({ idTagInfo: { status: 'Accepted' } })
  const started = await client.call('StartTransaction', {
    connectorId: 1,
    idTag: 'CARD',
    meterStart: 100,
    timestamp: timestamp(),
  })
  expect(started).toMatchObject({ transactionId: expect.any(Number), idTagInfo: { status: 'Accepted' } })
  const { transactionId } = started as { transactionId: number }
  const meterValue = [{ timestamp: timestamp(), sampledValue: [{ value: '1.5', unit: 'kWh' }] }]
  expect(await client.call('MeterValues', { connectorId: 1, transactionId, meterValue })).toEqual({})
  expect(await client.call('StopTransaction', { transactionId, meterStop: 2000, timestamp: timestamp() })).toEqual({})
  expect(await client.call('DataTransfer', { vendorId: 'x' })).toEqual({ status: 'UnknownVendorId' })

  const asked: unknown[] = []
  client.handle('UnlockConnector', async ({ params }: { params?: unknown }) => {
    asked.push(params)
    return { status: 'Unlocked' }
  })
  await ground.database.inTenant(tenantId, (tx) =>
    stations.commands.sendToStation(tx, {
      stationId: id,
      command: { kind: 'unlock', evse: 1, connector: 1 },
      by: { kind: 'system' },
    }),
  )
  await until(() => stations.settled.find(({ stationId, state }) => stationId === id && state === 'answered'))
  expect(asked).toEqual([{ connectorId: 1 }])
  expect(stations.reports.filter(({ stationId }) => stationId === id).map(({ body }) => body.kind)).toEqual(
    expect.arrayContaining(['booted', 'evse-status', 'transaction-started', 'meter-read', 'transaction-ended']),
  )
  expect(faults).toEqual([])
  await client.close()
})

it('a strict foreign client charges by OCPP 2.0.1 (IF-B)', async () => {
  const { id, client, faults } = await foreign('F-201', 'ocpp2.0.1')
  const timestamp = Temporal.Now.instant().toString({ smallestUnit: 'millisecond' })
  const chargingStation = { vendorName: 'F', model: 'M' }
  expect(await client.call('BootNotification', { reason: 'PowerUp', chargingStation })).toMatchObject({
    status: 'Accepted',
  })
  const idToken = { idToken: 'CARD', type: 'ISO14443' }
  expect(await client.call('Authorize', { idToken })).toMatchObject({ idTokenInfo: { status: 'Accepted' } })
  const event = (eventType: string, seqNo: number, more: object = {}) =>
    client.call('TransactionEvent', {
      eventType,
      timestamp,
      triggerReason: 'Authorized',
      seqNo,
      transactionInfo: { transactionId: 'foreign-1' },
      evse: { id: 1, connectorId: 1 },
      ...more,
    })
  expect(await event('Started', 0, { idToken })).toMatchObject({ idTokenInfo: { status: 'Accepted' } })
  const sampledValue = [{ value: 1.25, unitOfMeasure: { unit: 'kWh' } }]
  expect(await event('Updated', 1, { meterValue: [{ timestamp, sampledValue }] })).toEqual({})
  expect(await event('Ended', 2)).toEqual({})
  const reports = stations.reports.filter(({ stationId }) => stationId === id)
  expect(reports.map(({ body }) => body)).toMatchObject([
    { kind: 'booted' },
    { kind: 'transaction-started', transaction: { number: 'foreign-1' }, seqNo: 0 },
    { kind: 'transaction-updated', readings: [{ registerWh: 1250 }] },
    { kind: 'transaction-ended' },
  ])
  expect(faults).toEqual([])
  await client.close()
})
