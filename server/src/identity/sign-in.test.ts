import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { movableClock, sql } from '../platform/index.ts'
import { type TestGround, testGround } from '../platform/testing.ts'
import type { TestHttp } from '../platform/testing-http.ts'
import { identityHttp, makeNetwork, PLATFORM_KEY, type TestNetwork } from './testing.ts'

const PASSWORD = 'kolme hauskaa hevosta'
const clock = movableClock('2026-11-26T12:00:00Z')
let ground: TestGround
let http: TestHttp
let network: TestNetwork
let other: TestNetwork
let address = 0

beforeAll(async () => {
  ground = await testGround(clock)
  http = await identityHttp(ground)
  network = await makeNetwork(http, 'rantatie')
  other = await makeNetwork(http, 'fjordlade')
})
afterAll(async () => {
  await http.close()
  await ground.close()
})

/** Each test from an address of its own, so that none slows another down. */
const from = () => `10.0.0.${(address += 1)}`

async function invite(body: object, key = network.key) {
  const made = await http.call('POST /v1/staff', { key, body: { name: 'Aino', role: 'administrator', ...body } })
  expect(made.status, made.text).toBe(201)
  const url = made.body['invitationUrl'] as string
  return { id: made.body['id'] as string, url, token: url.split('#')[1] ?? '' }
}

const follow = (token: string, cookie?: string) => http.call('POST /v1/sign-in/link', { body: { token }, cookie })

async function person(mail: string, body: object = {}, key = network.key) {
  const { id, token } = await invite({ mail, ...body }, key)
  const { cookie } = await follow(token)
  const set = await http.call('POST /v1/sign-in/password', { cookie, body: { password: PASSWORD } })
  expect(set.status, set.text).toBe(204)
  return { id, cookie: cookie ?? '' }
}

const signIn = (body: object, ip = from(), more: object = {}) => http.call('POST /v1/sign-in', { body, ip, ...more })

describe('an invitation', () => {
  it('signs in once, asks for a password, and opens the console with the person’s rights', async () => {
    const { url, token } = await invite({ mail: 'aino@example.com' })
    expect(url).toBe(`http://127.0.0.1:8080/sign-in#${token}`)
    const followed = await follow(token)
    expect(followed.body).toEqual({ ok: true, needsPassword: true, next: 'console' })
    const me = await http.call('GET /v1/me', { cookie: followed.cookie })
    expect(me.body).toMatchObject({
      kind: 'staff',
      staff: { name: 'Aino', mail: 'aino@example.com', language: null },
      tenant: { slug: 'rantatie' },
      sites: 'all',
    })
    expect((await follow(token)).body).toMatchObject({ status: 401, code: 'link-not-good' })
  })

  it('is followed by one of many who try at the same moment', async () => {
    const { token } = await invite({ mail: 'raced@example.com' })
    const all = await Promise.all(Array.from({ length: 6 }, () => follow(token)))
    expect(all.map((answer) => answer.status).sort((a, b) => a - b)).toEqual([200, 401, 401, 401, 401, 401])
  })

  it('is not burnt by a preview that only reads the address', async () => {
    const { token } = await invite({ mail: 'preview@example.com' })
    expect((await http.call('GET /v1/sign-in/link')).status).toBe(405)
    expect((await follow(token)).status).toBe(200)
  })

  it('ends after 24 hours', async () => {
    const { token } = await invite({ mail: 'late@example.com' })
    clock.move({ hours: 24 })
    expect((await follow(token)).body['code']).toBe('link-not-good')
  })

  it('made anew stops the earlier one', async () => {
    const { id, token } = await invite({ mail: 'again@example.com' })
    const again = await http.call(`POST /v1/staff/${id}/sign-in-link`, { key: network.key })
    expect((await follow(token)).status).toBe(401)
    const url = again.body['invitationUrl'] as string
    expect((await follow(url.split('#')[1] ?? '')).status).toBe(200)
  })

  it('to a mail address that is here already is refused, whatever its case', async () => {
    await invite({ mail: 'twice@example.com' })
    const body = { name: 'B', mail: 'Twice@Example.com', role: 'viewer' }
    expect((await http.call('POST /v1/staff', { key: network.key, body })).body).toMatchObject({
      status: 409,
      code: 'mail-taken',
      errors: [{ pointer: '/mail', code: 'taken' }],
    })
  })

  it('takes no member that is not offered (attack 26)', async () => {
    for (const extra of ['id', 'tenantId', 'status', 'passwordHash', 'rights', 'balance']) {
      const body = { name: 'C', mail: 'c@example.com', role: 'viewer', [extra]: 'x' }
      const refused = await http.call('POST /v1/staff', { key: network.key, body })
      expect(refused.body).toMatchObject({ status: 400, errors: [{ pointer: `/${extra}`, code: 'not-known' }] })
    }
  })

  it('leaves neither mail address nor token readable in the database', async () => {
    const { token } = await invite({ mail: 'hidden@example.com' })
    const rows = await ground.database.inTenant(network.id, async (tx) => [
      ...(await tx.rows(sql`select to_jsonb(s)::text as row from staff s`)),
      ...(await tx.rows(sql`select to_jsonb(s)::text as row from sign_ins s`)),
      ...(await tx.rows(sql`select to_jsonb(a)::text as row from audit a`)),
    ])
    const directory = await ground.database.inDirectory(async (tx) => [
      ...(await tx.rows(sql`select to_jsonb(m)::text as row from directory.mails m`)),
      ...(await tx.rows(sql`select to_jsonb(s)::text as row from directory.sign_ins s`)),
    ])
    const all = JSON.stringify([rows, directory])
    for (const secret of ['hidden@', Buffer.from('hidden@').toString('hex'), token]) expect(all).not.toContain(secret)
  })
})

