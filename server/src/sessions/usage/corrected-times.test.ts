import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sql } from '../../platform/index.ts'
import { type TestApi, testApi } from '../testing-api.ts'
import { makeTestStation, makeTestTariff, makeTestToken, reportFrom, say2x, take } from '../testing-network.ts'

let api: TestApi

beforeAll(async () => {
  api = await testApi()
  await makeTestTariff(api.network)
  await makeTestToken(api.network, 'DEADBEEF')
})
afterAll(() => api.close())

const DAY = { hours: 24 }

describe('a record whose times a correction moves (END-VALIDATE)', () => {
  it('has its pauses where they were: a clock a day slow makes no parking of charging', async () => {
    const { network } = api
    const { clock } = network
    const stationId = await makeTestStation(network)
    await network.ground.database.inTenant(network.tenantId, (tx) =>
      tx.run(sql`insert into connectors (tenant_id, station_id, evse_id, connector_id, max_power_w)
        values (${network.tenantId}, ${stationId}, 1, 1, 22000)`),
    )
    const begin = clock.now()
    const tell = async (kind: Parameters<typeof say2x>[0], seqNo: number, more: Parameters<typeof say2x>[4]) => {
      // Connected all along, and its clock is a day behind.
      const said = say2x(kind, 'slow-1', seqNo, clock.now().subtract(DAY), more)
      await take(network, [reportFrom(network.tenantId, stationId, said, clock.now())])
      clock.move({ minutes: 20 })
    }
    await tell('transaction-started', 0, { registerWh: 0, chargingState: 'charging', idToken: { uid: 'DEADBEEF' } })
    await tell('transaction-updated', 1, { registerWh: 3_000 })
    await tell('transaction-updated', 2, { registerWh: 6_000, chargingState: 'suspended-ev' })
    await tell('transaction-ended', 3, { registerWh: 6_000 })
    await api.workEffects()
    await api.workEffects()
    const session = (await api.call('GET', `/v1/sessions?stationId=${stationId}`)).body.items[0]
    const { items } = (await api.call('GET', `/v1/session-records?sessionId=${session.id}`)).body
    // 6 kWh at 0.25 and 20 minutes at 2.00 an hour.
    expect(items[0]).toMatchObject({
      revision: 2,
      correction: { checks: ['clock-behind'] },
      startedAt: begin.toString(),
      periods: [{ state: 'charging' }, { state: 'parking', from: begin.add({ minutes: 40 }).toString() }],
      totals: { exclTax: { minor: '217' } },
    })
  })
})
