import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { migrate } from './migrate.ts'
import { type TestGround, testGround } from './testing.ts'

let ground: TestGround
let owner: pg.Client

beforeAll(async () => {
  ground = await testGround()
  owner = new pg.Client(ground.owner)
  await owner.connect()
})
afterAll(async () => {
  await owner.end()
  await ground.close()
})

const again = () => migrate(ground.owner, { name: String(ground.runtime.user) })

describe('migrations', () => {
  it('run once, and keep the names of their roles', async () => {
    expect(await again()).toEqual({ ran: 0, roles: ground.roles, login: ground.runtime.user })
  })

  it('wait for each other when several processes start', async () => {
    const all = await Promise.all([again(), again(), again()])
    expect(all.map((migrated) => migrated.ran)).toEqual([0, 0, 0])
  })

  it('refuse data that a newer version has used, and change nothing', async () => {
    await owner.query(`insert into installation.migrations values ('9999-of-tomorrow.sql', 'hash')`)
    await expect(again()).rejects.toThrow(/used by a newer Lataamo \(its migration 9999-of-tomorrow.sql .*: start that/)
    await owner.query(`delete from installation.migrations where name = '9999-of-tomorrow.sql'`)
    expect((await again()).ran).toBe(0)
  })

  it('start also where a day came without its partition, and keep what was logged on it', async () => {
    const day = Temporal.Now.plainDateISO('UTC').toString()
    await owner.query(`drop table "ocpp_log_${day.replaceAll('-', '_')}"`)
    const log = `insert into ocpp_log select gen_random_uuid(), gen_random_uuid(), $1, gen_random_uuid(), '{}', ''`
    await owner.query(log, [Temporal.Now.instant().toString()])
    await owner.query(log, [
      Temporal.Now.instant()
        .subtract({ hours: 24 * 20 })
        .toString(),
    ])
    await again()
    const { rows } = await owner.query(`select at::date::text as day from ocpp_log`)
    expect(rows).toEqual([{ day }])
  })

  it('leave a log that is being read for the next time, and let nobody wait behind them', async () => {
    const day = Temporal.Now.plainDateISO('UTC').subtract({ days: 30 })
    const name = `ocpp_log_${day.toString().replaceAll('-', '_')}`
    await owner.query(
      `create table ${name} partition of ocpp_log for values from ('${day.toString()}') to ('${day.add({ days: 1 }).toString()}')`,
    )
    const isThere = async () => (await owner.query('select to_regclass($1) as found', [name])).rows[0].found !== null
    const reader = new pg.Client(ground.owner)
    await reader.connect()
    await reader.query('begin')
    await reader.query('select count(*) from ocpp_log')
    await again()
    expect(await isThere()).toBe(true)
    await owner.query(
      `insert into ocpp_log select gen_random_uuid(), gen_random_uuid(), now(), gen_random_uuid(), '{}', ''`,
    )
    await reader.end()
    await again()
    expect(await isThere()).toBe(false)
  })

  it('are refused when one was changed after it ran', async () => {
    const { rows } = await owner.query(`select hash from installation.migrations where name = '0001-ground.sql'`)
    await owner.query(`update installation.migrations set hash = 'another' where name = '0001-ground.sql'`)
    await expect(again()).rejects.toThrow(/0001-ground\.sql was changed after it ran.*add a new one/)
    await owner.query(`update installation.migrations set hash = $1 where name = '0001-ground.sql'`, [rows[0].hash])
  })
})
