import { afterAll, beforeAll, expect, it } from 'vitest'
import { must, sql, takeDue } from '../../platform/index.ts'
import { makeTestTenant, testGround, type TestGround } from '../../platform/testing.ts'
import { addTestStation, openTestStations, type TestStations } from '../testing.ts'
import { findCommand, lockNextQueued, markSent } from './store.ts'

let ground: TestGround
let stations: TestStations
let tenantId: string
beforeAll(async () => {
  ground = await testGround()
  tenantId = await makeTestTenant(ground, 'effects')
  stations = await openTestStations(ground)
})
afterAll(async () => {
  await stations.stop()
  await ground.close()
})

it('what a station said before a command was sent is no effect of it, however late it is written down', async () => {
  const stationId = await addTestStation(ground, tenantId, { identity: 'EARLY' })
  const inTenant = <T>(work: Parameters<typeof ground.database.inTenant<T>>[1]) =>
    ground.database.inTenant(tenantId, work)
  const id = await inTenant(async (tx) => {
    const command = { kind: 'trigger', message: 'boot' } as const
    return must(await stations.commands.sendToStation(tx, { stationId, command, by: { kind: 'system' } }), 'command')
  })
  const sentAt = ground.clock.now()
  const said = { tenantId, stationId, effect: 'booted', evse: null }
  const seen = (at: Temporal.Instant) => inTenant((tx) => stations.commands.markEffectSeen(tx, [{ ...said, at }]))
  await inTenant(async (tx) => {
    const row = must(await lockNextQueued(tx, { stationId, epoch: 0n }), 'queued command')
    await markSent(tx, { id: row.id, exact: {}, at: sentAt, dueAt: sentAt.add({ seconds: 30 }) })
  })
  // It booted by itself; its batch waited for the database while the command went out.
  await seen(sentAt.subtract({ milliseconds: 1 }))
  expect(await inTenant((tx) => findCommand(tx, id))).toMatchObject({ state: 'sent', effect: null })
  await seen(sentAt.add({ milliseconds: 1 }))
  expect(await inTenant((tx) => findCommand(tx, id))).toMatchObject({ state: 'sent', effect: { what: 'booted' } })
})

it('a deadline whose row somebody else holds is not taken, so that nobody asks for it without a pause', async () => {
  const stationId = await addTestStation(ground, tenantId, { identity: 'HELD' })
  const id = await ground.database.inTenant(tenantId, async (tx) => {
    const command = { kind: 'trigger', message: 'boot' } as const
    const made = await stations.commands.sendToStation(tx, { stationId, command, by: { kind: 'system' } })
    await tx.run(sql`update commands set due_at = ${ground.clock.now()} where id = ${must(made, 'command')}`)
    return must(made, 'command')
  })
  await ground.database.inTenant(tenantId, async (tx) => {
    await tx.row(sql`select 1 as one from commands where id = ${id} for update`)
    expect(await takeDue(ground, stations.deadlines)).toBe(0)
  })
  expect(await takeDue(ground, stations.deadlines)).toBe(1)
  expect(await ground.database.inTenant(tenantId, (tx) => findCommand(tx, id))).toMatchObject({ state: 'failed' })
})
