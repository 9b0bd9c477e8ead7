import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { startEmbedded } from './embedded-postgres.ts'
import { migrate } from './migrate.ts'
import type { TestCluster } from './testing.ts'

/** Vitest's globalSetup: one real PostgreSQL for all test files, with a migrated template that each file copies. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lataamo-test-'))
  const postgres = await startEmbedded(folder, 'test')
  await doNotSync(postgres.owner)
  const password = 'a-login-for-tests'
  const { roles, login } = await migrate(postgres.owner, { password })
  const cluster: TestCluster = {
    host: String(postgres.owner.host),
    port: Number(postgres.owner.port),
    owner: { user: String(postgres.owner.user), password: String(postgres.owner.password) },
    login: { user: login, password },
    template: String(postgres.owner.database),
    roles,
  }
  project.provide('cluster', cluster)
  return async () => {
    await postgres.stop()
    fs.rmSync(folder, { recursive: true, force: true })
    if (postgres.folder !== path.join(folder, 'postgres'))
      fs.rmSync(path.dirname(postgres.folder), { recursive: true, force: true })
  }
}

/**
 * Nobody cuts the power here: what is killed is the program, and a database that shall lose its machine is one of its own (e2e/kit/own-server.ts).
 * So no test waits for a disk that others keep busy.
 */
async function doNotSync(owner: pg.ClientConfig): Promise<void> {
  const client = new pg.Client(owner)
  await client.connect()
  await client.query('alter system set fsync = off')
  await client.query('alter system set full_page_writes = off')
  await client.query('select pg_reload_conf()')
  await client.end()
}
