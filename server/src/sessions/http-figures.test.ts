import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sql } from '../platform/index.ts'
import type { Figures } from './store-figures.ts'
import { type TestApi, testApi } from './testing-api.ts'
import {
  makeTestStation,
  makeTestTariff,
  makeTestToken,
  reportFrom,
  say16,
  take,
  type TestNetwork,
} from './testing-network.ts'

let api: TestApi
let network: TestNetwork

beforeAll(async () => {
  api = await testApi()
  ;({ network } = api)
  await makeTestTariff(network)
  await makeTestToken(network, 'DEADBEEF')
})
afterAll(() => api.close())

const tell = (station: string, body: Parameters<typeof reportFrom>[2]) =>
  take(network, [reportFrom(network.tenantId, station, body, network.clock.now())])

describe('key figures', () => {
  it('count all that is open, and what flows there, however much it is', async () => {
    const read = async () => (await api.call('GET', '/v1/figures')).body as unknown as Figures
    const before = await read()
    for (const [powerW, isAway] of [
      [7_000, false],
      [11_000, false],
      [22_000, true],
    ] as const) {
      const station = await makeTestStation(network)
      await network.ground.database.inTenant(network.tenantId, (tx) =>
        tx.run(sql`update stations set connected_at = ${isAway ? null : network.clock.now()} where id = ${station}`),
      )
      const at = network.clock.now()
      const [answer] = await tell(station, say16.start(at, 'DEADBEEF', 1_000))
      const { number } = answer as { number: string }
      network.clock.move({ minutes: 1 })
      await tell(station, say16.meter(network.clock.now(), number, 1_100, powerW))
    }
    expect(await read()).toEqual({
      openSessions: before.openSessions + 3,
      powerW: before.powerW + 18_000,
      sessionsOfLastDay: before.sessionsOfLastDay + 3,
    })
    network.clock.move({ hours: 25 })
    expect((await read()).sessionsOfLastDay).toBe(0)
  })

  it('say nothing of power where the connector is free and only the meter is waited for', async () => {
    const station = await makeTestStation(network)
    const at = network.clock.now()
    const [answer] = await tell(station, say16.start(at, 'DEADBEEF', 1_000))
    const { number } = answer as { number: string }
    network.clock.move({ minutes: 1 })
    await tell(station, say16.meter(network.clock.now(), number, 1_100, 7_000))
    const session = async () => (await api.call('GET', `/v1/sessions?stationId=${station}`)).body.items[0]
    expect(await session()).toMatchObject({ state: 'delivering', powerW: 7_000 })
    network.clock.move({ minutes: 5 })
    await tell(station, say16.status(network.clock.now(), undefined))
    expect(await session()).toMatchObject({ state: 'waiting-for-meter' })
    expect(await session()).not.toHaveProperty('powerW')
  })
})
