import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Borrowed, startBorrowed } from './kit/borrowed.ts'
import { askFor } from './kit/isolation.ts'
import { addStation } from './kit/network.ts'
import { type List, type Rest, restOf } from './kit/rest.ts'
import { examples } from './kit/route-examples.ts'
import { openEvents } from './kit/server-sent.ts'
import { bootOf, openStation } from './kit/station-socket.ts'
import { until } from './kit/until.ts'
import { makeWorld, type World } from './kit/world.ts'

/** Whoever holds a grant for one site: nothing of another one, in no list, count, stream or change (STAFF-ROLES). */
let borrowed: Borrowed
let world: World
let quiet: Rest
let quietKey: string
let there: Rest

beforeAll(async () => {
  borrowed = await startBorrowed()
  world = await makeWorld(borrowed.server, 'many-places')
  const { rest } = world.network
  const site = await rest.post<{ id: string }>('/v1/sites', { name: 'Quiet place' })
  const keyAt = async (siteId: string) =>
    (await rest.post<{ key: string }>('/v1/keys', { name: 'a site', role: 'administrator', sites: [siteId] })).key
  quietKey = await keyAt(site.id)
  quiet = restOf(rest.url, quietKey)
  there = restOf(rest.url, await keyAt(world.ids.site))
})
afterAll(async () => {
  await world.socket.close()
  await borrowed.close()
})

/** What stands at a site; cards and tariffs are the network's. */
const placed = [
  'site',
  'station',
  'session',
  'openSession',
  'usageError',
  'command',
  'alert',
  'refused',
  'refusedMessage',
] as const
/** What changes nothing, and needs no more than to see prices. */
const harmless: ReadonlySet<string> = new Set(['POST /v1/price-calculations'])

describe('a key of a site where nothing stands', () => {
  it('is shown nothing of another site, and changes nothing there', async () => {
    const faults: string[] = []
    for (const [route, cases] of Object.entries(examples)) {
      for (const example of cases) {
        if (example.kind !== 'asks') continue
        const reply = await askFor(quiet, route, example.ask(world.ids, world.ids))
        if (reply.status >= 300) continue
        const shown = placed.filter((name) => reply.text.includes(world.ids[name]))
        if (shown.length > 0) faults.push(`${route} shows ${shown.join(', ')}`)
        if (!route.startsWith('GET') && !harmless.has(route)) faults.push(`${route} was carried out: ${reply.text}`)
        const { total } = (reply.body ?? {}) as { total?: number }
        if (total !== undefined && total > 0 && !/sites|tariffs/.test(route)) faults.push(`${route} counts ${total}`)
      }
    }
    expect(faults).toEqual([])
  })

  it('is told no figure of other sites either', async () => {
    const { rest } = world.network
    await rest.patch('/v1/local-lists', { mode: 'active' })
    await addStation(world.network, { identity: 'NOWHERE-1' })
    const tariffs = (of: Rest) => of.get<List<{ stations: number }>>('/v1/tariffs')
    expect((await tariffs(rest)).items[0]?.stations).toBeGreaterThan(0)
    expect((await tariffs(quiet)).items.map(({ stations }) => stations)).toEqual(
      (await tariffs(rest)).items.map(() => 0),
    )
    expect(await rest.get('/v1/local-lists')).not.toEqual({ mode: 'active', stations: {} })
    expect(await quiet.get('/v1/local-lists')).toEqual({ mode: 'active', stations: {} })
  })

  it('watches nothing of another site', async () => {
    const { url } = borrowed.server
    const [own, others] = [
      await openEvents(url, '/v1/events', world.network.key),
      await openEvents(url, `/v1/events?log=1&stationId=${world.ids.station}`, quietKey),
    ]
    await world.socket.call('StatusNotification', { connectorId: 1, status: 'Preparing', errorCode: 'NoError' })
    await until(() => own.text().includes('evse.changed'))
    expect(others.text()).not.toContain(world.ids.station)
    for (const stream of [own, others]) stream.close()
  })
})

describe('a key of the site where things stand', () => {
  it.each(['sessions', 'stations', 'usage-errors', 'session-records', 'commands'])('sees %s', async (name) => {
    const { items } = await there.get<List<unknown>>(`/v1/${name}?limit=200`)
    expect(items.length).toBeGreaterThan(0)
  })

  it('is told how a record was handed on, not to whom: webhooks are the whole network’s', async () => {
    const { session } = world.ids
    await world.network.rest.post(`/v1/usage-errors/${world.ids.usageError}/decide`, {
      decision: 'accept',
      reason: 'the driver agreed',
    })
    const handedOn = async (of: Rest) => {
      const { items } = await of.get<List<{ handedOn: { to: string }[] }>>(`/v1/session-records?sessionId=${session}`)
      return items.flatMap((record) => record.handedOn).filter(({ to }) => to === 'webhook')
    }
    await until(async () => (await handedOn(world.network.rest)).length > 0)
    const named = await handedOn(world.network.rest)
    expect(named).toContainEqual(expect.objectContaining({ name: 'Billing', webhookId: world.ids.webhook }))
    const unnamed = { to: 'webhook', state: expect.any(String), attempts: expect.any(Number) }
    expect(await handedOn(there)).toEqual(named.map(() => unnamed))
  })
})

it('a stream that asks for the frames of a station gets them, though nobody has read its log', async () => {
  const { network } = world
  const { id, identity, password } = await addStation(network, { identity: 'WATCHED-1' })
  const { url } = borrowed.server
  const [watching, quietly] = [
    await openEvents(url, `/v1/events?log=1&stationId=${id}`, network.key),
    await openEvents(url, `/v1/events?log=1&stationId=${id}`, quietKey),
  ]
  const station = await openStation({ url: `${network.stationsUrl}/${identity}`, user: identity, password })
  await station.call(...bootOf('ocpp1.6'))
  await until(() => watching.text().includes('event: ocpp.frame'))
  expect(quietly.text()).not.toContain(id)
  for (const stream of [watching, quietly]) stream.close()
  await station.close()
})

it('a typo in what a stream is filtered by is refused, not waited for in vain', async () => {
  const ask = (query: string) => world.network.rest.send('GET', `/v1/events?${query}`)
  for (const query of ['types=sesion.changed', 'stationId=north-1', 'log=1', 'colour=red'])
    expect((await ask(query)).status, query).toBe(400)
})
