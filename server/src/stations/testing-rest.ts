import { ok, refuse, type StaffOrKey } from '../platform/index.ts'
import { makeTestTenant, testGround, type TestGround } from '../platform/testing.ts'
import { type TestHttp, testHttp } from '../platform/testing-http.ts'
import { openTestStations, type TestStations } from './testing.ts'

/** Stations of the network `power` over REST, with a gateway that they can really connect to. For tests. */
export interface TestRest {
  readonly ground: TestGround
  readonly stations: TestStations
  readonly tenantId: string
  /** With the key `all` unless another is named: `bound` may see no site, `other` is another network's. */
  readonly call: TestHttp['call']
  /** Makes a station with one EVSE, and answers it. */
  add(identity: string, more?: object): Promise<Added>
  close(): Promise<void>
}

export interface Added {
  readonly id: string
  readonly password: string
  readonly number: string
  readonly url: string
}

export const oneEvse = [{ id: 1, connectors: [{ id: 1, type: 'IEC_62196_T2', maxPowerW: 22_000 }] }]

export async function openTestRest(): Promise<TestRest> {
  const ground = await testGround()
  const tenantId = await makeTestTenant(ground, 'power')
  const otherTenantId = await makeTestTenant(ground, 'other')
  const stations = await openTestStations(ground)
  const callers: Record<string, StaffOrKey> = {
    all: caller(tenantId, 'all'),
    bound: caller(tenantId, []),
    other: caller(otherTenantId, 'all'),
  }
  const http = await testHttp(ground, stations.routes, async ({ authorization }) => {
    const found = callers[authorization?.replace('Bearer ', '') ?? '']
    return found === undefined ? refuse('wrong-key') : ok(found)
  })
  const call: TestHttp['call'] = (address, request = {}) => http.call(address, { key: 'all', ...request })
  return {
    ground,
    stations,
    tenantId,
    call,
    async add(identity, more = {}) {
      const added = await call('POST /v1/stations', { body: { identity, evses: oneEvse, ...more } })
      if (added.status !== 201) throw new Error(`${identity} was not made: ${added.text}`)
      return added.body as unknown as Added
    },
    async close() {
      await http.close()
      await stations.stop()
      await ground.close()
    },
  }
}

function caller(tenant: string, sites: StaffOrKey['sites']): StaffOrKey {
  const rights = new Set(['stations.read', 'stations.write', 'sites.write', 'commands.send', 'log.read'])
  const actorId = '0190a000-0000-7000-8000-000000000001'
  return { kind: 'key', tenantId: tenant, actorId, actorName: 'Test', rights, sites, language: 'en' }
}
