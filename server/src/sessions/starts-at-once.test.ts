import { afterAll, beforeAll, expect, it } from 'vitest'
import { somebodyWaits } from '../platform/testing.ts'
import { startSession } from './start-session.ts'
import { takeReports } from './station-reports.ts'
import {
  makeTestStation,
  makeTestTariff,
  makeTestToken,
  reportFrom,
  say16,
  sessionsIn,
  T0,
  take,
  type TestNetwork,
  testNetwork,
} from './testing-network.ts'

let network: TestNetwork
beforeAll(async () => {
  network = await testNetwork()
  await makeTestTariff(network)
})
afterAll(() => network.close())

const by = { kind: 'key', id: '00000000-0000-7000-8000-000000000001', name: 'Shop' } as const
const wish = (stationId: string, evseId: number, uid?: string) =>
  network.ground.database.inTenant(network.tenantId, (tx) =>
    startSession(tx, network.deps, { stationId, evseId, by, ...(uid === undefined ? {} : { idToken: { uid } }) }, T0),
  )

it('starts asked for at once never exceed what a token may have at a time (CARD-VALID)', async () => {
  for (let turn = 0; turn < 5; turn += 1) {
    const uid = `L1M1T0${turn}`
    await makeTestToken(network, uid, { maxSessions: 2 })
    const stations: string[] = []
    while (stations.length < 5) stations.push(await makeTestStation(network))
    const results = await Promise.all(stations.map((station) => wish(station, 1, uid)))
    expect(results.filter(({ ok }) => ok)).toHaveLength(2)
    for (const result of results) if (!result.ok) expect(result.code).toBe('token-in-use')
  }
})

it('nor does a start at a station beside one that is asked for', async () => {
  for (let turn = 0; turn < 5; turn += 1) {
    const uid = `B0TH0${turn}`
    await makeTestToken(network, uid, { maxSessions: 1 })
    const [asked, tapped] = [await makeTestStation(network), await makeTestStation(network)]
    const [wished, [answer]] = await Promise.all([
      wish(asked, 1, uid),
      take(network, [reportFrom(network.tenantId, tapped, say16.start(T0, uid, 0), T0)]),
    ])
    const isConcurrent = answer?.kind === 'transaction' && answer.token?.verdict === 'concurrent'
    expect([wished.ok, isConcurrent]).toEqual(wished.ok ? [true, true] : [false, false])
  }
})

it('nor what a station may (SES-DUAL)', async () => {
  const station = await makeTestStation(network, { maxSessions: 1, evses: 4 })
  const results = await Promise.all([1, 2, 3, 4].map((evse) => wish(station, evse)))
  expect(results.filter(({ ok }) => ok)).toHaveLength(1)
  expect((await sessionsIn(network)).filter(({ stationId }) => stationId === station)).toHaveLength(1)
})

it('nor by a start at the station itself, at another of its EVSEs, whichever comes first (SES-DUAL)', async () => {
  const { ground, tenantId, deps } = network
  await makeTestToken(network, 'D0AL')
  const at = async (first: 'wished' | 'tapped') => {
    const station = await makeTestStation(network, { maxSessions: 1 })
    const tap = (tx: Parameters<typeof startSession>[0]) =>
      takeReports(tx, deps, [reportFrom(tenantId, station, say16.start(T0, 'D0AL', 0, 2), T0)])
    const ask = (tx: Parameters<typeof startSession>[0]) =>
      startSession(tx, deps, { stationId: station, evseId: 1, by }, T0)
    const tapping = () => ground.database.inTenants([tenantId], tap)
    const asking = () => ground.database.inTenant(tenantId, ask)
    if (first === 'wished') {
      const { wished, waiting } = await ground.database.inTenant(tenantId, async (tx) => {
        const wished = await ask(tx)
        const waiting = tapping()
        await somebodyWaits(ground, waiting)
        return { wished, waiting }
      })
      return { wished, tapped: await waiting }
    }
    const { tapped, waiting } = await ground.database.inTenants([tenantId], async (tx) => {
      const tapped = await tap(tx)
      const waiting = asking()
      await somebodyWaits(ground, waiting)
      return { tapped, waiting }
    })
    return { wished: await waiting, tapped }
  }
  for (const first of ['wished', 'tapped'] as const) {
    const { wished, tapped } = await at(first)
    const [answer] = tapped
    const mayCharge = answer?.kind === 'transaction' && answer.token?.verdict === 'accepted'
    expect([wished.ok, mayCharge], first).toEqual([first === 'wished', first === 'tapped'])
  }
})
