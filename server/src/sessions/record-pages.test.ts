import { afterAll, beforeAll, expect, it } from 'vitest'
import { type TestApi, testApi } from './testing-api.ts'
import { makeTestStation, makeTestTariff, makeTestToken, reportFrom, say16, take } from './testing-network.ts'

let api: TestApi

beforeAll(async () => {
  api = await testApi()
  await makeTestTariff(api.network)
  await makeTestToken(api.network, 'DEADBEEF')
})
afterAll(() => api.close())

it('records made at one moment are all on some page, each once: whoever bills by pages loses none (END-SDR)', async () => {
  const { network, call } = api
  const { tenantId, clock } = network
  const stations = [await makeTestStation(network), await makeTestStation(network), await makeTestStation(network)]
  const tellAll = (body: (n: number) => Parameters<typeof reportFrom>[2]) =>
    take(
      network,
      stations.map((station, n) => reportFrom(tenantId, station, body(n), clock.now())),
    )
  const started = await tellAll(() => say16.start(clock.now(), 'DEADBEEF', 0))
  // A true clock tells microseconds; what a record says of its making is cut to milliseconds.
  clock.move({ minutes: 1, microseconds: 456 })
  await tellAll((n) => say16.stop(clock.now(), (started[n] as { number: string }).number, 500))
  const seen: string[] = []
  let cursor = ''
  do {
    const { body } = await call('GET', `/v1/session-records?limit=1&count=true${cursor}`)
    expect(body.total).toBe(3)
    seen.push(...body.items.map((item) => (item as unknown as { stationId: string }).stationId))
    cursor = body.next === null ? '' : `&cursor=${body.next}`
  } while (cursor !== '')
  expect(seen.toSorted()).toEqual(stations.toSorted())
})

it('a span that ends before it begins is refused, not answered with nothing', async () => {
  for (const list of ['sessions', 'usage-errors']) {
    const answer = await api.call('GET', `/v1/${list}?from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z`)
    expect([answer.status, answer.body], list).toMatchObject([400, { errors: [{ pointer: '/query/to' }] }])
  }
})
