import { afterAll, beforeAll, expect, it } from 'vitest'
import { newId, sql } from '../../platform/index.ts'
import { makeTestTenant, type TestGround, testGround } from '../../platform/testing.ts'
import { takeMessages } from './take-messages.ts'

let ground: TestGround
beforeAll(async () => {
  ground = await testGround()
})
afterAll(() => ground.close())

it('a batch holds commands before EVSEs and sessions, as whoever keeps an answer does', async () => {
  const tenantId = await makeTestTenant(ground, 'first')
  const stationId = newId()
  const at = ground.clock.now()
  await ground.database.inTenant(tenantId, async (tx) => {
    await tx.run(sql`
      insert into stations (tenant_id, id, number, identity, state, onboarding, security_profile, created_at, changed_at)
      values (${tenantId}, ${stationId}, '12340', 'CS', 'active', 'accepted', 1, ${at}, ${at})`)
    await tx.run(sql`
      insert into evses (tenant_id, station_id, evse_id, declared) values (${tenantId}, ${stationId}, 1, true)`)
  })
  /** Whether a second transaction could lock the EVSE now. */
  const isEvseFree = () =>
    ground.database.inTenant(tenantId, async (tx) => {
      const rows = await tx.rows(
        sql`select 1 from evses where tenant_id = ${tenantId} and station_id = ${stationId} for update skip locked`,
      )
      return rows.length === 1
    })
  const seen: string[] = []
  const deps = {
    keys: ground.keys,
    knownPlaces: new Set<string>(),
    isExpecting: () => false,
    markEffects: async () => void seen.push((await isEvseFree()) ? 'commands first' : 'EVSE first'),
    takeReports: async () => {
      seen.push((await isEvseFree()) ? 'EVSE free' : 'EVSE held')
      return [{ kind: 'noted' } as const]
    },
  }
  const message = {
    tenantId,
    stationId,
    epoch: 0n,
    receivedAt: at,
    socketOpenedAt: at,
    action: 'StatusNotification',
    bodies: [{ kind: 'evse-status', evse: 1, connector: 1, status: 'occupied' } as const],
    text: '{}',
  }
  await ground.database.inTenants([tenantId], (tx) => takeMessages(tx, deps, [message]))
  expect(seen).toEqual(['commands first', 'EVSE held'])
})
