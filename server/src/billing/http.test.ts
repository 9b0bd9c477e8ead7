import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type HttpServer, movableClock, newId, ok, openHttp, openTexts, refuse } from '../platform/index.ts'
import { makeTestTenant, type TestGround, testGround } from '../platform/testing.ts'
import { billingRoutes } from './index.ts'

const clock = movableClock('2026-11-26T12:00:00Z')
let ground: TestGround
let http: HttpServer
let named: Map<string | null, number>
const priced = new Set<string>()

beforeAll(async () => {
  ground = await testGround(clock)
  const tenants: Record<string, string> = {
    first: await makeTestTenant(ground, 'first'),
    second: await makeTestTenant(ground, 'second'),
  }
  named = new Map([[null, 3]])
  http = await openHttp({
    ground,
    texts: openTexts('languages'),
    routes: billingRoutes({ countStationsByTariff: async () => named, hasSessions: async (_, id) => priced.has(id) }),
    // The bearer is the tenant's slug here, with what its key may do.
    async authenticate({ authorization }) {
      const [slug = '', rights = 'tariffs.read tariffs.write'] = (authorization ?? '').replace('Bearer ', '').split(':')
      const tenantId = tenants[slug]
      if (tenantId === undefined) return refuse('wrong-key')
      return ok({
        kind: 'key',
        tenantId,
        actorId: newId(),
        actorName: 'Aino',
        rights: new Set(rights.split(' ')),
        sites: 'all',
        language: 'en',
      })
    },
    trustedProxies: [],
    folders: [],
  })
})
afterAll(async () => {
  await http.close()
  await ground.close()
})

async function call(method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, body?: unknown, key = 'first') {
  const answer = await http.inject({
    method,
    url,
    headers: { authorization: `Bearer ${key}` },
    ...(body === undefined ? {} : { payload: body as object }),
  })
  return { status: answer.statusCode, body: answer.body === '' ? undefined : (answer.json() as never) }
}

const component = { type: 'ENERGY', price: '0.249', vat: 25.5, step_size: 1 }
const ocpi = { currency: 'EUR', elements: [{ price_components: [component] }], tax_included: 'YES', id: 'x' }
const session = {
  startedAt: '2026-11-26T08:00:00Z',
  endedAt: '2026-11-26T10:00:00+01:00',
  periods: [{ from: '2026-11-26T08:00:00Z', to: '2026-11-26T09:00:00Z', energyWh: 17_385, state: 'charging' }],
}

