import { afterAll, beforeAll, expect, it } from 'vitest'
import { sql } from '../platform/index.ts'
import { somebodyWaits } from '../platform/testing.ts'
import { takeReports } from './station-reports.ts'
import {
  makeTestStation,
  reportFrom,
  say16,
  sessionsIn,
  T0,
  type TestNetwork,
  testNetworkWithCard,
} from './testing-network.ts'

let network: TestNetwork
beforeAll(async () => {
  network = await testNetworkWithCard()
})
afterAll(() => network.close())

it('no session begins at a station that is removed while its start waits', async () => {
  const { ground, tenantId, deps } = network
  const stationId = await makeTestStation(network)
  const start = reportFrom(tenantId, stationId, say16.start(T0, 'DEADBEEF', 0), T0)
  // As the receiver asks: whose socket is the newest, along with what sessions need.
  const takeStart = () =>
    ground.database.inTenants([tenantId], (tx) => {
      const there = tx.row(
        sql`select 1 from stations where tenant_id = ${tenantId} and id = ${stationId} and removed_at is null`,
      )
      return takeReports(
        tx,
        deps,
        [start],
        there.then((row) => () => row !== undefined),
      )
    })
  const { taking } = await ground.database.inTenant(tenantId, async (tx) => {
    await tx.run(sql`update stations set removed_at = ${T0} where tenant_id = ${tenantId} and id = ${stationId}`)
    await tx.rows(sql`select 1 from evses where tenant_id = ${tenantId} and station_id = ${stationId} for update`)
    const taking = takeStart()
    await somebodyWaits(ground, taking)
    return { taking }
  })
  expect(await taking).toEqual([{ kind: 'noted' }])
  expect(await sessionsIn(network)).toEqual([])
})
