import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { forgetEffects } from '../platform/index.ts'
import { type TestApi, testApi } from './testing-api.ts'
import { makeTestStation, makeTestTariff, makeTestToken, reportFrom, say16, take } from './testing-network.ts'

let api: TestApi

beforeAll(async () => {
  api = await testApi()
  await makeTestTariff(api.network)
  await makeTestToken(api.network, 'DEADBEEF')
})
afterAll(() => api.close())

describe('a record that was handed on (END-SDR)', () => {
  it('says so for ever, also when what handed it on is long forgotten', async () => {
    const { network } = api
    const { clock, tenantId, ground } = network
    const stationId = await makeTestStation(network)
    const tell = (body: Parameters<typeof reportFrom>[2]) =>
      take(network, [reportFrom(tenantId, stationId, body, clock.now())])
    const [answer] = await tell(say16.start(clock.now(), 'DEADBEEF', 0))
    const number = answer?.kind === 'transaction' ? answer.number : ''
    clock.move({ minutes: 30 })
    await tell(say16.stop(clock.now(), number, 5_000))
    const doneAt = clock.now().toString()
    await api.workEffects()
    const before = await handedOn()
    expect(before).toMatchObject([{ to: 'built-in-billing', state: 'done', attempts: 1, at: doneAt }])
    clock.move({ hours: 24 * 31 })
    expect(await ground.database.inTenant(tenantId, (tx) => forgetEffects(tx, clock.now()))).toBeGreaterThan(0)
    expect(await handedOn()).toEqual(before)
  })
})

async function handedOn(): Promise<readonly unknown[]> {
  const { items } = (await api.call('GET', '/v1/session-records')).body as unknown as {
    items: readonly { readonly handedOn: readonly unknown[] }[]
  }
  return items[0]?.handedOn ?? []
}
