import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDatabase } from './db.ts'
import { DatabaseAway } from './db-faults.ts'
import { together } from './db-transaction.ts'
import { silentLog } from './log.ts'
import { must } from './result.ts'
import { sql } from './sql.ts'
import { makeTestTenant, type TestGround, testGround } from './testing.ts'

let ground: TestGround
let first: string
let second: string

beforeAll(async () => {
  ground = await testGround()
  first = await makeTestTenant(ground, 'first')
  second = await makeTestTenant(ground, 'second')
})
afterAll(() => ground.close())

describe('transactions of one tenant (GEN-ISOLATION)', () => {
  it('show the own tenant and no other', async () => {
    const seen = await ground.database.inTenant(first, (tx) => tx.rows<{ slug: string }>(sql`select slug from tenants`))
    expect(seen).toEqual([{ slug: 'first' }])
  })

  it('refuse to write a row of another tenant', async () => {
    const moved = ground.database.inTenant(first, (tx) =>
      tx.run(sql`update tenants set tenant_id = ${second} where slug = 'first'`),
    )
    await expect(moved).rejects.toThrow(/row-level security/)
  })

  it('show nothing without a tenant, also on a connection that had one', async () => {
    const seen = await ground.database.inTenants([], (tx) => tx.rows(sql`select slug from tenants`))
    expect(seen).toEqual([])
  })

  it('show several tenants to a batch, and only those named', async () => {
    const both = await ground.database.inTenants([first, second], (tx) =>
      tx.rows(sql`select slug from tenants order by slug`),
    )
    expect(both).toHaveLength(2)
    const one = await ground.database.inTenants([second], (tx) => tx.rows(sql`select slug from tenants`))
    expect(one).toEqual([{ slug: 'second' }])
  })
})

it('work that the database ends to break a deadlock is done again, batches of reports too', async () => {
  let tries = 0
  let holding = 0
  let meet: () => void = () => {}
  const bothHoldOne = new Promise<void>((resolve) => (meet = resolve))
  const take = (...ids: string[]): Promise<void> =>
    ground.database.inTenants([first, second], async (tx) => {
      tries += 1
      // Done again without locks: what comes of it must not depend on who is first.
      if (tries > 2) return
      for (const [n, id] of ids.entries()) {
        await tx.run(sql`update tenants set next_session_number = next_session_number where tenant_id = ${id}`)
        if (n > 0) continue
        holding += 1
        if (holding === 2) meet()
        await bothHoldOne
      }
    })
  await Promise.all([take(first, second), take(second, first)])
  expect(tries).toBe(3)
})

it('work is done again also where the deadlock ended a statement that nothing waited for, and the next one only tells of it', async () => {
  let tries = 0
  const done = await ground.database.inTenant(first, async (tx) => {
    tries += 1
    if (tries > 1) return 'done'
    tx.later(tx.run(sql`do $$ begin raise exception using errcode = 'deadlock_detected'; end $$`))
    await tx.run(sql`select 1`)
    return 'never'
  })
  expect([done, tries]).toEqual(['done', 2])
})

it('what is committed counts as such, whatever becomes of the hint that tells of it', async () => {
  const told: unknown[] = []
  const log = { ...silentLog, error: (text: string, fields?: object) => void told.push({ text, ...fields }) }
  const database = openDatabase({ connection: ground.runtime, roles: ground.roles, log })
  const hints: string[] = []
  const fault = new Error('nobody can be told')
  const done = await database.inTenant(first, async (tx) => {
    tx.afterCommit(() => {
      throw fault
    })
    tx.afterCommit(() => void hints.push('the next one'))
    await tx.run(sql`update tenants set name = name`)
    return 'done'
  })
  expect([done, hints]).toEqual(['done', ['the next one']])
  expect(told).toEqual([{ text: 'what follows a commit failed', error: fault }])
  await database.close()
})

it('a fault that was caught on the way is never taken for a commit', async () => {
  const hints: string[] = []
  const work = ground.database.inTenant(first, async (tx) => {
    tx.afterCommit(() => hints.push('told'))
    await tx.run(sql`update tenants set name = 'lost'`)
    await tx.run(sql`select 1 / 0`).catch(() => {})
  })
  await expect(work).rejects.toThrow('rolled back')
  expect(hints).toEqual([])
  const row = await ground.database.inTenant(first, (tx) => tx.row(sql`select name from tenants`))
  expect(row).toEqual({ name: 'first' })
})

describe('a database that cannot serve now is away, so that whoever asked asks again (trust rows 11, 21)', () => {
  const name = sql`update tenants set name = name`

  it('when it was made one that only reads, as a standby is', async () => {
    const work = ground.database.inTenant(first, async (tx) => {
      await tx.run(sql`set transaction read only`)
      await tx.run(name)
    })
    await expect(work).rejects.toThrow(DatabaseAway)
  })

  it('when it ended a transaction in which it stood still itself, though it was asked in time', async () => {
    const idle = ground.database.inTenant(first, async (tx) => {
      await tx.run(sql`set local idle_in_transaction_session_timeout = 100`)
      const row = await tx.row<{ pid: number }>(sql`select pg_backend_pid() as pid`)
      const { pid } = must(row, 'process of the database')
      process.kill(pid, 'SIGSTOP')
      const asked = tx.run(name)
      asked.catch(() => {})
      // Longer than it lets a transaction stand still.
      await pause(300)
      process.kill(pid, 'SIGCONT')
      await asked
    })
    await expect(idle).rejects.toThrow(DatabaseAway)
    expect(await ground.database.inTenant(first, (tx) => tx.rows(sql`select 1 as one`))).toEqual([{ one: 1 }])
  })
})

describe('values', () => {
  it('come back as they went in: instants, big integers, arrays', async () => {
    const at = Temporal.Instant.from('2026-11-26T12:00:00.123456Z')
    const row = await ground.database.inTenant(first, (tx) =>
      tx.row<{ at: Temporal.Instant; big: bigint; list: bigint[]; none: null }>(
        sql`select ${at}::timestamptz as at, ${2n ** 60n}::int8 as big, ${[1n, 2n]}::int8[] as list, ${null}::text as none`,
      ),
    )
    expect(row?.at.equals(at)).toBe(true)
    expect(row).toMatchObject({ big: 2n ** 60n, list: [1n, 2n], none: null })
  })

  it('of a nested statement are numbered on', () => {
    expect(sql`select ${1} where ${sql`a = ${2} and b = ${3}`} and c = ${4}`).toMatchObject({
      text: 'select $1 where a = $2 and b = $3 and c = $4',
      values: [1, 2, 3, 4],
    })
  })
})

describe('statements sent together', () => {
  it('are all waited for, and the true cause is told, not what followed from it', async () => {
    const done: string[] = []
    const work = ground.database.inTenant(first, async (tx) => {
      const note = async (name: string, statement: ReturnType<typeof sql>) => {
        try {
          await tx.run(statement)
        } finally {
          done.push(name)
        }
      }
      await together([note('first', sql`select 1`), note('second', sql`select 1 / 0`), note('third', sql`select 3`)])
    })
    await expect(work).rejects.toThrow(/division by zero/)
    expect(done).toEqual(['first', 'second', 'third'])
    expect(await ground.database.inTenant(first, (tx) => tx.rows(sql`select 1 as one`))).toEqual([{ one: 1 }])
  })
})
