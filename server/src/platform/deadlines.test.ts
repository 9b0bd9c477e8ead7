import { afterAll, beforeAll, expect, it } from 'vitest'
import { movableClock } from './clock.ts'
import { DatabaseAway } from './db-faults.ts'
import { type DeadlineTable, takeDue } from './deadlines.ts'
import { newId } from './ids.ts'
import { silentLog } from './log.ts'
import { sql } from './sql.ts'
import { makeTestTenant, type TestGround, testGround } from './testing.ts'

const clock = movableClock('2026-11-26T12:00:00Z')
let ground: TestGround
beforeAll(async () => {
  ground = await testGround(clock)
})
afterAll(() => ground.close())

async function dueCommand(tenantId: string, number: string): Promise<string> {
  const [stationId, id] = [newId(), newId()]
  await ground.database.inTenant(tenantId, async (tx) => {
    const at = clock.now()
    await tx.run(sql`
      insert into stations (tenant_id, id, number, identity, state, onboarding, security_profile, created_at, changed_at)
      values (${tenantId}, ${stationId}, ${number}, ${number}, 'active', 'accepted', 1, ${at}, ${at})`)
    await tx.run(sql`
      insert into commands (tenant_id, id, station_id, kind, request, sealed, state, by_kind, created_at, due_at)
      values (${tenantId}, ${id}, ${stationId}, 'reset', '{}', ''::bytea, 'queued', 'system', ${at}, ${at})`)
  })
  return id
}

it('a deadline that cannot be taken hurts no other, of its own tenant or of another, and is tried again later', async () => {
  const first = await makeTestTenant(ground, 'first')
  const second = await makeTestTenant(ground, 'second')
  const broken = await dueCommand(first, '1')
  const others = [await dueCommand(first, '2'), await dueCommand(second, '3')]
  const errors: unknown[] = []
  const log = { ...silentLog, error: (text: string) => void errors.push(text) }
  const tried: string[][] = []
  const table: DeadlineTable = {
    table: 'commands',
    async take(tx, ids) {
      tried.push([...ids])
      if (ids.includes(broken)) throw new Error('cannot')
      return tx.run(
        sql`update commands set due_at = null where tenant_id = ${tx.tenantId} and id = any(${ids}::uuid[])`,
      )
    },
  }
  expect(await takeDue({ ...ground, log }, table)).toBe(2)
  expect(tried.flat()).toEqual(expect.arrayContaining(others))
  expect(errors).toEqual(['a deadline could not be taken'])
  tried.length = 0
  expect(await takeDue({ ...ground, log }, table)).toBe(0)
  expect(tried).toEqual([])
  clock.move({ seconds: 60 })
  await takeDue({ ...ground, log }, table)
  expect(tried).toEqual([[broken]])
})

it('a tenant whose deadlines take the database too long keeps nobody else’s waiting', async () => {
  const slow = await makeTestTenant(ground, 'slow')
  const ids = [await dueCommand(slow, '5'), await dueCommand(slow, '6')]
  clock.move({ seconds: 1 })
  const other = await makeTestTenant(ground, 'other')
  const theirs = await dueCommand(other, '7')
  const tried: string[] = []
  const table: DeadlineTable = {
    table: 'commands',
    async take(tx, due) {
      tried.push(...due)
      if (tx.tenantId === slow) {
        await tx.row(sql`select set_config('statement_timeout', '1', true)`)
        await tx.row(sql`select pg_sleep(1)`)
      }
      return tx.run(
        sql`update commands set due_at = null where tenant_id = ${tx.tenantId} and id = any(${due}::uuid[])`,
      )
    },
  }
  // What is slow is tried again as it is; that somebody was too slow is told.
  await expect(takeDue(ground, table)).rejects.toThrow(DatabaseAway)
  expect(tried).toEqual(expect.arrayContaining([...ids, theirs]))
  expect(tried).toHaveLength(3)
})

it('a deadline that failed, and was settled by somebody else meanwhile, is due no more', async () => {
  const tenantId = await makeTestTenant(ground, 'settled')
  const id = await dueCommand(tenantId, '4')
  const due = (to: null) =>
    ground.database.inTenant(tenantId, (tx) => tx.run(sql`update commands set due_at = ${to} where id = ${id}`))
  const table: DeadlineTable = {
    table: 'commands',
    async take() {
      await due(null)
      throw new Error('cannot')
    },
  }
  expect(await takeDue(ground, table)).toBe(0)
  const row = await ground.database.inTenant(tenantId, (tx) =>
    tx.row(sql`select due_at as "dueAt" from commands where id = ${id}`),
  )
  expect(row).toEqual({ dueAt: null })
})
