import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { must, ok, streamRoute } from '../platform/index.ts'
import { type TestGround, testGround } from '../platform/testing.ts'
import type { TestHttp } from '../platform/testing-http.ts'
import { identityHttp, makeNetwork, PLATFORM_KEY, type TestNetwork } from './testing.ts'

let ground: TestGround
let http: TestHttp
let network: TestNetwork
let url: string

const live = streamRoute({
  path: '/v1/live',
  tag: 't',
  summary: 's',
  right: 'keys.write',
  async open(_, stream) {
    stream.send({ type: 'hello', data: {} })
    return ok(undefined)
  },
})

beforeAll(async () => {
  ground = await testGround()
  http = await identityHttp(ground, [live])
  network = await makeNetwork(http, 'names')
  url = `http://127.0.0.1:${await http.listen('127.0.0.1', 0)}/v1/live`
})
afterAll(async () => {
  await http.close()
  await ground.close()
})

async function invite(name: string, mail: string, role = 'administrator') {
  const made = await http.call('POST /v1/staff', { key: network.key, body: { name, mail, role } })
  expect(made.status, made.text).toBe(201)
  return { id: String(made.body['id']), token: String(made.body['invitationUrl']).split('#')[1] ?? '' }
}
const follow = async (token: string): Promise<string> =>
  (await http.call('POST /v1/sign-in/link', { body: { token } })).cookie ?? ''
const patch = (id: string, body: object) => http.call(`PATCH /v1/staff/${id}`, { key: network.key, body })

describe('a link asked for by name', () => {
  const link = (body: object) => http.call('POST /v1/sign-in-links', { key: PLATFORM_KEY, body })

  it('where nobody can sign in yet says how the first one is invited', async () => {
    expect((await link({ tenant: 'names' })).body).toMatchObject({
      code: 'no-such-person',
      detail: expect.stringMatching(/Nobody can sign in .*POST \/v1\/staff/),
    })
  })

  it('of nobody says who there is, of a network that is none which there are', async () => {
    await invite('Aino', 'aino@names.example')
    await invite('Otto', 'otto@names.example', 'viewer')
    expect((await link({ tenant: 'names', name: 'Wrong' })).body).toMatchObject({
      code: 'no-such-person',
      detail: expect.stringContaining('Aino, Otto'),
    })
    expect((await link({ tenant: 'wrong' })).body).toMatchObject({
      code: 'no-such-tenant',
      detail: expect.stringContaining('names'),
    })
  })

  it('whose name is written otherwise, or is a mail address, is the same person’s', async () => {
    for (const name of ['OTTO', 'otto@names.example']) {
      const { url: address } = (await link({ tenant: 'names', name })).body as { url: string }
      const cookie = await follow(address.split('#')[1] ?? '')
      expect((await http.call('GET /v1/me', { cookie })).body, name).toMatchObject({ staff: { name: 'Otto' } })
    }
  })

  it('of two of one name is nobody’s: one of them would come in as the other', async () => {
    await invite('Otto', 'otto.the.second@names.example', 'administrator')
    expect((await link({ tenant: 'names', name: 'Otto' })).body).toMatchObject({ status: 409, code: 'which-person' })
    expect((await link({ tenant: 'names', name: 'otto.the.second@names.example' })).status).toBe(201)
  })

  it('stands in the trail', async () => {
    const lines = async () =>
      (await http.call('GET /v1/audit?objectKind=staff&count=true', { key: network.key })).body['total']
    const before = await lines()
    await link({ tenant: 'names', name: 'Aino' })
    expect(await lines()).toBe(Number(before) + 1)
  })
})

it('who never came is invited again when enabled, and counts for no administrator', async () => {
  const own = await makeNetwork(http, 'never-came')
  const made = await http.call('POST /v1/staff', {
    key: own.key,
    body: { name: 'Ghost', mail: 'ghost@names.example', role: 'administrator' },
  })
  const change = (status: string) =>
    http.call(`PATCH /v1/staff/${String(made.body['id'])}`, { key: own.key, body: { status } })
  await change('disabled')
  expect((await change('active')).body).toMatchObject({ status: 'invited' })
  const last = await http.call(`DELETE /v1/keys/${own.key.split('.')[0]}`, { key: own.key })
  expect(last.body).toMatchObject({ status: 409, code: 'last-administrator' })
})

describe('a live stream', () => {
  /** Resolves when it ends by itself; looked at now and then alone, that would take half a minute. */
  async function ended(headers: Record<string, string>, meanwhile: () => Promise<unknown>): Promise<void> {
    const reader = must((await fetch(url, { headers })).body, 'a stream').getReader()
    await reader.read()
    await meanwhile()
    for (let next = await reader.read(); !next.done; next = await reader.read());
  }

  it('ends with the key it was opened by', async () => {
    const made = await http.call('POST /v1/keys', { key: network.key, body: { name: 'k', role: 'administrator' } })
    const key = String(made.body['key'])
    await ended({ authorization: `Bearer ${key}` }, () =>
      http.call(`DELETE /v1/keys/${String(made.body['id'])}`, { key: network.key }),
    )
  })

  it('ends with the right it needs, with its reader’s account, and at signing out', async () => {
    const person = async (mail: string) => {
      const { id, token } = await invite(mail, `${mail}@names.example`)
      return { id, cookie: await follow(token) }
    }
    const [role, disabled, leaving] = [await person('role'), await person('disabled'), await person('leaving')]
    await ended({ cookie: role.cookie }, () => patch(role.id, { role: 'viewer' }))
    await ended({ cookie: disabled.cookie }, () => patch(disabled.id, { status: 'disabled' }))
    await ended({ cookie: leaving.cookie }, () => http.call('POST /v1/sign-out', { cookie: leaving.cookie }))
  })
})
