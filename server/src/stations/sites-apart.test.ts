import { afterAll, beforeAll, expect, it } from 'vitest'
import { ok, refuse, type StaffOrKey } from '../platform/index.ts'
import { makeTestTenant, testGround, type TestGround } from '../platform/testing.ts'
import { type TestHttp, testHttp } from '../platform/testing-http.ts'
import { connectStation, openTestStations, type TestStations, until } from './testing.ts'

let ground: TestGround
let stations: TestStations
let http: TestHttp
const sites: Record<string, StaffOrKey['sites']> = { all: 'all' }

beforeAll(async () => {
  ground = await testGround()
  const tenantId = await makeTestTenant(ground, 'power')
  stations = await openTestStations(ground)
  http = await testHttp(ground, stations.routes, async ({ authorization }) => {
    const reach = sites[authorization?.replace('Bearer ', '') ?? '']
    if (reach === undefined) return refuse('wrong-key')
    const rights = new Set(['stations.read', 'stations.write', 'sites.write', 'commands.send', 'log.read'])
    const actorId = '0190a000-0000-7000-8000-000000000001'
    return ok({ kind: 'key', tenantId, actorId, actorName: 'Test', rights, sites: reach, language: 'en' })
  })
})
afterAll(async () => {
  await http.close()
  await stations.stop()
  await ground.close()
})

const call: TestHttp['call'] = (address, request = {}) => http.call(address, { key: 'all', ...request })
const idOf = async (address: 'POST /v1/sites' | 'POST /v1/stations', body: object): Promise<string> =>
  String((await call(address, { body })).body['id'])

it('whoever may see one site sees who was turned away there, and no other attempt', async () => {
  const [here, there] = [
    await idOf('POST /v1/sites', { name: 'Here' }),
    await idOf('POST /v1/sites', { name: 'There' }),
  ]
  sites['here'] = [here]
  await idOf('POST /v1/stations', { identity: 'HERE-1', siteId: here })
  await idOf('POST /v1/stations', { identity: 'THERE-1', siteId: there })
  for (const identity of ['HERE-1', 'THERE-1', 'NOBODYS-1']) {
    await expect(connectStation(stations.port, { path: `/ocpp/power/${identity}`, password: 'x' })).rejects.toThrow(
      '40',
    )
  }
  await stations.idle()
  const listed = async (key: string) => {
    const { body } = await call('GET /v1/refused-stations?count=true', { key })
    return [(body['items'] as { identity: string }[]).map(({ identity }) => identity).sort(), body['total']]
  }
  expect(await listed('all')).toEqual([['HERE-1', 'NOBODYS-1', 'THERE-1'], 3])
  expect(await listed('here')).toEqual([['HERE-1'], 1])
})

it('commands and frames name the site, so that those who may see it are told', async () => {
  const siteId = await idOf('POST /v1/sites', { name: 'Quay' })
  const { id, password } = (await call('POST /v1/stations', { body: { identity: 'Q-1', siteId } })).body as {
    id: string
    password: string
  }
  const seen = new Map<string, unknown>()
  const stop = ground.bus.subscribe((_, notice) => void seen.set(notice.type, notice['siteId']))
  const station = await connectStation(stations.port, { path: '/ocpp/power/Q-1', password })
  await call(`GET /v1/stations/${id}/ocpp-log`)
  await station.boot()
  await call(`POST /v1/stations/${id}/commands`, { body: { kind: 'clear-cache' } })
  await until(() => seen.has('command.changed') && seen.has('ocpp.frame'))
  expect(seen.get('command.changed')).toBe(siteId)
  expect(seen.get('ocpp.frame')).toBe(siteId)
  stop()
  await station.close()
})

it('a place in the log that is none of ours is refused', async () => {
  const id = await idOf('POST /v1/stations', { identity: 'L-1' })
  const before = Buffer.from('["no instant","x"]').toString('base64url')
  expect((await call(`GET /v1/stations/${id}/ocpp-log?before=${before}`)).status).toBe(400)
})
