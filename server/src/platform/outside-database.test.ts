import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDatabase } from './db.ts'
import { newId } from './ids.ts'
import { silentLog } from './log.ts'
import { openKeys } from './keys.ts'
import { migrate } from './migrate.ts'
import { howSecretFails, judgeRuntime, userOf, whatLacks } from './outside-database.ts'
import { openPostgres } from './postgres-client.ts'
import { sql } from './sql.ts'
import { type TestGround, testGround } from './testing.ts'

const word = `o${newId().replaceAll('-', '').slice(-12)}`
const password = `p'"@:/%é ${word}`
let ground: TestGround
let root: pg.Client
/** Roles of ours, which belong to the whole server. */
let made: readonly string[] = []

beforeAll(async () => {
  ground = await testGround()
  root = new pg.Client(ground.owner)
  await root.connect()
  for (const statement of [
    `create role ${word}_owner login createrole password ${pg.escapeLiteral(password)}`,
    `create role ${word}_weak login password ${pg.escapeLiteral(password)}`,
    `create role ${word}_run login password ${pg.escapeLiteral(password)}`,
    `create database ${word} owner ${word}_owner`,
    `create database ${word}_weak owner ${word}_weak`,
    `create database ${word}_old encoding 'LATIN1' locale 'C' template template0 owner ${word}_owner`,
    `alter database ${word} set datestyle = 'SQL, DMY'`,
    `alter database ${word} set timezone = 'Asia/Kolkata'`,
    `alter database ${word} set intervalstyle = 'sql_standard'`,
    `alter database ${word} set search_path = 'elsewhere'`,
    `alter database ${word} set default_transaction_isolation = 'serializable'`,
    `alter database ${word} set jit = on`,
  ])
    await root.query(statement)
})
afterAll(async () => {
  for (const database of [word, `${word}_weak`, `${word}_old`])
    await root.query(`drop database ${database} with (force)`)
  for (const role of [...made, `${word}_run`, `${word}_weak`, `${word}_owner`]) await root.query(`drop role ${role}`)
  await root.end()
  await ground.close()
})

const as = (user: string, database = word): pg.ClientConfig => ({ ...ground.owner, user, password, database })
const pair = (owner: string, database?: string, run = `${word}_run`) => ({
  owner: as(owner, database),
  runtime: as(run, database),
})

describe('an outside database that cannot be used says what to do', () => {
  it.each([
    ['makes no roles', `${word}_weak`, `${word}_weak`, /may not make roles: allow it with alter role .* createrole/],
    ['does not own it', `${word}_owner`, `${word}_weak`, /may not make tables in .*: let it own that/],
    ['is no login', 'nobody-here', word, /DATABASE_OWNER_URL cannot be reached .*: correct its user and password/],
    ['names none', `${word}_owner`, `${word}_gone`, /cannot be reached .*: make that database, or correct/],
    ['has another encoding', `${word}_owner`, `${word}_old`, /is encoded in LATIN1: make one with create database/],
  ])('the owner %s', async (_, owner, database, sentence) => {
    expect(await whatLacks(pair(owner, database))).toMatch(sentence)
  })

  it('the login of the program is not there, its password is wrong, or it leads elsewhere', async () => {
    expect(await whatLacks(pair(`${word}_owner`, word, `${word}_ghost`))).toMatch(
      /DATABASE_URL does not exist: make it/,
    )
    const good = pair(`${word}_owner`)
    const wrong = { ...good, runtime: { ...good.runtime, password: 'wrong' } }
    expect((await judgeRuntime(wrong)).trouble).toMatch(
      /database of DATABASE_URL cannot be reached .*: correct its user/,
    )
    const other = { ...good, runtime: as(`${word}_run`, `${word}_weak`) }
    expect((await judgeRuntime(other)).trouble).toMatch(/lead to different databases/)
  })

  it('the authority’s file that an address names is not there', async () => {
    const connectionString = 'postgres://u:p@127.0.0.1:1/x?sslmode=verify-full&sslrootcert=/none/ca.crt'
    expect(await whatLacks({ owner: { connectionString }, runtime: { connectionString } })).toMatch(
      /cannot be reached .*: name a file that is there in sslrootcert/,
    )
  })

  it('the login is the one that PostgreSQL is asked as, however the address names it', async () => {
    expect(userOf({ connectionString: 'postgres:///lataamo?host=/run/x&user=a%20b' })).toBe('a b')
    const good = pair(`${word}_owner`)
    expect(await whatLacks({ ...good, runtime: { ...good.runtime, user: '' } })).toMatch(/names no user: write it/)
  })
})