describe('a password', () => {
  it('signs in, with a new session each time, and the earlier session of the browser ends', async () => {
    const { cookie: first } = await person('otto@example.com')
    const second = await signIn({ mail: 'Otto@example.com ', password: PASSWORD }, from(), { cookie: first })
    expect(second.body).toEqual({ ok: true })
    expect(second.cookie).not.toBe(first)
    expect((await http.call('GET /v1/me', { cookie: second.cookie })).status).toBe(200)
    expect((await http.call('GET /v1/me', { cookie: first })).body['code']).toBe('not-signed-in')
  })

  it('leaves a line in the audit trail each time somebody comes in or sets their password', async () => {
    await person('trail@example.com')
    await signIn({ mail: 'trail@example.com', password: PASSWORD })
    const rows = await ground.database.inTenant(network.id, (tx) =>
      tx.rows<{ action: string; after: unknown }>(sql`
        select a.action, a.after from audit a join staff s on s.tenant_id = a.tenant_id and s.id = a.actor_id
        where a.action in ('staff.signed-in', 'staff.password-set') order by a.id desc limit 3`),
    )
    expect(rows).toEqual([
      { action: 'staff.signed-in', after: { by: 'password' } },
      { action: 'staff.password-set', after: null },
      { action: 'staff.signed-in', after: { by: 'link' } },
    ])
    expect(JSON.stringify(rows)).not.toContain(PASSWORD)
  })

  it('that is wrong, and a mail that is unknown, are answered alike', async () => {
    await person('known@example.com')
    const wrong = await signIn({ mail: 'known@example.com', password: 'not the password' })
    const unknown = await signIn({ mail: 'unknown@example.com', password: 'not the password' })
    expect({ ...wrong.body, requestId: '' }).toEqual({ ...unknown.body, requestId: '' })
    expect(wrong.body).toMatchObject({ status: 401, code: 'wrong-sign-in' })
  })

  it('is slowed down after five wrong tries, also when they come at the same time, and says for how long', async () => {
    await person('guessed@example.com')
    const tries = await Promise.all(
      Array.from({ length: 12 }, (_, n) => signIn({ mail: 'guessed@example.com', password: `guess number ${n}` })),
    )
    expect(tries.filter((answer) => answer.status === 401)).toHaveLength(5)
    const slowed = tries.find((answer) => answer.status === 429)
    expect(slowed?.body['code']).toBe('too-many-tries')
    expect(slowed?.headers['retry-after']).toBe('15')
    expect((await signIn({ mail: 'guessed@example.com', password: PASSWORD })).status).toBe(429)
    clock.move({ seconds: 15 })
    expect((await signIn({ mail: 'guessed@example.com', password: PASSWORD })).status).toBe(200)
  })

  it('is slowed down by address too, whoever is guessed at', async () => {
    const ip = from()
    const codes: number[] = []
    for (let n = 0; n < 7; n += 1) codes.push((await signIn({ mail: `n${n}@example.com`, password: 'x' }, ip)).status)
    expect(codes).toEqual([401, 401, 401, 401, 401, 429, 429])
  })

  it('guessed at from elsewhere keeps nobody out at their usual address', async () => {
    await person('usual@example.com')
    const home = from()
    expect((await signIn({ mail: 'usual@example.com', password: PASSWORD }, home)).status).toBe(200)
    for (let n = 0; n < 7; n += 1) await signIn({ mail: 'usual@example.com', password: 'x' })
    expect((await signIn({ mail: 'usual@example.com', password: PASSWORD })).status).toBe(429)
    expect((await signIn({ mail: 'usual@example.com', password: PASSWORD }, home)).status).toBe(200)
  })

  it.each([
    ['too short', 'too-small'],
    ['aaaaaaaaaaaaaaaaaaaa', 'password-too-easy'],
    ['weak@example.com', 'password-too-easy'],
  ])('like %s is refused as the field it is', async (password, code) => {
    const { token } = await invite({ mail: `weak@example.com`.replace('@', `${from()}@`) })
    const { cookie } = await follow(token)
    const wanted = password.includes('@')
      ? ((await http.call('GET /v1/me', { cookie })).body['staff'] as { mail: string }).mail
      : password
    const refused = await http.call('POST /v1/sign-in/password', { cookie, body: { password: wanted } })
    expect(refused.body).toMatchObject({ status: 400, code: 'bad-input', errors: [{ pointer: '/password', code }] })
  })

  it('is changed only by who knows the current one, and ends the other sessions', async () => {
    const { cookie: linked } = await person('change@example.com')
    const { cookie } = await signIn({ mail: 'change@example.com', password: PASSWORD })
    const change = (body: object) => http.call('POST /v1/sign-in/password', { cookie, body })
    expect((await change({ password: 'neljä iloista lehmää' })).body['code']).toBe('wrong-current-password')
    const wrong = { password: 'neljä iloista lehmää', current: 'something else' }
    expect((await change(wrong)).status).toBe(422)
    expect((await change({ password: 'neljä iloista lehmää', current: PASSWORD })).status).toBe(204)
    expect((await http.call('GET /v1/me', { cookie: linked })).status).toBe(401)
    expect((await http.call('GET /v1/me', { cookie })).status).toBe(200)
    expect((await signIn({ mail: 'change@example.com', password: 'neljä iloista lehmää' })).status).toBe(200)
  })

  it('that is right in several tenants leads to a choice, after the proof', async () => {
    await person('both@example.com')
    await person('both@example.com', { name: 'Ingrid' }, other.key)
    const both = await signIn({ mail: 'both@example.com', password: PASSWORD })
    expect(both.body['choose']).toHaveLength(2)
    expect(both.cookie).toBeUndefined()
    expect((await signIn({ mail: 'both@example.com', password: 'wrong' })).body['code']).toBe('wrong-sign-in')
    const chosen = await signIn({ mail: 'both@example.com', password: PASSWORD, tenant: 'fjordlade' })
    const me = await http.call('GET /v1/me', { cookie: chosen.cookie })
    expect(me.body['tenant']).toMatchObject({ slug: 'fjordlade' })
  })
})

