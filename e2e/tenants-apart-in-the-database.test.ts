import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newId, sql } from '../server/src/platform/index.ts'
import { type TestGround, testGround } from '../server/src/platform/testing.ts'
import { faultsOfCatalogue } from './kit/store-catalogue.ts'
import { columnsOf, insertOf, loosen, tablesOfTenants } from './kit/store-rows.ts'

let ground: TestGround
let owner: pg.Client
let login: string

beforeAll(async () => {
  ground = await testGround()
  owner = new pg.Client(ground.owner)
  await owner.connect()
  login = String(ground.runtime.user)
})
afterAll(async () => {
  await owner.end()
  await ground.close()
})

const faults = (): Promise<readonly string[]> => faultsOfCatalogue(owner, ground.roles, login)

/** Does something to the database, looks at the catalogue, and undoes it. */
async function planted(statements: string): Promise<readonly string[]> {
  await owner.query('begin')
  try {
    await owner.query(statements)
    return await faults()
  } finally {
    await owner.query('rollback')
  }
}

describe('the catalogue (GEN-ISOLATION, attack 28)', () => {
  it('shows forced policies on every table, and roles that own nothing and may do no more than they need', async () => {
    expect(await faults()).toEqual([])
  })

  const app = (): string => `"${ground.roles.app}"`
  it.each<[string, () => string, RegExp]>([
    [
      'a table without a policy',
      () => 'create table forgotten (tenant_id uuid, id uuid, primary key (tenant_id, id))',
      /forgotten has no forced/,
    ],
    [
      'a table whose owner is let through',
      () => 'alter table sessions no force row level security',
      /sessions has no forced/,
    ],
    [
      'a table whose policies are off',
      () => 'alter table id_tokens disable row level security',
      /id_tokens has no forced/,
    ],
    ['a policy that was dropped', () => 'drop policy app on stations', /stations has no policy/],
    [
      'a policy that shows everything',
      () => `create policy more on staff for select to ${app()} using (true)`,
      /more of staff shows/,
    ],
    [
      'a policy that takes everything',
      () =>
        `drop policy app on staff; create policy app on staff to ${app()} using (tenant_id = (select nullif(current_setting('app.tenant', true), '')::uuid)) with check (true)`,
      /app of staff takes/,
    ],
    ['a policy for everybody', () => 'create policy all_may on audit using (true)', /all_may of audit is for public/],
    [
      'a partition that may be read by itself',
      () => `grant select on meter_values_rest to ${app()}`,
      /partition meter_values_rest itself/,
    ],
    [
      'a partition without policies',
      () => 'alter table ocpp_log_rest disable row level security',
      /ocpp_log_rest has no forced/,
    ],
    ['a table without a tenant', () => 'create table loose (id uuid primary key)', /loose has no tenant_id/],
    [
      'a view that looks with its owner’s rights',
      () => 'create view every_card as select * from id_tokens',
      /view every_card/,
    ],
    ['a materialized view', () => 'create materialized view kept as select * from id_tokens', /kept is a materialized/],
    [
      'a function with its owner’s rights',
      () =>
        `create function all_cards() returns bigint language sql security definer as 'select count(*) from id_tokens'`,
      /function all_cards/,
    ],
    ['a table of the app role’s own', () => `alter table sites owner to ${app()}`, /_app owns sites/],
    ['an app role that passes policies by', () => `alter role ${app()} bypassrls`, /power "bypass"/],
    ['a login that inherits', () => `alter role "${login}" inherit`, /login inherits/],
    [
      'a login with a right of its own',
      () => `grant select on sites to "${login}"`,
      /may SELECT on the whole of sites/,
    ],
    ['a right for everybody', () => 'grant select on tariffs to public', /everybody may SELECT/],
    [
      'reports that may read people',
      () => `grant select on staff to "${ground.roles.ingest}"`,
      /reports may SELECT on staff/,
    ],
    [
      'a worker that sees more',
      () => `grant select (payload) on outbox to "${ground.roles.worker}"`,
      /column payload of outbox/,
    ],
    [
      'an app role that may make tables',
      () => `grant create on schema public to ${app()}`,
      /_app may make things in public/,
    ],
    ['an app role that may empty a table', () => `grant truncate on audit to ${app()}`, /TRUNCATE on audit/],
    [
      'an app role in the directory',
      () => `grant usage on schema directory to ${app()}`,
      /_app may enter the schema directory/,
    ],
    [
      'a name in the directory',
      () => 'alter table directory.mails add column mail text',
      /directory holds mails.mail$/,
    ],
  ])('would show %s', async (_, statements, sentence) => {
    const found = await planted(statements())
    expect(found.filter((fault) => sentence.test(fault))).not.toEqual([])
  })
})

