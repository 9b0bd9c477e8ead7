import { afterAll, beforeAll, expect, it } from 'vitest'
import { makeTestTenant, testGround, type TestGround } from '../../platform/testing.ts'
import { addTestStation, connectStation, openTestStations, type TestStations } from '../testing.ts'

let ground: TestGround
let stations: TestStations
let tenantId: string

beforeAll(async () => {
  ground = await testGround()
  tenantId = await makeTestTenant(ground, 'drain')
  stations = await openTestStations(ground)
})
afterAll(async () => {
  await ground.close()
})

it('stations that never cease to talk do not keep it from ending: they are sent away (row 31)', async () => {
  const all = await Promise.all(
    Array.from({ length: 60 }, async (_, n) => {
      await addTestStation(ground, tenantId, { identity: `TALK-${n}` })
      const station = await connectStation(stations.port, { path: `/ocpp/drain/TALK-${n}` })
      await station.boot()
      return station
    }),
  )
  const said = { connectorId: 1, status: 'Available', errorCode: 'NoError' }
  let answers = 0
  for (const { socket } of all) {
    const say = () => socket.send(JSON.stringify([2, 'x', 'StatusNotification', said]))
    socket.on('message', () => {
      answers += 1
      say()
    })
    for (let n = 0; n < 4; n += 1) say()
  }
  await expect.poll(() => answers).toBeGreaterThan(1_000)
  await stations.stop()
  expect(await Promise.all(all.map(({ closed }) => closed))).toEqual(all.map(() => 1012))
})
