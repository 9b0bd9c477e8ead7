import { afterAll, beforeEach, beforeAll, describe, expect, it } from 'vitest'
import { movableClock } from './clock.ts'
import { silentLog } from './log.ts'
import { carryOutDue, type EffectHandler, leaveInOutbox, type OutboxDeps, waitAfter } from './outbox.ts'
import { sql } from './sql.ts'
import { makeTestTenant, type TestGround, testGround } from './testing.ts'

const clock = movableClock('2026-11-26T12:00:00Z')
let ground: TestGround
let first: string
let second: string

beforeAll(async () => {
  ground = await testGround(clock)
  first = await makeTestTenant(ground, 'first')
  second = await makeTestTenant(ground, 'second')
})
afterAll(() => ground.close())

const done: unknown[] = []
const broken = new Set<string>()
const handlers: Record<string, EffectHandler> = {
  async note(tx, { key, payload }) {
    if (broken.has(key)) throw new Error(`cannot ${key}`)
    await tx.run(sql`update tenants set name = name || '.'`)
    done.push({ tenantId: tx.tenantId, key, payload })
  },
}
const work = (with_ = handlers) => carryOutDue({ database: ground.database, clock, log: silentLog, handlers: with_ })
const leave = (tenantId: string, key: string, payload: unknown = {}, more: object = {}) =>
  ground.database.inTenant(tenantId, (tx) =>
    leaveInOutbox(tx, [{ type: 'note', version: 1, key, payload, ...more }], clock.now()),
  )

beforeEach(async () => {
  clock.move({ hours: 48 })
  broken.clear()
  await work()
  done.length = 0
})

describe('an effect', () => {
  it('is carried out once, in its own tenant, with what was left', async () => {
    const payload = { text: 'it\'s "so" \\ {1,2}', list: [1, [2]], nothing: null, deep: { ö: '€' } }
    await leave(first, 'a', payload)
    await leave(second, 'a', { other: true })
    expect(await work()).toBe(2)
    expect(done).toEqual(
      expect.arrayContaining([
        { tenantId: first, key: 'a', payload },
        { tenantId: second, key: 'a', payload: { other: true } },
      ]),
    )
    expect(await work()).toBe(0)
  })

  it('left twice under one key has one effect, also long after it was done', async () => {
    await leave(first, 'twice')
    await leave(first, 'twice')
    await work()
    await leave(first, 'twice')
    await work()
    expect(done).toHaveLength(1)
  })

  it('of a transaction that failed does not exist', async () => {
    const failed = ground.database.inTenant(first, async (tx) => {
      await leaveInOutbox(tx, [{ type: 'note', version: 1, key: 'lost', payload: {} }], clock.now())
      throw new Error('no')
    })
    await expect(failed).rejects.toThrow('no')
    await work()
    expect(done).toEqual([])
  })

  it('waits for its time', async () => {
    await leave(first, 'later', {}, { dueAt: clock.now().add({ minutes: 5 }) })
    expect(await work()).toBe(0)
    clock.move({ minutes: 5 })
    expect(await work()).toBe(1)
  })

  it('that cannot be carried out hurts no other, undoes what it wrote, and is tried again later and later', async () => {
    const nameOf = () =>
      ground.database.inTenant(first, (tx) => tx.row<{ name: string }>(sql`select name from tenants`))
    const before = await nameOf()
    broken.add('b')
    for (const key of ['a2', 'b', 'c2']) await leave(first, key)
    expect(await work()).toBe(2)
    expect((await nameOf())?.name).toBe(`${before?.name}..`)
    expect(await work()).toBe(0)
    clock.move({ seconds: 2 })
    broken.clear()
    expect(await work()).toBe(1)
  })

  it('that does not succeed is set aside at last, with its reason; that is told once, and it is done when it can be (END-SDR)', async () => {
    broken.add('never')
    await leave(first, 'never')
    const told: unknown[] = []
    const onSetAside: OutboxDeps['onSetAside'] = async (tx, { type, key }) => {
      told.push([tx.tenantId, type, key])
    }
    for (let n = 0; n < 25; n += 1) {
      await carryOutDue({ database: ground.database, clock, log: silentLog, handlers, onSetAside })
      clock.move({ hours: 1 })
    }
    const row = () =>
      ground.database.inTenant(first, (tx) =>
        tx.row(
          sql`select attempts, last_error as "lastError", failed_at is not null as failed, done_at is not null as done from outbox where key = 'never'`,
        ),
      )
    expect(await row()).toEqual({ attempts: 25, lastError: 'Error: cannot never', failed: true, done: false })
    expect(told).toEqual([[first, 'note', 'never']])
    // It is tried every hour, so that it goes on its way when what hindered it is mended.
    broken.clear()
    expect(await work()).toBe(1)
    expect(await row()).toMatchObject({ attempts: 26, failed: false, done: true })
    clock.move({ hours: 2 })
    expect(await work()).toBe(0)
  })

  it('of a type nobody handles stays for who will', async () => {
    await leave(first, 'unknown')
    expect(await work({})).toBe(0)
    clock.move({ minutes: 1 })
    expect(await work()).toBe(1)
  })

  it('is carried out however much of another tenant waits before it', async () => {
    const many = Array.from({ length: 1_200 }, (_, n) => ({ type: 'note', version: 1, key: `many ${n}`, payload: {} }))
    await ground.database.inTenant(first, (tx) => leaveInOutbox(tx, many, clock.now()))
    clock.move({ seconds: 1 })
    await leave(second, 'alone')
    const quick: Record<string, EffectHandler> = {
      note: { many: async (tx, effects) => void done.push(...effects.map(({ key }) => `${tx.tenantId} ${key}`)) },
    }
    expect(await work(quick)).toBe(500)
    expect(done).toContain(`${second} alone`)
    while ((await work(quick)) > 0);
    expect(new Set(done).size).toBe(1_201)
  })

  it('of one who has few does not wait for those of another who has many, though they are older', async () => {
    await leave(first, 'slow 1')
    await leave(first, 'slow 2')
    clock.move({ seconds: 1 })
    await leave(second, 'quick')
    expect(await work()).toBe(3)
    expect(done).toMatchObject([{ key: 'quick' }, { key: 'slow 1' }, { key: 'slow 2' }])
  })

  it('is carried out by one of several workers', async () => {
    for (let n = 0; n < 30; n += 1) await leave(first, `shared ${n}`)
    await Promise.all([work(), work(), work()])
    while ((await work()) > 0);
    expect(new Set(done.map((one) => (one as { key: string }).key)).size).toBe(30)
    expect(done).toHaveLength(30)
  })
})

it('waits twice as long after each failure, an hour at most', () => {
  expect([1, 2, 3, 12, 500].map((n) => waitAfter(n).total('seconds'))).toEqual([2, 4, 8, 3_600, 3_600])
})
