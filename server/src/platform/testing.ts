import pg from 'pg'
import { inject } from 'vitest'
import { localBus } from './bus.ts'
import { type Clock, systemClock } from './clock.ts'
import { openDatabase, type Roles } from './db.ts'
import type { Ground } from './ground.ts'
import { newId } from './ids.ts'
import { openKeys } from './keys.ts'
import { silentLog } from './log.ts'
import { sql } from './sql.ts'

export interface TestCluster {
  readonly host: string
  readonly port: number
  readonly owner: { readonly user: string; readonly password: string }
  readonly login: { readonly user: string; readonly password: string }
  readonly template: string
  readonly roles: Roles
}

declare module 'vitest' {
  export interface ProvidedContext {
    cluster: TestCluster
  }
}

export interface TestGround extends Ground {
  /** As the owner, for looking past the row policies and for catalogue queries. */
  readonly owner: pg.ClientConfig
  /** As the program connects: a login that owns nothing. */
  readonly runtime: pg.ClientConfig
  readonly roles: Roles
  readonly secret: string
  close(): Promise<void>
}

/** A database of one's own, copied from the migrated template: real PostgreSQL, real policies. */
export async function testGround(clock: Clock = systemClock): Promise<TestGround> {
  const cluster = inject('cluster')
  const name = `t_${newId().replaceAll('-', '')}`
  const { host, port, roles } = cluster
  // As files: page by page through PostgreSQL's own log it costs five times as much.
  await asOwner(
    { ...cluster.owner, host, port, database: 'postgres' },
    `create database ${name} template ${cluster.template} strategy file_copy`,
  )
  const runtime = { ...cluster.login, host, port, database: name }
  const database = openDatabase({ connection: runtime, roles, log: silentLog, appConnections: 5 })
  const keys = await openKeys(database, 'test')
  return {
    database,
    keys,
    clock,
    log: silentLog,
    bus: localBus(),
    publicUrl: 'http://127.0.0.1:8080',
    owner: { ...cluster.owner, host, port, database: name },
    runtime,
    roles,
    secret: 'test',
    async close() {
      await database.close()
      await asOwner({ ...cluster.owner, host, port, database: 'postgres' }, `drop database ${name} with (force)`)
    },
  }
}

async function asOwner(connection: pg.ClientConfig, statement: string): Promise<void> {
  const client = new pg.Client(connection)
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}

/** A tenant straight in the database, for tests of features below `tenants`' own making. */
export async function makeTestTenant(
  ground: Ground,
  slug: string,
  more: { readonly currency?: string; readonly timeZone?: string } = {},
): Promise<string> {
  const tenantId = newId()
  const { wrapped } = ground.keys.newTenantKey()
  await ground.database.inDirectory((tx) =>
    tx.run(sql`insert into directory.tenants (slug, tenant_id) values (${slug}, ${tenantId})`),
  )
  await ground.database.inTenant(tenantId, (tx) =>
    tx.run(sql`
      insert into tenants (tenant_id, slug, name, currency, country, time_zone, languages, wrapped_key, created_at)
      values (${tenantId}, ${slug}, ${slug}, ${more.currency ?? 'EUR'}, 'FI', ${more.timeZone ?? 'Europe/Helsinki'}, '{en}', ${wrapped}, ${ground.clock.now()})`),
  )
  return tenantId
}

/**
 * Returns once somebody waits in the database for somebody else, so that one side of a race can be held up; or once `work` is done,
 * which then waited for nobody.
 */
export async function somebodyWaits(
  ground: Pick<TestGround, 'owner'>,
  work?: Promise<unknown>,
  howMany = 1,
): Promise<void> {
  let isDone = false
  void work?.catch(() => {}).finally(() => (isDone = true))
  const client = new pg.Client(ground.owner)
  await client.connect()
  try {
    const waiting = `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
    while (!isDone && (await client.query(waiting)).rows.length < howMany)
      await new Promise((resolve) => setImmediate(resolve))
  } finally {
    await client.end()
  }
}
