import { afterAll, beforeAll, expect, it } from 'vitest'
import { takeDue } from '../../platform/index.ts'
import { makeTestTenant, testGround, type TestGround } from '../../platform/testing.ts'
import type { CommandBy } from '../handed-in.ts'
import type { StationCommand } from '../model.ts'
import { askingLimits, MOST_LOST } from '../rules/asking-limits.ts'
import {
  addTestStation,
  connectStation,
  openTestStations,
  type TestSocket,
  type TestStations,
  until,
} from '../testing.ts'
import { findCommand } from './store.ts'

let ground: TestGround
let stations: TestStations
let tenantId: string
const alerts: { readonly kind: string; readonly stationId: string; readonly evidence: unknown }[] = []

beforeAll(async () => {
  ground = await testGround()
  tenantId = await makeTestTenant(ground, 'asked')
  stations = await openTestStations(ground, { raiseAlert: async (_, alert) => void alerts.push(alert) })
})
afterAll(async () => {
  await stations.stop()
  await ground.close()
})

function send(stationId: string, command: StationCommand, kind: CommandBy['kind'] = 'system'): Promise<string> {
  return ground.database.inTenant(tenantId, async (tx) =>
    String(await stations.commands.sendToStation(tx, { stationId, command, by: { kind } })),
  )
}
const rowOf = (id: string) => ground.database.inTenant(tenantId, (tx) => findCommand(tx, id))

it('what the platform asks by itself ends at its limit, is told, and never goes out; what people ask goes on', async () => {
  const id = await addTestStation(ground, tenantId, { identity: 'ASKED-1' })
  const socket = await connectStation(stations.port, { path: '/ocpp/asked/ASKED-1' })
  await socket.boot()
  const most = askingLimits['clear-cache'].perHour ?? 0
  for (let n = 0; n < most; n += 1) await send(id, { kind: 'clear-cache' })
  const oneMore = await send(id, { kind: 'clear-cache' })
  await takeDue(ground, stations.deadlines)
  expect(await rowOf(oneMore)).toMatchObject({ state: 'failed', failure: 'asked-too-often', sentAt: null })
  expect(stations.settled.find((one) => one.id === oneMore)).toMatchObject({ failure: 'asked-too-often' })
  expect(alerts).toMatchObject([
    { kind: 'asked-too-often', stationId: id, evidence: { command: 'clear-cache', perHour: most } },
  ])
  const byHand = await send(id, { kind: 'clear-cache' }, 'staff')
  await until(async () => (await rowOf(byHand))?.state === 'answered')
  expect(socket.calls.filter(({ action }) => action === 'ClearCache')).toHaveLength(most + 1)
  await socket.close()
})

it('a command that breaks the connection each time is given up after a few', async () => {
  const id = await addTestStation(ground, tenantId, { identity: 'ASKED-2' })
  let asked = 0
  const breaks = async (): Promise<TestSocket> => {
    const socket: TestSocket = await connectStation(stations.port, {
      path: '/ocpp/asked/ASKED-2',
      answer() {
        asked += 1
        socket.socket.terminate()
        return { kind: 'silence' }
      },
    })
    return socket
  }
  await (await breaks()).boot()
  const command = await send(id, { kind: 'clear-cache' })
  for (let n = 0; n < MOST_LOST; n += 1) {
    await until(() => asked === n + 1)
    await until(async () => (await rowOf(command))?.state === 'queued')
    await breaks()
  }
  await until(async () => (await rowOf(command))?.state === 'failed')
  expect(await rowOf(command)).toMatchObject({ failure: 'connection-lost', timesLost: MOST_LOST })
  expect(asked).toBe(MOST_LOST + 1)
})
