import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { auditRoutes } from '../audit/index.ts'
import { newId, ok } from '../platform/index.ts'
import { makeTestTenant, testGround, type TestGround } from '../platform/testing.ts'
import { type TestHttp, testHttp } from '../platform/testing-http.ts'
import { connectStation, openTestStations, type TestStations, until } from './testing.ts'

let ground: TestGround
let stations: TestStations
let http: TestHttp

beforeAll(async () => {
  ground = await testGround()
  const tenantId = await makeTestTenant(ground, 'power')
  stations = await openTestStations(ground)
  const rights = new Set(['stations.read', 'stations.write', 'sites.write', 'commands.send', 'log.read', 'audit.read'])
  const caller = {
    kind: 'key',
    tenantId,
    actorId: newId(),
    actorName: 'Test',
    rights,
    sites: 'all',
    language: 'en',
  } as const
  http = await testHttp(ground, [...stations.routes, ...auditRoutes()], async () => ok(caller))
})
afterAll(async () => {
  await http.close()
  await stations.stop()
  await ground.close()
})

const call: TestHttp['call'] = (address, request = {}) => http.call(address, { key: 'all', ...request })
const evses = [{ id: 1, connectors: [{ id: 1, type: 'IEC_62196_T2', maxPowerW: 22_000 }] }]
const add = async (identity: string, more: object = {}): Promise<string> =>
  String((await call('POST /v1/stations', { body: { identity, evses, ...more } })).body['id'])
const NOWHERE = newId()
const atNoSite = { status: 422, body: { code: 'no-such-site', errors: [{ pointer: '/siteId' }] } }

describe('a site that is none', () => {
  it('is named as the fault where a station is added, moved or adopted', async () => {
    expect(await call('POST /v1/stations', { body: { identity: 'NEW', siteId: NOWHERE } })).toMatchObject(atNoSite)
    const id = await add('MOVED')
    expect(await call(`PATCH /v1/stations/${id}`, { body: { siteId: NOWHERE } })).toMatchObject(atNoSite)
    // One that is ours already, and came with a wrong password.
    await expect(connectStation(stations.port, { path: '/ocpp/power/MOVED', password: 'x' })).rejects.toThrow('401')
    const refused = await until(async () => {
      await stations.idle()
      const { body } = await call('GET /v1/refused-stations')
      return (body['items'] as { id: string; identity: string }[]).find(({ identity }) => identity === 'MOVED')
    })
    const adopt = (body: object) => call(`POST /v1/refused-stations/${refused?.id}/adopt`, { body })
    expect(await adopt({ siteId: NOWHERE })).toMatchObject(atNoSite)
    // What is said of its EVSEs counts for it too.
    const adopted = await adopt({ evses: [{ id: 2, connectors: [{ id: 1, type: 'CHADEMO' }] }] })
    expect(adopted.body['evses']).toMatchObject([{ id: 1 }, { id: 2, connectors: [{ type: 'CHADEMO' }] }])
  })
})

describe('the list of stations', () => {
  it('refuses a state that is none by its place', async () => {
    const answer = await call('GET /v1/stations?seen=free,ofline')
    expect(answer.body['errors']).toMatchObject([{ pointer: '/query/seen/1', code: 'not-one-of' }])
  })

  it('counts the same on each page, also of states', async () => {
    for (const n of [1, 2, 3]) await add(`PAGED-${n}`)
    const page = (cursor: string) => call(`GET /v1/stations?q=PAGED&seen=unknown,offline&limit=1&count=true${cursor}`)
    const first = await page('')
    const second = await page(`&cursor=${String(first.body['next'])}`)
    expect([first.body['total'], second.body['total']]).toEqual([3, 3])
    expect(second.body['items']).toMatchObject([{ identity: 'PAGED-2' }])
  })
})

it('commands are counted like every list', async () => {
  const id = await add('ASKED')
  for (let n = 0; n < 3; n += 1) await call(`POST /v1/stations/${id}/commands`, { body: { kind: 'clear-cache' } })
  expect((await call(`GET /v1/commands?stationId=${id}&limit=1&count=true`)).body['total']).toBe(3)
  expect((await call(`GET /v1/stations/${id}/refused-messages?count=true`)).body['total']).toBe(0)
})

it('the log goes on under cursor as every list does', async () => {
  const id = await add('LOGGED')
  expect((await call(`GET /v1/stations/${id}/ocpp-log?cursor=zzz`)).body).toMatchObject({
    status: 400,
    errors: [{ pointer: '/query/cursor' }],
  })
  expect((await call(`GET /v1/stations/${id}/ocpp-log?until=0000-01-01T00:00:00Z`)).status).toBe(400)
})

it('EVSEs that are declared anew stand in the trail, with what was declared before', async () => {
  const id = await add('TRAIL')
  await call(`PATCH /v1/stations/${id}`, { body: { evses: [{ id: 1, connectors: [{ id: 1, type: 'CHADEMO' }] }] } })
  const { body } = await call(`GET /v1/audit?objectId=${id}&limit=1`)
  expect(body['items']).toMatchObject([
    {
      action: 'station.changed',
      before: { evses: [{ id: 1, connectors: [{ type: 'IEC_62196_T2' }] }] },
      after: { evses: [{ id: 1, connectors: [{ type: 'CHADEMO' }] }] },
    },
  ])
})
