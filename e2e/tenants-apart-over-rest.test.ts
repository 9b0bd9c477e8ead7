import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Borrowed, startBorrowed } from './kit/borrowed.ts'
import {
  askFor,
  type Description,
  faultsOfExamples,
  faultsOfIsolation,
  faultsOfRoute,
  namesIds,
  routesOf,
} from './kit/isolation.ts'
import { type List, type Rest, restOf } from './kit/rest.ts'
import { examples } from './kit/route-examples.ts'
import { openEvents } from './kit/server-sent.ts'
import { makeWorld, type World } from './kit/world.ts'
import { until } from './kit/until.ts'

let borrowed: Borrowed
let own: World
let other: World
let routes: readonly string[]

beforeAll(async () => {
  borrowed = await startBorrowed()
  const { server } = borrowed
  ;[own, other] = [await makeWorld(server, 'mark-north'), await makeWorld(server, 'mark-south')]
  routes = routesOf((await (await fetch(`${server.url}/v1/openapi.json`)).json()) as Description)
})
afterAll(async () => {
  await Promise.all([own, other].map(({ socket }) => socket.close()))
  await borrowed.close()
})

/** Everything a tenant can see of its own, but for what looking itself, or time, changes: a webhook's target that is nowhere. */
async function everythingOf({ network: { rest } }: World): Promise<string> {
  const seen = await Promise.all(
    [
      'sites',
      'stations',
      'id-tokens',
      'tariffs',
      'sessions',
      'session-records',
      'keys',
      'staff',
      'commands',
      'refused-stations',
      'alerts',
      'webhooks',
    ].map(async (name) => JSON.stringify(await rest.get(`/v1/${name}?limit=200`))),
  )
  return seen
    .join('\n')
    .replaceAll(/"health":\{[^{}]*(\{[^{}]*\}[^{}]*)?\},?/g, '')
    .replaceAll(/"(lastUsedAt|lastMessageAt|clockOffsetMs|\w+Seconds)":("[^"]*"|-?\d+),?/g, '')
    .replaceAll(',}', '}')
}

describe('two tenants whose things have equal names (GEN-ISOLATION, row 7, attacks 25 to 27)', () => {
  it('every route of the description has an example', () => {
    expect(faultsOfExamples(routes)).toEqual([])
    expect(routes.length).toBeGreaterThan(40)
  })

  it('a route that nobody thought about would fail this test', () => {
    expect(faultsOfExamples([...routes, 'GET /v1/forgotten/{id}'])).toEqual(['GET /v1/forgotten/{id} has no example'])
  })

  it('every role of a tenant is refused what is another’s', async () => {
    const keys = await Promise.all(
      ['operator', 'biller', 'viewer'].map(async (role) => {
        const { key } = await own.network.rest.post<{ key: string }>('/v1/keys', { name: role, role })
        return restOf(own.network.rest.url, key)
      }),
    )
    for (const rest of keys) {
      for (const [route, cases] of Object.entries(examples)) {
        for (const example of cases) {
          if (example.kind !== 'asks' || !/\{id\}/.test(route)) continue
          const reply = await askFor(rest, route, example.ask(other.ids, other.ids))
          expect([403, 404], `${route}: ${reply.text}`).toContain(reply.status)
        }
      }
    }
  })

  it('a list goes on in the own tenant, whoever’s cursor is shown', async () => {
    for (const route of routes.filter((name) => /^GET .*s$/.test(name) && examples[name]?.[0]?.kind === 'asks')) {
      const path = route.slice('GET '.length)
      const theirs = await other.network.rest.send<List<unknown>>('GET', `${path}?limit=1`)
      if (typeof theirs.body?.next !== 'string') continue
      const reply = await own.network.rest.send(
        'GET',
        `${path}?limit=200&cursor=${encodeURIComponent(theirs.body.next)}`,
      )
      expect(reply.status, path).toBe(200)
      for (const mark of other.marks) expect(reply.text.includes(mark), `${path} shows ${mark}`).toBe(false)
    }
  })

  it('what a list counts is what it lists, of the own tenant alone', async () => {
    const catalogues = ['GET /v1/roles', 'GET /v1/usage-checks', 'GET /v1/usage-checks/{check}']
    const lists = routes.filter(
      (name) => /^GET [^{]*s$/.test(name) && examples[name]?.[0]?.kind === 'asks' && !catalogues.includes(name),
    )
    const counts = await Promise.all(
      lists.map(async (route) => {
        const reply = await own.network.rest.send<List<unknown>>('GET', `${route.slice(4)}?limit=200&count=true`)
        return [route, reply.status, reply.body.total === reply.body.items?.length] as const
      }),
    )
    // What is no list of this kind takes no such question.
    expect(counts.filter(([, status, isWhole]) => status !== 400 && !isWhole)).toEqual([])
    expect(counts.filter(([, status]) => status === 200).length).toBeGreaterThan(10)
  })

  it('an Idempotency-Key of one is nothing to the other', async () => {
    const make = (rest: Rest) =>
      rest.send<{ id: string }>('POST', '/v1/sites', { name: 'Once' }, { 'idempotency-key': 'same-key-1' })
    const [mine, theirs] = [await make(own.network.rest), await make(other.network.rest)]
    expect([mine.status, theirs.status]).toEqual([201, 201])
    expect(theirs.body.id).not.toBe(mine.body.id)
    expect(theirs.headers.get('idempotency-replayed')).toBeNull()
    // The control: the own key is known again.
    const again = await make(own.network.rest)
    expect([again.body.id, again.headers.get('idempotency-replayed')]).toEqual([mine.body.id, 'true'])
    expect((await own.network.rest.send('GET', `/v1/sites/${theirs.body.id}`)).status).toBe(404)
  })

  it('a live stream carries what is one’s own, and goes on after nobody else’s event', async () => {
    const { url } = borrowed.server
    const [mine, theirs] = [
      await openEvents(url, '/v1/events', own.network.key),
      await openEvents(url, '/v1/events', other.network.key),
    ]
    const status = (connectorId: number, to: string): unknown => ({ connectorId, status: to, errorCode: 'NoError' })
    await other.socket.call('StatusNotification', status(1, 'Preparing'))
    await until(() => theirs.text().includes(other.ids.station))
    await own.socket.call('StatusNotification', status(1, 'Preparing'))
    await until(() => mine.text().includes(own.ids.station))
    for (const mark of other.marks) expect(mine.text().includes(mark), mark).toBe(false)
    for (const mark of own.marks) expect(theirs.text().includes(mark), mark).toBe(false)
    // Asked for by name, or from where another stream was.
    const named = await openEvents(url, `/v1/events?stationId=${other.ids.station}`, own.network.key)
    const resumed = await openEvents(url, '/v1/events', own.network.key, theirs.lastId())
    const watched = await openEvents(url, `/v1/events?log=1&stationId=${other.ids.station}`, own.network.key)
    await other.socket.call('StatusNotification', status(1, 'Available'))
    await own.socket.call('StatusNotification', status(1, 'Available'))
    await until(() => resumed.text().includes(own.ids.station))
    for (const stream of [named, resumed, watched])
      for (const mark of other.marks) expect(stream.text().includes(mark), mark).toBe(false)
    for (const stream of [mine, theirs, named, resumed, watched]) stream.close()
  })

  it('every route refuses what is another’s like what nobody has, beside a control with what is one’s own', async () => {
    const before = await everythingOf(other)
    expect(await faultsOfIsolation(own, other, borrowed.server.platform)).toEqual([])
    expect(await everythingOf(other)).toBe(before)
  })

  it('would show any route whose handler forgot the tenant', async () => {
    // The fault: a server that, where it can, answers with the other tenant's data.
    const { rest } = own.network
    const leaky: Rest = {
      ...rest,
      async send<T>(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>) {
        const reply = await other.network.rest.send<T>(method, path, body, headers)
        return reply.status < 400 ? reply : rest.send<T>(method, path, body, headers)
      },
    }
    const forgetful: World = { ...own, network: { ...own.network, rest: leaky } }
    const unseen: string[] = []
    for (const [route, cases] of Object.entries(examples)) {
      if (!cases.some((example) => example.kind === 'asks' && (namesIds(example.ask) || example.shows !== undefined)))
        continue
      const faults = await faultsOfRoute(route, forgetful, other, borrowed.server.platform)
      if (!faults.some((fault) => fault.includes('another tenant'))) unseen.push(route)
    }
    expect(unseen).toEqual([])
    // Each route is asked many times over.
  }, 240_000)
})
