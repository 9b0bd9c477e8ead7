import { auditRoutes } from '../audit/index.ts'
import type { AnyRoute, Ground } from '../platform/index.ts'
import { type TestHttp, testHttp } from '../platform/testing-http.ts'
import { rightsRoutes } from '../rights/index.ts'
import { openAuthenticate } from './authenticate.ts'
import { identityRoutes } from './http.ts'

export const PLATFORM_KEY = 'the-platform-key-of-the-tests'

const installation = { version: '0.0.0-test', demo: () => false, languages: () => ['en'] }

/** The real server with everything about people and keys, and routes of one's own. */
export async function identityHttp(ground: Ground, more: readonly AnyRoute[] = []): Promise<TestHttp> {
  const routes = [...identityRoutes({ ground, installation }), ...rightsRoutes(), ...auditRoutes(), ...more]
  return testHttp(ground, routes, openAuthenticate(ground, PLATFORM_KEY))
}

export interface TestNetwork {
  readonly id: string
  readonly slug: string
  readonly key: string
}

export async function makeNetwork(http: TestHttp, slug: string): Promise<TestNetwork> {
  const body = { slug, name: slug, currency: 'EUR', country: 'FI', timeZone: 'Europe/Helsinki', languages: ['en'] }
  const made = await http.call('POST /v1/tenants', { key: PLATFORM_KEY, body })
  if (made.status !== 201) throw new Error(`no tenant: ${made.text}`)
  return made.body as unknown as TestNetwork
}