it('an owner who may make roles is enough, and what the database sets for its sessions changes nothing', async () => {
  const good = pair(`${word}_owner`)
  expect(await whatLacks(good)).toBeUndefined()
  const { roles } = await migrate(good.owner, { name: userOf(good.runtime) })
  made = Object.values(roles)
  expect(await judgeRuntime(good)).toEqual({})
  expect(await whatLacks(good)).toBeUndefined()
  expect(await whatLacks(pair(`${word}_weak`))).toMatch(/does not own the tables in .*: set the owner that made them/)
  for (const connection of [good.runtime, withOptions(good.runtime)]) {
    const database = openDatabase({ connection, roles, log: silentLog })
    try {
      const [row] = await database.inDirectory((tx) =>
        tx.rows<{ at: Temporal.Instant; level: string; patience: string; jit: string }>(
          sql`select '2026-11-27T10:00:00Z'::timestamptz as at, current_setting('transaction_isolation') as level,
            current_setting('statement_timeout') as patience, current_setting('jit') as jit`,
        ),
      )
      expect({ ...row, at: row?.at.toString() }).toEqual({
        at: '2026-11-27T10:00:00Z',
        level: 'read committed',
        patience: '30s',
        jit: 'off',
      })
    } finally {
      await database.close()
    }
  }
}, 60_000)

it('what an address sets for its sessions holds beside ours', async () => {
  const client = await openPostgres(withOptions(pair(`${word}_owner`).owner))
  const { rows } = await client.query(`select current_setting('work_mem') as work, current_setting('timezone') as zone`)
  await client.end()
  expect(rows).toEqual([{ work: '5MB', zone: 'UTC' }])
})

/** The same by an address that sets something for its sessions, as an operator may write it. */
function withOptions({ host, port, user, password: word, database }: pg.ClientConfig): pg.ClientConfig {
  const given = '-c timezone=Asia/Kolkata -c statement_timeout=1h -c work_mem=5MB'
  const query = new URLSearchParams({ host: String(host), port: String(port), user: String(user), options: given })
  query.set('password', String(word))
  return { connectionString: `postgres:///${database}?${query}` }
}

it('a login that is the owner, or a superuser, is taken, with a remark', async () => {
  const remark = /DATABASE_URL owns the tables, or is a superuser: make one that owns nothing/
  const [owner, superuser] = [
    pair(`${word}_owner`, word, `${word}_owner`),
    { ...pair(`${word}_owner`), runtime: { ...ground.owner, database: word } },
  ]
  expect(await whatLacks(owner)).toBeUndefined()
  expect(await judgeRuntime(owner)).toEqual({ remark: expect.stringMatching(remark) })
  expect((await judgeRuntime(superuser)).remark).toMatch(remark)
  expect(await judgeRuntime(pair(`${word}_owner`))).toEqual({})
})

it('a secret that the data was not made with is told, and any is right where nothing is kept yet', async () => {
  const good = pair(`${word}_owner`)
  expect(await howSecretFails(pair(`${word}_weak`, `${word}_weak`), undefined)).toBeUndefined()
  const { roles } = await migrate(good.owner, { name: userOf(good.runtime) })
  expect(await howSecretFails(good, undefined)).toBeUndefined()
  const database = openDatabase({ connection: good.runtime, roles, log: silentLog })
  await openKeys(database, 'the secret of this data').finally(() => database.close())
  expect(await howSecretFails(good, 'the secret of this data')).toBeUndefined()
  for (const other of ['another secret of length', undefined])
    expect(await howSecretFails(good, other)).toMatch(/^The secret is not the one this data was made with: bring/)
})
