import { expect, it } from 'vitest'
import { readConfig } from '../config.ts'
import { greet } from './greeting.ts'

const greeted = (ROLES: string): Promise<string> =>
  greet({
    config: readConfig({ ROLES, DATA_DIR: '/srv/data' }),
    installation: { remarks: [], folders: ['/srv/data'] },
    app: { opsPort: 9464, hasTenants: async () => false, installationLink: async () => 'http://127.0.0.1/sign-in#x' },
    local: 'http://127.0.0.1:8080',
    publicUrl: 'http://127.0.0.1:8080',
    demo: undefined,
  })

it('names what this process serves, and nothing else', async () => {
  const all = await greeted('gateway,api,worker')
  for (const words of [/Console/, /sign-in#/, /\/ocpp\//]) expect(all).toMatch(words)
  expect(all).not.toContain('This process is')

  const gateway = await greeted('gateway, worker')
  expect(gateway).toMatch(/This process is +gateway, worker\n/)
  expect(gateway).toContain('/ocpp/')
  expect(gateway).not.toMatch(/\/docs|sign-in/)

  const worker = await greeted('worker')
  expect(worker).toContain('/readyz')
  expect(worker).not.toMatch(/\/docs|sign-in|\/ocpp\//)
  expect(await greeted('api')).not.toContain('/ocpp/')
})
