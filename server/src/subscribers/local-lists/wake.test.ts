import { afterAll, beforeAll, expect, it } from 'vitest'
import { carryOutDue, openTexts, sql } from '../../platform/index.ts'
import { makeTestTenant, somebodyWaits, type TestGround, testGround } from '../../platform/testing.ts'
import { addTestStation } from '../../stations/testing.ts'
import { followCards, openLocalLists } from './keep-lists.ts'

let ground: TestGround
let tenantId: string
beforeAll(async () => {
  ground = await testGround()
  tenantId = await makeTestTenant(ground, 'woken')
})
afterAll(() => ground.close())

it('cards that change while a list is looked at have it looked at again (CARD-VALID)', async () => {
  const stationId = await addTestStation(ground, tenantId, { identity: 'WOKEN' })
  const lists = openLocalLists({
    ...ground,
    texts: openTexts('languages'),
    sendToStation: async () => undefined,
    raiseAlert: async () => {},
    clearAlert: async () => {},
  })
  const at = ground.clock.now()
  await ground.database.inTenant(tenantId, async (tx) => {
    await tx.run(sql`update stations set accepted_at = ${at} where tenant_id = ${tenantId} and id = ${stationId}`)
    await tx.run(sql`
      insert into local_lists (tenant_id, id, mode, state, must_read, held_version, last_version, checked_at, due_at)
      values (${tenantId}, ${stationId}, 'all', 'in-step', false, 1, 1, ${at}, ${at})`)
  })
  // The look has read the cards as they were, and has not been written down yet.
  const { waking } = await ground.database.inTenant(tenantId, async (looking) => {
    await lists.deadlines.take(looking, [stationId], at)
    await ground.database.inTenant(tenantId, (tx) => followCards(tx, at))
    const waking = carryOutDue({ ...ground, handlers: lists.effects })
    await somebodyWaits(ground, waking)
    return { waking }
  })
  expect(await waking).toBe(1)
  const due = await ground.database.inTenant(tenantId, (tx) =>
    tx.row(sql`select due_at <= ${ground.clock.now()} as "isDue" from local_lists where id = ${stationId}`),
  )
  expect(due).toEqual({ isDue: true })
})
