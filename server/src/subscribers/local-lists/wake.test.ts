import { afterAll, beforeAll, expect, it } from 'vitest'
import { carryOutDue, newId, openTexts, sql } from '../../platform/index.ts'
import { makeTestTenant, somebodyWaits, type TestGround, testGround } from '../../platform/testing.ts'
import type { StationCommand } from '../../stations/index.ts'
import { addTestStation } from '../../stations/testing.ts'
import { followCards, type ListDeps, openLocalLists } from './keep-lists.ts'
import { sendAnew } from './store.ts'

let ground: TestGround
let tenantId: string
beforeAll(async () => {
  ground = await testGround()
  tenantId = await makeTestTenant(ground, 'woken')
})
afterAll(() => ground.close())

const listsThat = (sendToStation: ListDeps['sendToStation']) =>
  openLocalLists({
    ...ground,
    texts: openTexts('languages'),
    sendToStation,
    raiseAlert: async () => {},
    clearAlert: async () => {},
  })

it('cards that change while a list is looked at have it looked at again (CARD-VALID)', async () => {
  const stationId = await addTestStation(ground, tenantId, { identity: 'WOKEN' })
  const lists = listsThat(async () => undefined)
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

it('a list that somebody wants sent anew is sent anew, also while a part of it is on its way', async () => {
  const stationId = await addTestStation(ground, tenantId, { identity: 'ANEW' })
  const sent: StationCommand[] = []
  const ids: string[] = []
  const lists = listsThat(async (_, { command }) => {
    sent.push(command)
    ids.push(newId())
    return ids.at(-1)
  })
  const at = ground.clock.now()
  const answered = (id: string, command: StationCommand, list = {}) => {
    const answer = { outcome: 'accepted', raw: {}, list } as const
    const ended = { id, stationId, sessionId: null, command, at, state: 'answered', answer } as const
    return ground.database.inTenant(tenantId, (tx) => lists.commandSettled(tx, ended))
  }
  const part = { kind: 'send-list', version: 2, full: false, entries: [] } as const
  const partId = newId()
  await ground.database.inTenant(tenantId, async (tx) => {
    await tx.run(sql`update stations set accepted_at = ${at} where tenant_id = ${tenantId} and id = ${stationId}`)
    await tx.run(sql`
      insert into local_lists (tenant_id, id, mode, state, must_read, held_version, last_version, checked_at, command_id, pending)
      values (${tenantId}, ${stationId}, 'all', 'behind', false, 1, 2, ${at}, ${partId},
        '{"version": 2, "full": false, "changes": []}'::jsonb)`)
    await sendAnew(tx, stationId, at)
  })
  const work = () => ground.database.inTenant(tenantId, (tx) => lists.deadlines.take(tx, [stationId], at))
  await answered(partId, part)
  await work()
  expect(sent).toEqual([{ kind: 'read-list' }])
  await answered(String(ids[0]), { kind: 'read-list' }, { version: 2 })
  await work()
  expect(sent.slice(1)).toMatchObject([{ kind: 'send-list', full: true, version: 3 }])
})
