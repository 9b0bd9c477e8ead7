import { afterAll, beforeAll, expect, it } from 'vitest'
import { type DueEffect, sql } from '../../platform/index.ts'
import { somebodyWaits } from '../../platform/testing.ts'
import { RECORD_MADE } from '../make-records.ts'
import {
  makeTestStation,
  reportFrom,
  say16,
  T0,
  take,
  type TestNetwork,
  testNetworkWithCard,
} from '../testing-network.ts'
import { wireSessions } from '../wire.ts'
import { clearHeld } from './tell-errors.ts'

let network: TestNetwork
beforeAll(async () => {
  network = await testNetworkWithCard()
})
afterAll(() => network.close())

it('an alert of usage data stays while more is found at its station just as the last of it is decided (END-VALIDATE)', async () => {
  const { ground, tenantId, deps, cleared, alerts } = network
  const stationId = await makeTestStation(network)
  const say = (minutes: number, body: Parameters<typeof reportFrom>[2]) =>
    take(network, [reportFrom(tenantId, stationId, body, T0.add({ minutes }))])
  const at = (minutes: number) => T0.add({ minutes })
  const [started] = await say(0, say16.start(at(0), 'DEADBEEF', 1_000))
  const number = started?.kind === 'transaction' ? started.number : ''
  await say(10, say16.meter(at(10), number, 3_000))
  await say(20, say16.meter(at(20), number, 10))
  await say(30, say16.stop(at(30), number, 1_010))
  const { effects } = wireSessions(deps)
  const judging = effects[RECORD_MADE]
  if (judging === undefined || typeof judging === 'function') throw new Error('records are judged together')
  const { clearing } = await ground.database.inTenant(tenantId, async (tx) => {
    const due = await tx.rows<DueEffect>(
      sql`select id, type, version, key, payload, attempts from outbox where type = ${RECORD_MADE}`,
    )
    await judging.many(tx, due)
    expect(alerts.at(-1)).toMatchObject({ kind: 'usage-held', subject: stationId })
    // Somebody decides what was held before.
    const clearing = ground.database.inTenant(tenantId, (other) => clearHeld(other, deps, [stationId], at(40)))
    await somebodyWaits(ground, clearing)
    return { clearing }
  })
  await clearing
  expect(cleared).toEqual([])
})