describe('the app role', () => {
  it.each([
    'create table mine (id int)',
    'alter table sites add column x int',
    'drop table audit',
    'create policy p on sites using (true)',
    'truncate audit',
    "create function f() returns int language sql as 'select 1'",
    'create role somebody',
    'alter table sites disable row level security',
  ])('cannot: %s (attack 29)', async (statement) => {
    const tenantId = newId()
    const tried = ground.database.inTenant(tenantId, (tx) => tx.run({ text: statement, values: [] }))
    await expect(tried).rejects.toThrow(/permission denied|must be owner/)
  })

  it('cannot read the directory, nor the directory role a tenant’s table', async () => {
    const app = ground.database.inTenant(newId(), (tx) => tx.rows(sql`select slug from directory.tenants`))
    await expect(app).rejects.toThrow(/permission denied/)
    const directory = ground.database.inDirectory((tx) => tx.rows(sql`select slug from tenants`))
    await expect(directory).rejects.toThrow(/permission denied/)
  })

  it('finds no way back from its role to the login', async () => {
    const client = new pg.Client(ground.runtime)
    await client.connect()
    try {
      // After an injected RESET ROLE there is the login, which may do nothing by itself.
      await expect(client.query('reset role; select * from id_tokens')).rejects.toThrow(/permission denied/)
      await expect(client.query('select * from directory.tenants')).rejects.toThrow(/permission denied/)
    } finally {
      await client.end()
    }
  })
})

