import type { IncomingMessage } from 'node:http'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { basicAuthHeader } from '../../../../ocpp/index.ts'
import { sql } from '../../platform/index.ts'
import { makeTestTenant, somebodyWaits, type TestGround, testGround } from '../../platform/testing.ts'
import { openReconnectLimits } from '../rules/reconnect-limits.ts'
import { removeStation } from '../store.ts'
import { addTestStation, TEST_PASSWORD } from '../testing.ts'
import { type Knock, type Knocked, openKnocks } from './knocks.ts'
import { CREDENTIAL_PURPOSE } from './refusals.ts'
import { saveSwaps } from './store.ts'

let ground: TestGround
let first: string
let second: string
beforeAll(async () => {
  ground = await testGround()
  first = await makeTestTenant(ground, 'first')
  second = await makeTestTenant(ground, 'second')
})
afterAll(() => ground.close())

function knockAs(tenantId: string, identity: string, password = TEST_PASSWORD): Knock {
  const headers = { authorization: basicAuthHeader(identity, password), 'sec-websocket-protocol': 'ocpp1.6' }
  return { tenantId, identity, request: { headers, socket: { remoteAddress: '127.0.0.1' } } as IncomingMessage }
}

const heard = (one: Knocked): unknown => (one.kind === 'admitted' ? one.station.stationId : one.reason)

it('those that knock at once are let in in one transaction, each by its own key and tenant (row 18, GEN-ISOLATION)', async () => {
  const a = await addTestStation(ground, first, { identity: 'A' })
  const b = await addTestStation(ground, first, { identity: 'B' })
  const otherA = await addTestStation(ground, second, { identity: 'A', password: '2'.repeat(40) })
  const { knock } = openKnocks({ ...ground, reconnects: openReconnectLimits() })
  const before = ground.database.transactions()
  const all = await Promise.all([
    knock(knockAs(first, 'A')),
    knock(knockAs(second, 'A', '2'.repeat(40))),
    knock(knockAs(first, 'B')),
    knock(knockAs(first, 'NOBODY')),
    // The other tenant has one of this name, with this key.
    knock(knockAs(second, 'B')),
  ])
  expect(all.map(heard)).toEqual([a, otherA, b, 'unknown-identity', 'unknown-identity'])
  expect(ground.database.transactions() - before).toBe(1)
  const wrong = await Promise.all([knock(knockAs(second, 'A')), knock(knockAs(first, 'B'))])
  expect(wrong.map(heard)).toEqual(['wrong-password', b])
})

it('of two that knock at once as one station the later has the higher epoch (attack 2)', async () => {
  await addTestStation(ground, first, { identity: 'TWICE' })
  const { knock } = openKnocks({ ...ground, reconnects: openReconnectLimits() })
  const both = await Promise.all([knock(knockAs(first, 'TWICE')), knock(knockAs(first, 'TWICE'))])
  const [earlier, later] = both.map((one) => (one.kind === 'admitted' ? one.station.epoch : undefined))
  expect([earlier, later]).toEqual([1n, 2n])
})

it('a station that is removed while it knocks is unknown, and those that knock with it come in', async () => {
  const leaving = await addTestStation(ground, first, { identity: 'LEAVING' })
  const staying = await addTestStation(ground, first, { identity: 'STAYING' })
  const { knock } = openKnocks({ ...ground, reconnects: openReconnectLimits() })
  // Found as it was, then held up where it is made the socket's, until the removal is done.
  const both = await ground.database.inTenant(first, async (tx) => {
    await removeStation(tx, leaving, ground.clock.now())
    const knocking = Promise.all([knock(knockAs(first, 'LEAVING')), knock(knockAs(first, 'STAYING'))])
    await somebodyWaits(ground)
    return { knocking }
  })
  expect((await both.knocking).map(heard)).toEqual(['unknown-identity', staying])
  const again = await knock(knockAs(first, 'LEAVING'))
  expect(heard(again)).toBe('unknown-identity')
})

it('a station that gets another key while it knocks is not let in by its old one', async () => {
  const changing = await addTestStation(ground, first, { identity: 'CHANGING' })
  const { knock } = openKnocks({ ...ground, reconnects: openReconnectLimits() })
  const { knocking } = await ground.database.inTenant(first, async (tx) => {
    const key = await ground.keys.tenant(first)
    const hash = key.hash(CREDENTIAL_PURPOSE, '3'.repeat(40))
    await tx.run(sql`update stations set credential_hash = ${hash} where tenant_id = ${first} and id = ${changing}`)
    const knocking = knock(knockAs(first, 'CHANGING'))
    await somebodyWaits(ground)
    return { knocking }
  })
  expect(heard(await knocking)).toBe('wrong-password')
  expect(heard(await knock(knockAs(first, 'CHANGING', '3'.repeat(40))))).toBe(changing)
})

it('a station that nobody is let in as while it knocks is not let in (attack 2)', async () => {
  const contested = await addTestStation(ground, first, { identity: 'CONTESTED' })
  const { knock } = openKnocks({ ...ground, reconnects: openReconnectLimits() })
  const { knocking } = await ground.database.inTenant(first, async (tx) => {
    const quarantinedUntil = ground.clock.now().add({ minutes: 15 })
    await saveSwaps(tx, contested, { times: [], quarantinedUntil })
    const knocking = knock(knockAs(first, 'CONTESTED'))
    await somebodyWaits(ground)
    return { knocking }
  })
  expect(heard(await knocking)).toBe('quarantined')
})