describe('/v1/tariffs', () => {
  it('makes a tariff, gives it back as it was written, and adds versions (TAR-MANAGE)', async () => {
    const made = await call('POST', '/v1/tariffs', { name: 'Public', tariff: ocpi })
    expect(made).toMatchObject({
      status: 201,
      body: {
        name: 'Public',
        default: true,
        version: 1,
        validFrom: '2026-11-26T12:00:00Z',
        tariff: ocpi,
        versions: [{ version: 1, createdBy: 'Aino' }],
        stations: 3,
      },
    })
    const { id } = made.body as unknown as { id: string }
    expect(await call('GET', `/v1/tariffs/${id}`)).toEqual({ status: 200, body: made.body })

    const next = { ...ocpi, elements: [{ price_components: [{ ...component, price: 0.3 }] }] }
    const planned = { tariff: next, validFrom: '2027-01-01T00:00:00Z' }
    expect(await call('POST', `/v1/tariffs/${id}/versions`, planned)).toMatchObject({
      status: 201,
      body: { version: 1, tariff: ocpi, versions: [{ version: 1 }, { version: 2, validFrom: planned.validFrom }] },
    })
    expect(await call('POST', `/v1/tariffs/${id}/versions`, { tariff: next })).toMatchObject({
      body: { version: 3, tariff: next },
    })
  })

  it('lists page by page and moves the default', async () => {
    const made = await call('POST', '/v1/tariffs', { name: 'Guests', tariff: ocpi })
    const { id } = made.body as unknown as { id: string }
    expect(made).toMatchObject({ body: { default: false, stations: 0 } })
    expect(await call('POST', `/v1/tariffs/${id}/default`)).toEqual({ status: 204, body: undefined })
    const page = await call('GET', '/v1/tariffs?limit=1&count=true')
    expect(page).toMatchObject({ body: { items: [{ name: 'Public', default: false }], total: 2 } })
    const { next } = page.body as unknown as { next: string }
    expect(await call('GET', `/v1/tariffs?limit=1&cursor=${next}`)).toMatchObject({
      body: { items: [{ id, default: true }], next: null },
    })
  })

  it('refuses field by field, with pointers into the body', async () => {
    const tariff = {
      ...ocpi,
      min_price: { excl_vat: 1 },
      elements: [{ price_components: [{ ...component, price: '1,5' }] }],
    }
    const answer = await call('POST', '/v1/tariffs', { name: 'Wrong', tariff })
    expect(answer).toMatchObject({
      status: 400,
      body: {
        code: 'bad-input',
        errors: [
          { pointer: '/tariff/min_price', code: 'not-supported' },
          { pointer: '/tariff/elements/0/price_components/0/price', code: 'not-a-number' },
        ],
      },
    })
    expect(await call('POST', '/v1/tariffs', { name: 'Without' })).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '/tariff', code: 'missing' }] },
    })
  })

  it('shows and changes nothing of another tenant (GEN-ISOLATION)', async () => {
    const list = await call('GET', '/v1/tariffs')
    const { items } = list.body as unknown as { items: { id: string }[] }
    const id = items[0]?.id
    expect(await call('GET', '/v1/tariffs', undefined, 'second')).toMatchObject({ status: 200, body: { items: [] } })
    const paths: ['GET' | 'POST', string, unknown?][] = [
      ['GET', `/v1/tariffs/${id}`],
      ['POST', `/v1/tariffs/${id}/versions`, { tariff: ocpi }],
      ['POST', `/v1/tariffs/${id}/default`],
      ['POST', '/v1/price-calculations', { tariffId: id, timeZone: 'Europe/Helsinki', session }],
    ]
    for (const [method, path, body] of paths) {
      expect((await call(method, path, body, 'second')).body).toMatchObject({ code: 'no-such-tariff', status: 404 })
      expect((await call(method, path, body)).status).toBeLessThan(300)
    }
  })

  it('lets only those change who may', async () => {
    const body = { name: 'Mine', tariff: ocpi }
    expect(await call('POST', '/v1/tariffs', body, 'first:tariffs.read')).toMatchObject({ status: 403 })
    expect(await call('GET', '/v1/tariffs', undefined, 'first:tariffs.read')).toMatchObject({ status: 200 })
  })
})