describe('every table, with rows of two tenants that are equal but for the tenant (row 7)', () => {
  const mine = '00000000-0000-7000-8000-0000000000aa'
  const theirs = '00000000-0000-7000-8000-0000000000bb'
  let scratch: TestGround
  let client: pg.Client
  let tables: readonly string[]

  beforeAll(async () => {
    scratch = await testGround()
    client = new pg.Client(scratch.owner)
    await client.connect()
    await loosen(client)
    tables = await tablesOfTenants(client)
    for (const table of tables) {
      const columns = await columnsOf(client, table)
      // Under two tenants everything else may be equal; what is unique per installation (slugs) may not.
      for (const [n, tenantId] of [mine, theirs].entries())
        await client.query(insertOf(table, columns, tenantId, table === 'tenants' ? n + 1 : 1))
    }
  })
  afterAll(async () => {
    await client.end()
    await scratch.close()
  })

  const owners = { name: 'tenant_id' } as const
  const seen = async (as: 'app' | 'ingest', tenants: readonly string[], table: string): Promise<readonly string[]> => {
    const statement = { text: `select ${owners.name} as id from "${table}"`, values: [] }
    const rows =
      as === 'app'
        ? await scratch.database.inTenant(tenants[0] ?? '', (tx) => tx.rows<{ id: string }>(statement))
        : await scratch.database.inTenants(tenants, (tx) => tx.rows<{ id: string }>(statement))
    return rows.map(({ id }) => id)
  }

  it('shows 0 rows while no tenant is set', async () => {
    expect(tables.length).toBeGreaterThan(20)
    const raw = new pg.Client(scratch.runtime)
    await raw.connect()
    try {
      for (const table of tables) {
        for (const role of [scratch.roles.app, scratch.roles.ingest]) {
          await raw.query(`begin; set local role "${role}"`)
          const may = await raw.query<{ may: boolean }>(`select has_table_privilege($1, 'select') as may`, [
            `"${table}"`,
          ])
          if (may.rows[0]?.may === true)
            expect((await raw.query(`select from "${table}"`)).rowCount, `${table} as ${role}`).toBe(0)
          await raw.query('rollback')
        }
      }
    } finally {
      await raw.end()
    }
  })

  it('shows a tenant its own row, and no other', async () => {
    for (const table of tables) expect(await seen('app', [mine], table), table).toEqual([mine])
  })

  it('takes no row of another tenant, and lets none be moved or touched', async () => {
    for (const table of tables) {
      const columns = await columnsOf(client, table)
      const foreign = { text: insertOf(table, columns, theirs, 2), values: [] }
      const own = { text: insertOf(table, columns, mine, 2), values: [] }
      const may = async (right: string): Promise<boolean> =>
        (
          await client.query<{ may: boolean }>('select has_table_privilege($1, $2, $3) as may', [
            scratch.roles.app,
            `"${table}"`,
            right,
          ])
        ).rows[0]?.may === true
      // A tenant has one row in `tenants`: a second one is refused by the key, so that there is no control for it.
      if (table !== 'tenants' && (await may('insert'))) {
        await expect(
          scratch.database.inTenant(mine, (tx) => tx.run(foreign)),
          table,
        ).rejects.toThrow(/row-level security/)
        // The same statement with the own tenant goes through: it was the policy that refused.
        const undone = scratch.database.inTenant(mine, async (tx) => {
          expect(await tx.run(own), table).toBe(1)
          throw new Error('taken back')
        })
        await expect(undone).rejects.toThrow('taken back')
      }
      if (await may('update')) {
        const move = { text: `update "${table}" set tenant_id = '${theirs}'`, values: [] }
        await expect(
          scratch.database.inTenant(mine, (tx) => tx.run(move)),
          table,
        ).rejects.toThrow(/row-level security/)
        const touch = { text: `update "${table}" set tenant_id = tenant_id where tenant_id = '${theirs}'`, values: [] }
        expect(await scratch.database.inTenant(mine, (tx) => tx.run(touch)), table).toBe(0)
      }
      if (await may('delete')) {
        const remove = { text: `delete from "${table}" where tenant_id = '${theirs}'`, values: [] }
        expect(await scratch.database.inTenant(mine, (tx) => tx.run(remove)), table).toBe(0)
      }
    }
  })

  it('shows a batch the tenants it names, and no other', async () => {
    const columns = await client.query<{ table: string }>(
      `select table_name as table from information_schema.role_table_grants where grantee = $1 and privilege_type = 'SELECT' order by 1`,
      [scratch.roles.ingest],
    )
    expect(columns.rows.length).toBeGreaterThan(8)
    for (const { table } of columns.rows) {
      expect(await seen('ingest', [mine], table), table).toEqual([mine])
      expect((await seen('ingest', [mine, theirs], table)).length, table).toBe(2)
    }
  })

  it('shows the worker of other tenants’ rows no more than that something is due', async () => {
    const due = await scratch.database.asWorker((tx) => tx.rows(sql`select tenant_id, id, due_at from outbox`))
    expect(due).toHaveLength(2)
    for (const table of tables) {
      const whole = scratch.database.asWorker((tx) => tx.rows({ text: `select * from "${table}"`, values: [] }))
      await expect(whole, table).rejects.toThrow(/permission denied/)
    }
  })

  it('would show a table whose policy was dropped', async () => {
    await client.query('drop policy app on sites')
    expect(await seen('app', [mine], 'sites')).toEqual([])
    await client.query(`create policy app on sites to "${scratch.roles.app}" using (true) with check (true)`)
    expect(await seen('app', [mine], 'sites')).toEqual([mine, theirs])
  })
})