describe('a session', () => {
  it('is a cookie that scripts and foreign pages cannot use (attack 34)', async () => {
    const { token } = await invite({ mail: 'cookie@example.com' })
    const followed = await follow(token)
    const set = String(followed.headers['set-cookie'])
    expect(set).toMatch(/^lataamo=[\w-]{43}; Path=\/; Max-Age=43200; HttpOnly; SameSite=Lax$/)
    expect(followed.headers['cache-control']).toBe('no-store')
    expect(followed.headers['content-security-policy']).toMatch(/default-src 'self'.*frame-ancestors 'none'/)
    expect(followed.headers['content-security-policy']).not.toMatch(/script-src[^;]*unsafe/)
    expect(followed.headers['x-content-type-options']).toBe('nosniff')
  })

  it('over TLS is bound to host and path by its name', async () => {
    const tls = await identityHttp({ ...ground, publicUrl: 'https://charge.example' })
    const { token } = await invite({ mail: 'tls@example.com' })
    const followed = await tls.call('POST /v1/sign-in/link', { body: { token } })
    expect(String(followed.headers['set-cookie'])).toMatch(/^__Host-lataamo=.*; Secure$/)
    expect((await tls.call('GET /v1/me', { cookie: followed.cookie })).status).toBe(200)
    const renamed = followed.cookie?.replace('__Host-', '')
    expect((await tls.call('GET /v1/me', { cookie: renamed })).status).toBe(401)
    await tls.close()
  })

  it('changes nothing for a page of another site (attack 34)', async () => {
    const { cookie } = await person('origin@example.com')
    const body = { name: 'forged', role: 'administrator' }
    for (const headers of [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: 'http://127.0.0.1:8081' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
    ] as Record<string, string>[]) {
      const forged = await http.call('POST /v1/keys', { cookie, body, headers })
      expect(forged.body, JSON.stringify(headers)).toMatchObject({ status: 403, code: 'wrong-origin' })
    }
    const own = await http.call('POST /v1/keys', { cookie, body, headers: { origin: 'http://127.0.0.1:8080' } })
    expect(own.status).toBe(201)
  })

  it('is not begun by a page of another site: nobody is signed in as somebody else', async () => {
    const { token } = await invite({ mail: 'login-csrf@example.com' })
    const forged = await http.call('POST /v1/sign-in/link', {
      body: { token },
      headers: { origin: 'https://evil.example' },
    })
    expect(forged.body['code']).toBe('wrong-origin')
    expect(forged.cookie).toBeUndefined()
  })

  it('ends by signing out, on the server too', async () => {
    const { cookie } = await person('leaver@example.com')
    const left = await http.call('POST /v1/sign-out', { cookie })
    expect(left.status).toBe(204)
    expect(String(left.headers['set-cookie'])).toContain('Max-Age=0')
    expect((await http.call('GET /v1/me', { cookie })).status).toBe(401)
  })

  it('ends everywhere at once: a stolen machine is out, and an open link too', async () => {
    const { id, cookie } = await person('robbed@example.com')
    const stolen = (await signIn({ mail: 'robbed@example.com', password: PASSWORD })).cookie
    const link = await http.call(`POST /v1/staff/${id}/sign-in-link`, { key: network.key })
    const bystander = await person('bystander@example.com')
    const left = await http.call('POST /v1/sign-out/everywhere', { cookie })
    expect(left.status, left.text).toBe(204)
    expect(String(left.headers['set-cookie'])).toContain('Max-Age=0')
    for (const one of [cookie, stolen]) expect((await http.call('GET /v1/me', { cookie: one })).status).toBe(401)
    expect((await follow(String(link.body['invitationUrl']).split('#')[1] ?? '')).status).toBe(401)
    expect((await http.call('GET /v1/me', { cookie: bystander.cookie })).status).toBe(200)
    expect((await signIn({ mail: 'robbed@example.com', password: PASSWORD })).status).toBe(200)
    expect((await http.call('POST /v1/sign-out/everywhere', { key: network.key })).status).toBe(403)
    expect((await http.call('POST /v1/sign-out/everywhere')).status).toBe(401)
  })

  it('ends after twelve hours', async () => {
    const { cookie } = await person('tired@example.com')
    clock.move({ hours: 11, minutes: 59 })
    expect((await http.call('GET /v1/me', { cookie })).status).toBe(200)
    clock.move({ minutes: 1 })
    expect((await http.call('GET /v1/me', { cookie })).status).toBe(401)
  })
})

describe('whoever runs the installation', () => {
  const link = (body: object) => http.call('POST /v1/sign-in-links', { key: PLATFORM_KEY, body })

  it('gets a link for an administrator, of a named network when there are several', async () => {
    await person('boss@example.com', { name: 'Boss' }, other.key)
    const vague = await link({})
    expect(vague.body).toMatchObject({ status: 409, code: 'which-tenant' })
    expect(vague.body['detail']).toContain('fjordlade, rantatie')
    const made = await link({ tenant: 'fjordlade', name: 'Boss' })
    const followed = await follow((made.body['url'] as string).split('#')[1] ?? '')
    expect(followed.body).toMatchObject({ needsPassword: false, next: 'console' })
    expect((await link({ tenant: 'fjordlade', name: 'Nobody' })).body['code']).toBe('no-such-person')
    expect((await link({ tenant: 'nowhere' })).body['code']).toBe('no-such-tenant')
    expect((await http.call('POST /v1/sign-in-links', { key: network.key, body: {} })).status).toBe(403)
  })
})
