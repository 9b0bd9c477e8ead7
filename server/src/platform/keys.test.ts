import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDatabase } from './db.ts'
import { dataKey, openKeys, sameBytes } from './keys.ts'
import { silentLog } from './log.ts'
import { sql } from './sql.ts'
import { makeTestTenant, type TestGround, testGround } from './testing.ts'

let ground: TestGround
beforeAll(async () => {
  ground = await testGround()
})
afterAll(() => ground.close())

describe('a data key', () => {
  const key = dataKey(randomBytes(32))

  it.each(['', 'a', 'ä€😀', 'x'.repeat(100_000)])('gives back what it sealed, differently each time', (plain) => {
    const [one, two] = [key.encrypt(plain), key.encrypt(plain)]
    expect(key.decrypt(one).toString()).toBe(plain)
    expect(one.equals(two)).toBe(false)
  })

  it('opens neither changed bytes nor what another key sealed', () => {
    const sealed = key.encrypt('secret')
    for (const at of [1, 13, sealed.length - 1]) {
      const changed = Buffer.from(sealed)
      changed[at] = (changed[at] ?? 0) ^ 1
      expect(() => key.decrypt(changed)).toThrow()
    }
    expect(() => dataKey(randomBytes(32)).decrypt(sealed)).toThrow()
    expect(() => key.decrypt(Buffer.alloc(3))).toThrow()
  })

  it('hashes the same value alike for one purpose, and differently for another or under another key', () => {
    expect(key.hash('mail', 'a').equals(key.hash('mail', 'a'))).toBe(true)
    expect(key.hash('mail', 'a').equals(key.hash('token', 'a'))).toBe(false)
    expect(key.hash('mail', 'a').equals(dataKey(randomBytes(32)).hash('mail', 'a'))).toBe(false)
  })
})

describe('the keys of an installation', () => {
  it('are the same after a restart, a tenant’s own each', async () => {
    const first = await makeTestTenant(ground, 'first')
    const second = await makeTestTenant(ground, 'second')
    const sealed = (await ground.keys.tenant(first)).encrypt('uid')
    const again = await openKeys(ground.database, ground.secret)
    expect((await again.tenant(first)).decrypt(sealed).toString()).toBe('uid')
    const others = await again.tenant(second)
    expect(() => others.decrypt(sealed)).toThrow()
    expect(again.installation.hash('mail', 'a').equals(ground.keys.installation.hash('mail', 'a'))).toBe(true)
  })

  it('refuse another secret with a sentence', async () => {
    await expect(openKeys(ground.database, 'another')).rejects.toThrow(
      /secret is not the one .*: bring the file secret back .*, or set LATAAMO_SECRET as it was/,
    )
  })

  it('lie in the database wrapped only', async () => {
    const id = await makeTestTenant(ground, 'wrapped')
    const row = await ground.database.inTenant(id, (tx) =>
      tx.row<{ wrapped: Buffer }>(sql`select wrapped_key as wrapped from tenants`),
    )
    // version, nonce, 32 bytes, tag
    expect(row?.wrapped).toHaveLength(1 + 12 + 32 + 16)
  })

  it('of a tenant whose making failed are not remembered', async () => {
    const { randomUUID } = await import('node:crypto')
    const id = randomUUID()
    ground.keys.newTenantKey()
    await expect(ground.keys.tenant(id)).rejects.toThrow(/the tenant of a key/)
  })
})

it('compares bytes of any lengths', () => {
  expect(sameBytes(Buffer.from('ab'), Buffer.from('ab'))).toBe(true)
  expect(sameBytes(Buffer.from('ab'), Buffer.from('ac'))).toBe(false)
  expect(sameBytes(Buffer.from('ab'), Buffer.from('abc'))).toBe(false)
})

it('a tenant’s key is looked up once, however many ask at the same time', async () => {
  const id = await makeTestTenant(ground, 'asked')
  const before = ground.database.transactions()
  const keys = await Promise.all(Array.from({ length: 50 }, () => ground.keys.tenant(id)))
  expect(new Set(keys).size).toBe(1)
  expect(ground.database.transactions()).toBe(before + 1)
})

it('a tenant’s key is found also by those who hold all connections between them', async () => {
  const ids = [await makeTestTenant(ground, 'busy-one'), await makeTestTenant(ground, 'busy-two')]
  const database = openDatabase({ connection: ground.runtime, roles: ground.roles, log: silentLog, appConnections: 2 })
  const keys = await openKeys(database, ground.secret)
  let holding = 0
  let all = (): void => {}
  const bothHold = new Promise<void>((resolve) => (all = resolve))
  const found = await Promise.all(
    ids.map((id) =>
      database.inTenant(id, async (tx) => {
        await tx.row(sql`select 1 as one`)
        if (++holding === ids.length) all()
        await bothHold
        return (await keys.tenant(id)).version
      }),
    ),
  )
  expect(found).toEqual([1, 1])
  await database.close()
})
