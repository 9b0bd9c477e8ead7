import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type { TestProject } from 'vitest/node'
import { startEmbedded } from './embedded-postgres.ts'
import { migrate } from './migrate.ts'
import type { TestCluster } from './testing.ts'

/**
 * Several servers at once, and what those that were killed leave for a moment. Nobody cuts the power here: what is killed is the program, and a
 * database that shall lose its machine is one of its own (e2e/kit/own-server.ts); so no test waits for a disk that others keep busy.
 */
const settings = { max_connections: '300', fsync: 'off', full_page_writes: 'off' }

/** Vitest's globalSetup: one real PostgreSQL for all test files, with a migrated template that each file copies. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lataamo-test-'))
  const postgres = await startEmbedded(folder, 'test', settings)
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
