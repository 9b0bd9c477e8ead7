import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type TestGround, testGround } from '../platform/testing.ts'
import type { TestHttp } from '../platform/testing-http.ts'
import { makeSignInLink } from './sign-in-links.ts'
import { identityHttp, PLATFORM_KEY } from './testing.ts'

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

const wish = {
  name: 'Saari',
  slug: 'saari',
  currency: 'EUR',
  country: 'FI',
  timeZone: 'Europe/Helsinki',
  language: 'en',
  person: { name: 'Aino', mail: 'aino@saari.example' },
}

async function installer(): Promise<string> {
  const url = await makeSignInLink(ground, 'installation')
  const followed = await http.call('POST /v1/sign-in/link', { body: { token: url.split('#')[1] } })
  expect(followed.body).toEqual({ ok: true, needsPassword: false, next: 'make-network' })
  return followed.cookie ?? ''
}

describe('making the first network', () => {
  it('is offered while there is none', async () => {
    const before = await http.call('GET /v1/installation')
    expect(before.body).toEqual({ version: '0.0.0-test', tenants: 'none', demo: false, languages: ['en'] })
    const link = await http.call('POST /v1/sign-in-links', { key: PLATFORM_KEY, body: {} })
    const followed = await http.call('POST /v1/sign-in/link', {
      body: { token: (link.body['url'] as string).split('#')[1] },
    })
    expect(followed.body['next']).toBe('make-network')
  })

  it('needs the installation’s link, which opens nothing else', async () => {
    expect((await http.call('POST /v1/make-network', { body: wish })).status).toBe(401)
    expect((await http.call('POST /v1/make-network', { key: PLATFORM_KEY, body: wish })).status).toBe(403)
    const cookie = await installer()
    expect((await http.call('GET /v1/me', { cookie })).body).toEqual({ kind: 'installer' })
    expect((await http.call('GET /v1/keys', { cookie })).status).toBe(403)
    expect((await http.call('GET /v1/tenants', { cookie })).status).toBe(403)
    const headers = { origin: 'https://evil.example' }
    expect((await http.call('POST /v1/make-network', { cookie, body: wish, headers })).body['code']).toBe(
      'wrong-origin',
    )
  })

  it('answers field by field, and the session goes on', async () => {
    const cookie = await installer()
    const body = { ...wish, slug: 'v1', person: { name: '', mail: 'nobody' } }
    const refused = await http.call('POST /v1/make-network', { cookie, body })
    expect((refused.body['errors'] as { pointer: string }[]).map((fault) => fault.pointer).sort()).toEqual([
      '/person/mail',
      '/person/name',
      '/slug',
    ])
    expect((await http.call('GET /v1/me', { cookie })).status).toBe(200)
  })

  it('happens once, of several who try at the same time, and signs its maker in as administrator', async () => {
    const cookies = [await installer(), await installer(), await installer()]
    const all = await Promise.all(
      cookies.map((cookie, n) => http.call('POST /v1/make-network', { cookie, body: { ...wish, slug: `saari-${n}` } })),
    )
    const made = all.filter((answer) => answer.status === 201)
    expect(made).toHaveLength(1)
    const me = await http.call('GET /v1/me', { cookie: made[0]?.cookie })
    expect(me.body).toMatchObject({
      kind: 'staff',
      staff: { name: 'Aino', mail: 'aino@saari.example', needsPassword: true },
      sites: 'all',
    })
    expect((await http.call('GET /v1/installation')).body['tenants']).toBe('some')
    const password = { cookie: made[0]?.cookie, body: { password: 'kolme hauskaa hevosta' } }
    expect((await http.call('POST /v1/sign-in/password', password)).status).toBe(204)
    const body = { mail: 'aino@saari.example', password: 'kolme hauskaa hevosta' }
    expect((await http.call('POST /v1/sign-in', { body })).status).toBe(200)
  })

  it('is over after that', async () => {
    const cookie = await installer()
    const again = await http.call('POST /v1/make-network', { cookie, body: { ...wish, slug: 'second' } })
    expect(again.body).toMatchObject({ status: 409, code: 'network-exists' })
  })
})
