import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Borrowed, startBorrowed } from './kit/borrowed.ts'
import { addStation, makeNetwork, type Network } from './kit/network.ts'
import type { Problem } from './kit/rest.ts'
import type { Server } from './kit/server.ts'

let borrowed: Borrowed
let server: Server
let network: Network
let number: string

beforeAll(async () => {
  borrowed = await startBorrowed()
  server = borrowed.server
  network = await makeNetwork(server, 'guarded')
  number = (await addStation(network, { identity: 'G-1' })).number
})
afterAll(() => borrowed.close())

describe('attack 34: pages and answers', () => {
  it('carry a policy without foreign or inline scripts, and may not be framed', async () => {
    for (const path of ['/', '/docs', `/s/${number}`, '/v1/openapi.json', '/v1/stations', '/v1/nothing']) {
      const { headers } = await fetch(server.url + path, { headers: { authorization: `Bearer ${network.key}` } })
      const policy = headers.get('content-security-policy') ?? ''
      const scripts = /script-src ([^;]*)/.exec(policy)?.[1] ?? ''
      expect(scripts, path).toBe("'self'")
      expect(policy, path).toContain("default-src 'self'")
      expect(policy, path).toContain("frame-ancestors 'none'")
      expect(policy, path).toContain("object-src 'none'")
      expect(policy, path).toMatch(/base-uri 'self'|base-uri 'none'/)
      expect(policy, path).not.toMatch(/script-src[^;]*unsafe/)
      expect(headers.get('x-content-type-options'), path).toBe('nosniff')
      expect(headers.get('x-frame-options'), path).toMatch(/DENY|SAMEORIGIN/)
      expect(headers.get('referrer-policy'), path).toMatch(/no-referrer/)
      expect(headers.get('access-control-allow-origin'), path).toBeNull()
    }
  })

  it('contain no script in place', async () => {
    for (const path of ['/', '/docs', `/s/${number}`]) {
      const page = await (await fetch(server.url + path)).text()
      for (const [tag] of page.matchAll(/<script\b[^>]*>/g)) expect(tag, path).toMatch(/\bsrc=/)
      expect(page, path).not.toMatch(/\son\w+=|javascript:/i)
    }
  })

  it('are not kept by a cache where they hold something private', async () => {
    for (const path of [
      '/',
      '/v1/stations',
      '/v1/sessions',
      '/v1/me',
      '/v1/nothing',
      `/v1/public/stations/${number}`,
    ]) {
      const { headers } = await fetch(server.url + path, { headers: { authorization: `Bearer ${network.key}` } })
      expect(headers.get('cache-control'), path).toMatch(/no-store/)
    }
  })

  describe('a change asked for with a cookie', () => {
    let cookie: string
    const change = (headers: Readonly<Record<string, string>>) =>
      fetch(`${server.url}/v1/sites`, {
        method: 'POST',
        headers: { cookie, 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ name: 'Here' }),
      })

    beforeAll(async () => {
      const { invitationUrl } = await network.rest.post<{ invitationUrl: string }>('/v1/staff', {
        name: 'Aino',
        mail: 'aino@guarded.example',
        role: 'administrator',
      })
      const token = new URL(invitationUrl).hash.slice(1)
      const signedIn = await fetch(`${server.url}/v1/sign-in/link`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin: server.url },
        body: JSON.stringify({ token }),
      })
      expect(signedIn.status).toBe(200)
      const set = signedIn.headers.get('set-cookie') ?? ''
      expect(set).toMatch(/^lataamo=/)
      expect(set).toMatch(/HttpOnly/i)
      expect(set).toMatch(/SameSite=(Lax|Strict)/i)
      cookie = set.split(';')[0] ?? ''
      // Good once.
      const again = await fetch(`${server.url}/v1/sign-in/link`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin: server.url },
        body: JSON.stringify({ token }),
      })
      expect(again.status).toBe(401)
    })

    it('is done for a page of ours', async () => {
      expect((await change({ origin: server.url })).status).toBe(201)
    })

    it.each<[string, Record<string, string>]>([
      ['another site', { origin: 'https://evil.example' }],
      ['another port of this machine', { origin: 'http://127.0.0.1:1' }],
      ['a frame without an origin', { origin: 'null' }],
      ['a name that begins like ours', { origin: 'http://127.0.0.1.evil.example' }],
      ['a page that names no origin but comes from elsewhere', { 'sec-fetch-site': 'cross-site' }],
    ])('is refused for %s', async (_, headers) => {
      const refused = await change(headers)
      expect(refused.status).toBe(403)
      expect(((await refused.json()) as Problem).code).toBe('wrong-origin')
    })

    it('is refused as a form, which a browser sends without asking', async () => {
      const form = await fetch(`${server.url}/v1/sites`, {
        method: 'POST',
        headers: { cookie, origin: server.url, 'content-type': 'application/x-www-form-urlencoded' },
        body: 'name=Here',
      })
      expect(form.status).toBe(415)
    })

    it('does not let a page sign its visitor in or out from elsewhere', async () => {
      for (const path of ['/v1/sign-in', '/v1/sign-in/link', '/v1/sign-out']) {
        const refused = await fetch(server.url + path, {
          method: 'POST',
          headers: { cookie, origin: 'https://evil.example', 'content-type': 'application/json' },
          body: JSON.stringify({ mail: 'aino@guarded.example', password: 'x', token: 'x' }),
        })
        expect(refused.status, path).toBe(403)
      }
      expect((await fetch(`${server.url}/v1/me`, { headers: { cookie } })).status).toBe(200)
    })
  })

  it('metrics and debugging are not on the public port (attack 44)', async () => {
    for (const path of ['/metrics', '/debug', '/v1/metrics']) {
      const reply = await fetch(server.url + path)
      expect(await reply.text(), path).not.toMatch(/lataamo_process|nodejs_heap/)
    }
    expect((await fetch(`http://127.0.0.1:${server.options.opsPort}/metrics`)).status).toBe(200)
  })
})