describe('/v1/price-calculations', () => {
  const asked = { tariff: ocpi, timeZone: 'Europe/Helsinki', session }

  it('answers totals and lines by the rules that bill', async () => {
    const eur = (minor: string) => ({ minor, currency: 'EUR' })
    expect(await call('POST', '/v1/price-calculations', asked)).toEqual({
      status: 200,
      body: {
        totals: { exclTax: eur('345'), tax: eur('88'), inclTax: eur('433') },
        lines: [
          {
            dimension: 'ENERGY',
            element: 0,
            unitPriceMicros: '249000',
            taxPercent: '25.5',
            measured: 17_385,
            billed: 17_385,
            unit: 'Wh',
            exclTax: eur('345'),
            inclTax: eur('433'),
          },
        ],
      },
    })
  })

  it('refuses what is no session, by pointer', async () => {
    const [period] = session.periods
    const wrong = {
      tariffId: newId(),
      tariff: ocpi,
      timeZone: 'Europe/Helsinki',
      session: {
        ...session,
        periods: [
          { ...period, from: '2026-11-26T07:00:00Z', to: '2026-11-26T08:30:00Z' },
          { ...period, from: '2026-11-26T08:20:00Z', to: '2026-11-26T09:30:00Z' },
        ],
      },
    }
    expect(await call('POST', '/v1/price-calculations', wrong)).toMatchObject({
      status: 400,
      body: {
        errors: [
          { pointer: '/tariffId', code: 'beside-tariff' },
          { pointer: '/session/periods/0/from', code: 'outside-session' },
          { pointer: '/session/periods/1/to', code: 'outside-session' },
          { pointer: '/session/periods/1/from', code: 'overlaps' },
        ],
      },
    })
    const offset = await call('POST', '/v1/price-calculations', { ...asked, timeZone: '+02:00' })
    expect(offset.body).toMatchObject({ errors: [{ pointer: '/timeZone', code: 'not-a-time-zone' }] })
    const zoneless = { ...asked, timeZone: 'Moon/Base', session: { ...session, startedAt: '2026-11-26T08:00:00' } }
    expect(await call('POST', '/v1/price-calculations', zoneless)).toMatchObject({
      body: {
        errors: [
          { pointer: '/timeZone', code: 'not-a-time-zone' },
          { pointer: '/session/startedAt', code: 'not-valid' },
        ],
      },
    })
  })
})

it('a tariff is renamed and made the default, never changed in place; removed only where nobody uses it', async () => {
  const make = async (name: string): Promise<string> => {
    const made = await call('POST', '/v1/tariffs', { name, tariff: ocpi, default: false }, 'second')
    return (made.body as unknown as { id: string }).id
  }
  const [used, unused] = [await make('Used'), await make('Unused')]
  const remove = (id: string) => call('DELETE', `/v1/tariffs/${id}`, undefined, 'second')
  const renamed = await call('PATCH', `/v1/tariffs/${used}`, { name: 'Night', default: true }, 'second')
  expect(renamed).toMatchObject({ status: 200, body: { name: 'Night', default: true, version: 1 } })
  expect((await call('PATCH', `/v1/tariffs/${used}`, { tariff: ocpi }, 'second')).status).toBe(400)
  expect((await call('PATCH', `/v1/tariffs/${used}`, { name: 'x' }, 'first')).status).toBe(404)
  expect(await remove(used)).toMatchObject({ status: 409, body: { code: 'tariff-is-default' } })
  named.set(unused, 2)
  expect(await remove(unused)).toMatchObject({ status: 409, body: { code: 'tariff-has-stations' } })
  named.delete(unused)
  priced.add(unused)
  expect(await remove(unused)).toMatchObject({ status: 409, body: { code: 'tariff-has-sessions' } })
  priced.delete(unused)
  expect((await call('DELETE', `/v1/tariffs/${unused}`, undefined, 'first')).status).toBe(404)
  const price = () =>
    call('POST', '/v1/price-calculations', { tariffId: unused, timeZone: 'Europe/Helsinki', session }, 'second')
  expect((await price()).status).toBe(200)
  expect((await remove(unused)).status).toBe(204)
  expect(await price()).toMatchObject({ status: 404, body: { code: 'no-such-tariff' } })
  expect((await call('GET', `/v1/tariffs/${unused}`, undefined, 'second')).status).toBe(404)
})

it('says at once that a new version is in force, whatever part of a microsecond it was published in', async () => {
  const made = await call('POST', '/v1/tariffs', { name: 'Exact', tariff: ocpi })
  const { id } = made.body as unknown as { id: string }
  for (const nanoseconds of [499, 500, 999]) {
    clock.move({ seconds: 1, nanoseconds })
    const { body } = await call('POST', `/v1/tariffs/${id}/versions`, { tariff: ocpi })
    const { version, versions } = body as unknown as { version: number; versions: object[] }
    expect(version).toBe(versions.length)
    clock.move({ nanoseconds: 1_000 - nanoseconds })
  }
})
