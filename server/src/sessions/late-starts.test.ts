import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addVersion, makeDefault, makeTariff } from '../billing/index.ts'
import { sql } from '../platform/index.ts'
import type { TransactionReport } from '../stations/index.ts'
import { changeStation } from '../stations/store.ts'
import { type TestApi, testApi } from './testing-api.ts'
import {
  makeTestStation,
  makeTestTariff,
  makeTestToken,
  recordsIn,
  reportFrom,
  say2x,
  take,
} from './testing-network.ts'

let api: TestApi
let tariffId: string

beforeAll(async () => {
  api = await testApi()
  tariffId = await makeTestTariff(api.network)
  await makeTestToken(api.network, 'DEADBEEF')
})
afterAll(() => api.close())

const dear = {
  currency: 'EUR',
  elements: [{ price_components: [{ type: 'ENERGY', price: 9, step_size: 1 }] }],
}
const started = { idToken: { uid: 'DEADBEEF' }, chargingState: 'charging' as const, registerWh: 0, offline: true }

describe('a start that is told late', () => {
  it('leaves the tariff as it was at the start, whatever the station has been given meanwhile', async () => {
    const { network } = api
    const { ground, tenantId, clock } = network
    const stationId = await makeTestStation(network)
    const begin = clock.now()
    clock.move({ minutes: 10 })
    await tell(stationId, say2x('transaction-updated', 'moved', 1, clock.now(), { registerWh: 500 }))
    await ground.database.inTenant(tenantId, async (tx) => {
      const validFrom = begin.subtract({ hours: 12 })
      const made = await makeTariff(tx, { name: 'Dear', json: dear, validFrom, by: 'test', at: clock.now() })
      await tx.run(sql`update stations set tariff_id = ${made.ok ? made.value : null} where id = ${stationId}`)
    })
    await tell(stationId, say2x('transaction-started', 'moved', 0, begin, started))
    clock.move({ minutes: 10 })
    await tell(stationId, say2x('transaction-ended', 'moved', 2, clock.now(), { registerWh: 1_000 }))
    expect(await recordsOf(stationId)).toMatchObject([
      { tariff: { id: tariffId }, totals: { exclTax: { minor: '25' } } },
    ])
  })

  it('is priced by the version of the start also after a record was made without it', async () => {
    const { network } = api
    const { ground, tenantId, clock } = network
    const stationId = await makeTestStation(network)
    const begin = clock.now()
    const ended = begin.add({ minutes: 20 })
    await ground.database.inTenant(tenantId, (tx) =>
      addVersion(tx, tariffId, { json: dear, validFrom: begin.add({ minutes: 10 }), by: 'test', at: begin }),
    )
    clock.move({ minutes: 30 })
    await tell(stationId, say2x('transaction-ended', 'lost', 1, ended, { registerWh: 1_000, offline: true }))
    for (let step = 0; step < 8; step += 1) {
      clock.move({ minutes: 4 })
      await api.workDeadlines()
    }
    expect(await recordsOf(stationId)).toMatchObject([{ revision: 1 }])
    await tell(stationId, say2x('transaction-started', 'lost', 0, begin, started))
    expect((await recordsOf(stationId)).at(-1)).toMatchObject({
      revision: 2,
      energyWh: 1_000,
      tariff: { id: tariffId, version: 1 },
      totals: { exclTax: { minor: '25' } },
    })
  })
})

describe('a whole session that is told late', () => {
  it('is priced by what its station had as it began, and what was the default then', async () => {
    const { network } = api
    const { ground, tenantId, clock } = network
    const stationId = await makeTestStation(network)
    const begin = clock.now()
    const price = async (number: string, from: Temporal.Instant) => {
      await tell(stationId, say2x('transaction-started', number, 0, from, started))
      const to = from.add({ minutes: 5 })
      await tell(stationId, say2x('transaction-ended', number, 1, to, { registerWh: 1_000, offline: true }))
      const last: unknown = (await recordsOf(stationId)).at(-1)
      return (last as { readonly tariff?: { readonly id: string } } | undefined)?.tariff?.id
    }
    const validFrom = begin.subtract({ hours: 12 })
    const other = await ground.database.inTenant(tenantId, (tx) =>
      makeTariff(tx, { name: 'Other', json: dear, validFrom, by: 'test', at: begin }),
    )
    const otherId = other.ok ? other.value : ''
    const give = (id: string | null) =>
      ground.database.inTenant(tenantId, (tx) => changeStation(tx, stationId, { tariffId: id }, clock.now()))
    clock.move({ minutes: 10 })
    await give(otherId)
    clock.move({ minutes: 10 })
    await give(null)
    clock.move({ minutes: 10 })
    await ground.database.inTenant(tenantId, (tx) => makeDefault(tx, otherId, clock.now()))
    clock.move({ minutes: 10 })
    expect(await price('first', begin)).toBe(tariffId)
    expect(await price('second', begin.add({ minutes: 12 }))).toBe(otherId)
    expect(await price('third', begin.add({ minutes: 22 }))).toBe(tariffId)
    expect(await price('fourth', begin.add({ minutes: 32 }))).toBe(otherId)
    await ground.database.inTenant(tenantId, (tx) => makeDefault(tx, tariffId, clock.now()))
  })
})

async function tell(stationId: string, body: TransactionReport): Promise<void> {
  const { network } = api
  await take(network, [reportFrom(network.tenantId, stationId, body, network.clock.now(), network.clock.now())])
}

async function recordsOf(stationId: string) {
  const { body } = await api.call('GET', `/v1/sessions?stationId=${stationId}`)
  return (await recordsIn(api.network)).filter((row) => row.sessionId === body.items[0].id).map(({ record }) => record)
}
