import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Borrowed, startBorrowed } from './kit/borrowed.ts'
import { askFor } from './kit/isolation.ts'
import { addStation } from './kit/network.ts'
import type { List, Rest } from './kit/rest.ts'
import { examples } from './kit/route-examples.ts'
import { until } from './kit/until.ts'
import { makeWorld, type World } from './kit/world.ts'

let borrowed: Borrowed
let world: World
/** Whose things are used up. */
let second: World
let rest: Rest

beforeAll(async () => {
  borrowed = await startBorrowed()
  world = await makeWorld(borrowed.server, 'changes')
  second = await makeWorld(borrowed.server, 'changes-twice')
  rest = world.network.rest
})
afterAll(async () => {
  await Promise.all([world, second].map(({ socket }) => socket.close()))
  await borrowed.close()
})

describe('If-Match is about what people change (a careful client)', () => {
  /** Reads, lets something change by itself, then writes what it read. */
  async function writesAfter(path: string, body: object, meanwhile: () => Promise<unknown>): Promise<number> {
    const { headers, body: before } = await rest.send('GET', path)
    await meanwhile()
    // The control: what is shown did change.
    expect((await rest.send('GET', path)).body).not.toEqual(before)
    return (await rest.send('PATCH', path, body, { 'if-match': headers.get('etag') ?? '' })).status
  }

  it('a site, where a station was added', async () => {
    const { id: siteId } = await rest.post<{ id: string }>('/v1/sites', { name: 'Quay' })
    const add = () => addStation(world.network, { identity: 'QUAY-1', more: { siteId } })
    expect(await writesAfter(`/v1/sites/${siteId}`, { city: 'Turku' }, add)).toBe(200)
  })

  it('a tariff that one more station names', async () => {
    const add = () => addStation(world.network, { identity: 'TARIFF-1', more: { tariffId: world.ids.tariff } })
    expect(await writesAfter(`/v1/tariffs/${world.ids.tariff}`, { name: 'Any day' }, add)).toBe(200)
  })

  it('a blocked card, of which one more station has heard', async () => {
    interface Card {
      readonly blockedReach: { readonly answered: number }
    }
    const path = `/v1/id-tokens/${world.ids.spareCard}`
    const { headers, body } = await rest.send<Card>('PATCH', path, { status: 'blocked' })
    expect(body.blockedReach.answered).toBe(0)
    await until(async () => (await rest.get<Card>(path)).blockedReach.answered > 0)
    const write = await rest.send('PATCH', path, { label: 'lost' }, { 'if-match': headers.get('etag') ?? '' })
    expect(write.status).toBe(200)
  })

  it('the cards that all stations keep, while one more of them begins to', async () => {
    await rest.patch('/v1/local-lists', { mode: 'active' })
    const meanwhile = async () => {
      await addStation(world.network, { identity: 'LIST-1' })
      await rest.patch('/v1/local-lists', { mode: 'active' })
    }
    expect(await writesAfter('/v1/local-lists', { mode: 'all' }, meanwhile)).toBe(200)
    await rest.patch('/v1/local-lists', { mode: 'off' })
  })

  it('what the platform opens for a network, as it was read', async () => {
    const { platform } = borrowed.server
    const path = `/v1/tenants/${world.network.id}/outbound-targets`
    const { headers } = await platform.send('GET', path)
    const tag = { 'if-match': headers.get('etag') ?? '' }
    const one = { allowed: [{ address: '127.0.0.1', port: 9000, plain: true }] }
    expect((await platform.send('PATCH', path, one, tag)).status).toBe(200)
    expect((await platform.send('PATCH', path, { allowed: [] }, tag)).body).toMatchObject({ code: 'changed-meanwhile' })
  })
})

describe('the same twice at once', () => {
  const twice = async (method: string, path: string, body?: object, of: Rest = rest): Promise<number[]> =>
    (await Promise.all([of.send(method, path, body), of.send(method, path, body)]))
      .map(({ status }) => status)
      .toSorted((one, other) => one - other)

  it('makes one thing of one name, and says so to the other', async () => {
    const { platform } = borrowed.server
    const tenant = {
      slug: 'twice',
      name: 'Twice',
      currency: 'EUR',
      country: 'FI',
      timeZone: 'Europe/Helsinki',
      languages: ['en'],
    }
    expect(await twice('POST', '/v1/tenants', tenant, platform)).toEqual([201, 409])
    expect(await twice('POST', '/v1/id-tokens', { uid: '04TWICE00000001' })).toEqual([201, 409])
    expect(await twice('POST', '/v1/stations', { identity: 'TWICE-1', evses: [] })).toEqual([201, 409])
    const person = { name: 'Twice', mail: 'twice@both.example', role: 'viewer' }
    expect(await twice('POST', '/v1/staff', person)).toEqual([201, 409])
  })

  it('removes, adopts and decides once', async () => {
    const idOf = async (path: string, body: object) => (await rest.post<{ id: string }>(path, body)).id
    const site = await idOf('/v1/sites', { name: 'Twice' })
    const station = await idOf('/v1/stations', { identity: 'TWICE-2', evses: [] })
    const key = await idOf('/v1/keys', { name: 'twice', role: 'viewer' })
    for (const path of [`/v1/sites/${site}`, `/v1/stations/${station}`, `/v1/keys/${key}`])
      expect(await twice('DELETE', path), path).toEqual([204, 404])
    const decision = { decision: 'accept', reason: 'the driver agreed' }
    expect(
      await twice('POST', `/v1/usage-errors/${second.ids.usageError}/decide`, decision, second.network.rest),
    ).toEqual([200, 409])
    expect(await twice('POST', `/v1/refused-stations/${second.ids.refused}/adopt`, {}, second.network.rest)).toEqual([
      201, 404,
    ])
  })
})

describe('the audit trail', () => {
  /** They ask, and change nothing. */
  const questions: ReadonlySet<string> = new Set([
    'POST /v1/price-calculations',
    'POST /v1/validity-checks',
    'POST /v1/usage-errors/{id}/calculate',
  ])

  it('has a line for whatever a tenant’s route changes (STAFF-ROLES)', async () => {
    const actorId = world.network.key.split('.')[0] ?? ''
    const lines = async () =>
      (await rest.get<List<unknown>>(`/v1/audit?actorId=${actorId}&limit=1&count=true`)).total ?? 0
    const faults: string[] = []
    for (const [route, cases] of Object.entries(examples)) {
      const example = cases[0]
      if (route.startsWith('GET') || example?.kind !== 'asks' || questions.has(route)) continue
      const before = await lines()
      const reply = await askFor(rest, route, example.ask(world.ids, world.ids))
      if (reply.status >= 300) faults.push(`${route} was not carried out: ${reply.status} ${reply.text}`)
      else if ((await lines()) === before) faults.push(`${route} left no line`)
    }
    expect(faults).toEqual([])
  })
})
