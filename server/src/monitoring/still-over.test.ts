import { afterAll, beforeAll, expect, it } from 'vitest'
import { movableClock, newId, openTexts, sql, takeDue } from '../platform/index.ts'
import { makeTestTenant, somebodyWaits, type TestGround, testGround } from '../platform/testing.ts'
import { wireMonitoring } from './wire.ts'

const clock = movableClock('2026-11-26T08:00:00Z')
let ground: TestGround
beforeAll(async () => {
  ground = await testGround(clock)
})
afterAll(() => ground.close())

it('an alert whose cause comes back just as it is found to be over stays', async () => {
  const tenantId = await makeTestTenant(ground, 'aside')
  const monitoring = wireMonitoring({ ground, texts: openTexts('languages') })
  await monitoring.watchNewTenants()
  const setAside = async (tx: Parameters<typeof monitoring.effectSetAside>[0], key: string) => {
    const at = clock.now()
    await tx.run(sql`
      insert into outbox (tenant_id, id, type, version, key, payload, created_at, due_at, failed_at)
      values (${tenantId}, ${newId()}, 'some.effect', 1, ${key}, '{}', ${at}, ${at.add({ hours: 1 })}, ${at})`)
    await monitoring.effectSetAside(tx, { type: 'some.effect', key, payload: {} }, at)
  }
  const open = () =>
    ground.database.inTenant(tenantId, (tx) =>
      tx.rows<{ count: number }>(sql`
        select count from alerts where tenant_id = ${tenantId} and kind = 'effect-set-aside' and cleared_at is null`),
    )
  await ground.database.inTenant(tenantId, async (tx) => {
    await setAside(tx, 'first')
    // Somebody mended it.
    await tx.run(
      sql`update outbox set failed_at = null, due_at = null, done_at = ${clock.now()} where tenant_id = ${tenantId}`,
    )
  })
  expect(await open()).toEqual([{ count: 1 }])
  const { watching } = await ground.database.inTenant(tenantId, async (tx) => {
    await setAside(tx, 'second')
    const watching = takeDue(ground, monitoring.watches)
    await somebodyWaits(ground, watching)
    return { watching }
  })
  expect(await watching).toBe(1)
  expect(await open()).toEqual([{ count: 2 }])
})
