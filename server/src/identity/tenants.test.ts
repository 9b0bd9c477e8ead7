import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newId, sql } from '../platform/index.ts'
import { type TestGround, testGround } from '../platform/testing.ts'
import type { TestHttp } from '../platform/testing-http.ts'
import { identityHttp, makeNetwork, PLATFORM_KEY } from './testing.ts'

let ground: TestGround
let http: TestHttp

beforeAll(async () => {
  ground = await testGround()
  http = await identityHttp(ground)
})
afterAll(async () => {
  await http.close()
  await ground.close()
})

const network = (slug: string) => ({
  slug,
  name: 'Rannan lataus',
  currency: 'EUR',
  country: 'FI',
  timeZone: 'Europe/Helsinki',
  languages: ['fi', 'en'],
})

describe('making a tenant', () => {
  it('answers the key of its first administrator, which works at once', async () => {
    const made = await http.call('POST /v1/tenants', { key: PLATFORM_KEY, body: network('rannan') })
    expect(made.status).toBe(201)
    expect(made.body).toMatchObject({
      slug: 'rannan',
      id: expect.any(String),
      key: expect.stringMatching(/^[\w-]+\.[\w-]{43}$/),
    })
    const me = await http.call('GET /v1/me', { key: made.body['key'] as string })
    expect(me.body).toMatchObject({ kind: 'key', tenant: { slug: 'rannan', languages: ['fi', 'en'] }, sites: 'all' })
    expect(me.body['rights']).toContain('staff.write')
  })

  it('refuses a slug that is taken, and says which field', async () => {
    await makeNetwork(http, 'taken')
    const again = await http.call('POST /v1/tenants', { key: PLATFORM_KEY, body: network('taken') })
    expect(again.status).toBe(409)
    expect(again.headers['content-type']).toContain('application/problem+json')
    expect(again.body).toMatchObject({
      code: 'slug-taken',
      status: 409,
      errors: [{ pointer: '/slug', code: 'taken', message: 'This is taken. Choose another one.' }],
    })
    expect(again.body['requestId']).toMatch(/^[0-9a-f-]{36}$/)
  })

  it.each([
    [{ slug: 'v1' }, '/slug', 'reserved'],
    [{ slug: 'docs' }, '/slug', 'reserved'],
    [{ slug: 'Rantatie' }, '/slug', 'slug'],
    [{ slug: 'a/b' }, '/slug', 'slug'],
    [{ currency: 'EURO' }, '/currency', 'not-a-currency'],
    // Of former times: no tariff could be made in it.
    [{ currency: 'HRK' }, '/currency', 'not-a-currency'],
    [{ country: 'QQ' }, '/country', 'not-a-country'],
    [{ timeZone: 'Helsinki' }, '/timeZone', 'not-a-time-zone'],
    [{ timeZone: '+02:00' }, '/timeZone', 'not-a-time-zone'],
    [{ languages: ['english!'] }, '/languages/0', 'not-a-language'],
    [{ languages: [] }, '/languages', 'too-small'],
    [{ name: undefined }, '/name', 'missing'],
    [{ id: newId() }, '/id', 'not-known'],
    [{ role: 'administrator' }, '/role', 'not-known'],
  ])('refuses %j field by field (attack 26)', async (part, pointer, code) => {
    const made = await http.call('POST /v1/tenants', { key: PLATFORM_KEY, body: { ...network('never'), ...part } })
    expect(made.status).toBe(400)
    expect(made.body).toMatchObject({ code: 'bad-input', errors: [{ pointer, code }] })
  })

  it('gives a repeated call with one Idempotency-Key the same tenant and key, and refuses it for another tenant', async () => {
    const headers = { 'idempotency-key': 'make-it-once' }
    const call = (body: unknown) => http.call('POST /v1/tenants', { key: PLATFORM_KEY, body, headers })
    const [first, second] = await Promise.all([call(network('repeated')), call(network('repeated'))])
    expect([first.status, second.status]).toEqual([201, 201])
    expect(second.body).toEqual(first.body)
    expect((await call(network('another'))).body['code']).toBe('idempotency-key-reused')
  })

  it('goes on where a crash between directory and tenant left it', async () => {
    const reserved = newId()
    await ground.database.inDirectory((tx) =>
      tx.run(sql`insert into directory.tenants (slug, tenant_id) values ('half-made', ${reserved})`),
    )
    const listed = await http.call('GET /v1/tenants?limit=200', { key: PLATFORM_KEY })
    expect(JSON.stringify(listed.body)).not.toContain('half-made')
    const made = await http.call('POST /v1/tenants', { key: PLATFORM_KEY, body: network('half-made') })
    expect(made.body['id']).toBe(reserved)
  })

  it('of one slug by many at once makes one', async () => {
    const all = await Promise.all(
      Array.from({ length: 6 }, () => http.call('POST /v1/tenants', { key: PLATFORM_KEY, body: network('contested') })),
    )
    expect(all.map((answer) => answer.status).sort((a, b) => a - b)).toEqual([201, 409, 409, 409, 409, 409])
    const key = all.find((answer) => answer.status === 201)?.body['key'] as string
    expect((await http.call('GET /v1/me', { key })).status).toBe(200)
  })
})

describe('the platform’s list of tenants', () => {
  it('goes page by page, with a link to the next', async () => {
    const slugs: string[] = []
    let next: string | null = null
    do {
      const cursor: string = next === null ? '' : `&cursor=${next}`
      const page = await http.call(`GET /v1/tenants?limit=2${cursor}`, { key: PLATFORM_KEY })
      slugs.push(...(page.body['items'] as { slug: string }[]).map((tenant) => tenant.slug))
      next = page.body['next'] as string | null
      if (next !== null) expect(page.headers['link']).toBe(`</v1/tenants?limit=2&cursor=${next}>; rel="next"`)
    } while (next !== null)
    expect(slugs).toEqual([...slugs].sort())
    expect(new Set(slugs).size).toBe(slugs.length)
    expect(slugs).toContain('rannan')
    const counted = await http.call('GET /v1/tenants?limit=1&count=true', { key: PLATFORM_KEY })
    expect(counted.body['total']).toBe(slugs.length)
  })

  it('is not for keys of tenants, and theirs is not for the platform', async () => {
    const { key } = await makeNetwork(http, 'curious')
    expect((await http.call('GET /v1/tenants', { key })).body['code']).toBe('not-allowed')
    expect((await http.call('POST /v1/tenants', { key, body: network('mine') })).status).toBe(403)
    expect((await http.call('GET /v1/keys', { key: PLATFORM_KEY })).status).toBe(403)
    expect((await http.call('GET /v1/keys', { key })).status).toBe(200)
  })
})
