import { afterAll, beforeAll, expect, it } from 'vitest'
import { takeDue } from '../platform/index.ts'
import { sessionDeadlines } from './deadlines.ts'
import {
  makeTestStation,
  recordsIn,
  reportFrom,
  say16,
  sessionsIn,
  T0,
  take,
  type TestNetwork,
  testNetworkWithCard,
} from './testing-network.ts'

let network: TestNetwork
beforeAll(async () => {
  network = await testNetworkWithCard()
})
afterAll(() => network.close())

const at = (seconds: number): Temporal.Instant => T0.add({ seconds })

it('readings that come one by one after an estimate make one further revision (END-METER)', async () => {
  const station = await makeTestStation(network)
  const say = (body: Parameters<typeof reportFrom>[2], seconds: number) =>
    take(network, [reportFrom(network.tenantId, station, body, at(seconds))])
  const [answer] = await say(say16.start(at(0), 'DEADBEEF', 1_000), 1)
  const number = answer?.kind === 'transaction' ? answer.number : ''
  await say(say16.meter(at(300), number, 1_500), 301)
  // The next transaction on the EVSE: the end of the first is lost.
  await say(say16.start(at(900), 'DEADBEEF', 1_900), 901)
  for (let nth = 1; nth <= 5; nth += 1) await say(say16.meter(at(300 + nth * 60), number, 1_500 + nth * 50), 910 + nth)
  const revisions = async () => {
    const [first] = await sessionsIn(network)
    const records = (await recordsIn(network)).filter(({ sessionId }) => sessionId === first?.id)
    return { energyWh: first?.energyWh, records: records.map(({ record }) => record['energyWh']) }
  }
  expect(await revisions()).toEqual({ energyWh: 750n, records: [500] })
  network.clock.move({ hours: 1 })
  for (let times = 0; times < 2; times += 1) await takeDue(network.ground, sessionDeadlines(network.deps))
  expect(await revisions()).toEqual({ energyWh: 750n, records: [500, 750] })
})
