import { afterAll, beforeAll, expect, it } from 'vitest'
import { openProxy, type Proxy } from '../../../../e2e/kit/proxy.ts'
import { sql } from '../../platform/index.ts'
import { makeTestTenant, type TestGround, testGround } from '../../platform/testing.ts'
import { addTestStation, connectStation, openTestStations, type TestStations } from '../testing.ts'

let ground: TestGround
let stations: TestStations
let proxy: Proxy
let tenantId: string

beforeAll(async () => {
  ground = await testGround()
  tenantId = await makeTestTenant(ground, 'half')
  stations = await openTestStations(ground, { timing: { pingMs: 1_000 } })
  proxy = await openProxy({ port: stations.port })
})
afterAll(async () => {
  await proxy?.close()
  await stations.stop()
  await ground.close()
})

it('a connection that is dead and tells nobody is noticed by the second ping, and the station shown as away (row 26)', async () => {
  const id = await addTestStation(ground, tenantId, { identity: 'HALF' })
  const station = await connectStation(proxy.port, { path: '/ocpp/half/HALF' })
  await station.boot()
  expect(stations.gateway.connections).toBe(1)
  proxy.set({ swallow: true })
  await expect.poll(() => stations.gateway.connections).toBe(0)
  const isGone = () =>
    ground.database.inTenant(tenantId, (tx) =>
      tx.row<{ gone: boolean }>(
        sql`select disconnected_at is not null as gone from stations where tenant_id = ${tenantId} and id = ${id}`,
      ),
    )
  await expect.poll(async () => (await isGone())?.gone).toBe(true)
})
