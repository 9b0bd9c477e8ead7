import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTestRest, type TestRest } from './testing-rest.ts'

let rest: TestRest
let call: TestRest['call']
let add: TestRest['add']

beforeAll(async () => {
  rest = await openTestRest()
  ;({ call, add } = rest)
})
afterAll(() => rest.close())

describe('sites', () => {
  it('are found by a part of their name, city or address, page by page', async () => {
    const ids: string[] = []
    for (const n of [1, 2, 3]) {
      const made = await call('POST /v1/sites', {
        body: { name: `Quay ${n}`, city: 'Ääntä', address: 'Rantatie 100%' },
      })
      ids.push(String(made.body['id']))
    }
    await call('POST /v1/sites', { body: { name: 'Hill', city: 'Oulu' } }).then(({ body }) =>
      ids.push(String(body['id'])),
    )
    const found = async (query: string) => (await call(`GET /v1/sites?count=true&${query}`)).body
    expect(await found('q=quay')).toMatchObject({ total: 3, items: [{ name: 'Quay 1' }, {}, {}], next: null })
    expect(await found(`q=${encodeURIComponent(' ÄÄNTÄ ')}`)).toMatchObject({ total: 3 })
    // What is typed is looked for as it is.
    expect(await found(`q=${encodeURIComponent('0%')}`)).toMatchObject({ total: 3 })
    expect(await found(`q=${encodeURIComponent('%')}&limit=2`)).toMatchObject({ total: 3, items: [{}, {}] })
    expect(await found('q=nowhere')).toMatchObject({ total: 0, items: [] })
    for (const id of ids) expect((await call(`DELETE /v1/sites/${id}`)).status).toBe(204)
  })

  it('are added, changed and removed, but not from under stations', async () => {
    const made = await call('POST /v1/sites', {
      body: { name: 'Harbour', city: 'Turku', latitude: 60.435, longitude: 22.22 },
    })
    expect(made).toMatchObject({
      status: 201,
      body: { name: 'Harbour', country: 'FI', timeZone: 'Europe/Helsinki', stations: 0 },
    })
    const id = String(made.body['id'])
    expect(await call(`PATCH /v1/sites/${id}`, { body: { city: null, openingHours: '24/7' } })).toMatchObject({
      status: 200,
      body: { latitude: 60.435, openingHours: '24/7' },
    })
    const station = await add('S-1', { siteId: id })
    expect(await call(`DELETE /v1/sites/${id}`)).toMatchObject({ status: 409, body: { code: 'site-has-stations' } })
    expect((await call('GET /v1/sites?count=true')).body).toMatchObject({
      items: [{ id, stations: 1 }],
      total: 1,
      next: null,
    })
    expect((await call('GET /v1/map')).body['items']).toMatchObject([
      { id: station.id, siteName: 'Harbour', latitude: 60.435, longitude: 22.22, seen: 'unknown', evses: [{ id: 1 }] },
    ])
    expect((await call(`DELETE /v1/stations/${station.id}`)).status).toBe(204)
    expect((await call(`DELETE /v1/sites/${id}`)).status).toBe(204)
    expect((await call(`GET /v1/sites/${id}`)).status).toBe(404)
  })

  it('and stations stand at two numbers, or at none', async () => {
    const half = (pointer: string) => ({
      status: 422,
      body: { code: 'half-a-position', errors: [{ pointer, code: 'half-a-position' }] },
    })
    const site = await call('POST /v1/sites', { body: { name: 'Harbour', latitude: 60.4, longitude: 22.2 } })
    const siteId = String(site.body['id'])
    const station = await add('S-2', { siteId })
    expect(await call('POST /v1/sites', { body: { name: 'Quay', latitude: 60.4 } })).toMatchObject(half('/longitude'))
    expect(await call(`PATCH /v1/sites/${siteId}`, { body: { latitude: null } })).toMatchObject(half('/latitude'))
    expect(await call('POST /v1/stations', { body: { identity: 'S-3', longitude: 22.2 } })).toMatchObject(
      half('/latitude'),
    )
    // It would stand at its own latitude and its site's longitude.
    expect(await call(`PATCH /v1/stations/${station.id}`, { body: { latitude: 10 } })).toMatchObject(half('/longitude'))
    const moved = { latitude: 10, longitude: 11 }
    expect(await call(`PATCH /v1/stations/${station.id}`, { body: moved })).toMatchObject({ status: 200, body: moved })
    expect(await call(`PATCH /v1/stations/${station.id}`, { body: { latitude: 12 } })).toMatchObject({ status: 200 })
    expect((await call(`DELETE /v1/stations/${station.id}`)).status).toBe(204)
    expect((await call(`DELETE /v1/sites/${siteId}`)).status).toBe(204)
  })
})
