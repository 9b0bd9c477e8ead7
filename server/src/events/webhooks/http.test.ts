import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { recordChange } from '../../audit/index.ts'
import { identityHttp, makeNetwork, PLATFORM_KEY, type TestNetwork } from '../../identity/testing.ts'
import { newId, openOutbound, sql } from '../../platform/index.ts'
import { movableClock } from '../../platform/clock.ts'
import { type TestGround, testGround } from '../../platform/testing.ts'
import { type TestHttp, testTexts } from '../../platform/testing-http.ts'
import type { WebhookDeps } from './deps.ts'
import { type Dispatcher, openDispatcher } from './dispatch.ts'
import { webhookRoutes } from './http.ts'
import { publishEvents } from './publish.ts'
import { testTarget, type TestTarget } from './testing-target.ts'
import { recordEvent } from './testing-webhooks.ts'

const clock = movableClock('2026-11-26T12:00:00Z')
let ground: TestGround
let http: TestHttp
let network: TestNetwork
let other: TestNetwork
let target: TestTarget
let dispatcher: Dispatcher
const outbound = openOutbound()
const cleared: string[] = []

beforeAll(async () => {
  ground = await testGround(clock)
  const deps: WebhookDeps = {
    ...ground,
    outbound,
    chance: () => 0.5,
    timeoutMs: 500,
    raiseAlert: async () => undefined,
    clearAlert: async (_, { kind }) => void cleared.push(kind),
    recordChange,
  }
  dispatcher = openDispatcher(deps)
  http = await identityHttp(ground, webhookRoutes(deps, testTexts()))
  network = await makeNetwork(http, 'north')
  other = await makeNetwork(http, 'south')
  target = await testTarget()
  await allow(network, [{ address: '127.0.0.1', port: target.port, plain: true }])
})
afterAll(async () => {
  await dispatcher.stop()
  outbound.close()
  await http.close()
  await ground.close()
  await target.close()
})

const allow = (of: TestNetwork, allowed: unknown) =>
  http.call(`PATCH /v1/tenants/${of.id}/outbound-targets`, { key: PLATFORM_KEY, body: { allowed } })
const post = (path: string, body: unknown = {}, key = network.key) => http.call(`POST ${path}`, { key, body })
const get = (path: string, key = network.key) => http.call(`GET ${path}`, { key })
async function make(more: object = {}): Promise<{ id: string; secret: string }> {
  const made = await post('/v1/webhooks', { name: 'Billing', url: target.url, ...more })
  expect(made.status, made.text).toBe(201)
  return made.body as { id: string; secret: string }
}
const publish = (sessionId = newId(), revision = 1) =>
  ground.database.inTenant(network.id, (tx) => publishEvents(tx, [recordEvent(sessionId, revision)], clock.now()))
async function work(): Promise<void> {
  while ((await dispatcher.startDue()) > 0) await dispatcher.idle()
}
interface Item {
  readonly id: string
  readonly state: string
  readonly cause?: { readonly code: string; readonly text: string }
}
const items = async (path: string): Promise<readonly Item[]> => (await get(path)).body['items'] as readonly Item[]

describe('a webhook', () => {
  it('is made with a secret that is shown once, and kept sealed', async () => {
    const { id, secret } = await make()
    expect(secret).toMatch(/^whsec_/)
    const one = await get(`/v1/webhooks/${id}`)
    expect(one.body).toEqual({
      id,
      name: 'Billing',
      url: target.url,
      types: ['session-record.created'],
      state: 'active',
      createdAt: '2026-11-26T12:00:00Z',
      changedAt: '2026-11-26T12:00:00Z',
    })
    const listed = await get('/v1/webhooks?count=true')
    expect(listed.text + one.text).not.toContain(secret)
    expect(listed.body).toMatchObject({ total: 1, items: [{ id, health: { state: 'unused', waiting: 0, dead: 0 } }] })
    const kept = await ground.database.inTenant(network.id, (tx) =>
      tx.rows<{ row: string }>(sql`select to_jsonb(w)::text as row from webhooks w`),
    )
    expect(JSON.stringify(kept)).not.toContain(secret.slice('whsec_'.length))
    expect(JSON.stringify(kept)).not.toContain(Buffer.from(secret).toString('hex'))
  })

  it.each([
    ['http://billing.example/', 'plain-not-allowed'],
    ['https://127.0.0.1/', 'private-address'],
    ['https://[::ffff:10.0.0.1]/', 'private-address'],
    ['https://169.254.169.254/latest', 'private-address'],
    ['https://user:secret@billing.example/', 'credentials-in-address'],
    ['https://billing.example:6379/', 'port-not-allowed'],
    ['gopher://billing.example/', 'scheme-not-allowed'],
    ['billing', 'bad-address'],
  ])('to %s is refused, and what to do is said (attack 15)', async (url, code) => {
    const refused = await post('/v1/webhooks', { name: 'x', url })
    expect(refused.body).toMatchObject({ status: 422, code: 'target-not-allowed', errors: [{ pointer: '/url', code }] })
    const [fault] = refused.body['errors'] as { message: string }[]
    expect(fault?.message).not.toBe(code.replaceAll('-', ' '))
  })

  it('on site needs an exception, which only the platform gives, and which opens nothing else', async () => {
    const body = { name: 'x', url: target.url }
    expect((await post('/v1/webhooks', body, other.key)).body['code']).toBe('target-not-allowed')
    const own = await http.call(`PATCH /v1/tenants/${other.id}/outbound-targets`, {
      key: other.key,
      body: { allowed: [] },
    })
    expect(own.status).toBe(403)
    for (const address of ['169.254.169.254', '0.0.0.0/0', 'localhost', '::ffff:127.0.0.1']) {
      const refused = await allow(other, [{ address, port: 80, plain: true }])
      expect(refused.body).toMatchObject({
        code: 'bad-input',
        errors: [{ pointer: '/allowed/0/address', code: 'not-an-allowed-range' }],
      })
    }
    expect((await http.call(`GET /v1/tenants/${newId()}/outbound-targets`, { key: PLATFORM_KEY })).status).toBe(404)
    const kept = await http.call(`GET /v1/tenants/${network.id}/outbound-targets`, { key: PLATFORM_KEY })
    expect(kept.body).toEqual({ allowed: [{ address: '127.0.0.1', port: target.port, plain: true }] })
  })

  it('is changed, paused and set going again; what came meanwhile is sent then', async () => {
    const { id } = await make()
    const paused = await http.call(`PATCH /v1/webhooks/${id}`, {
      key: network.key,
      body: { name: 'Books', state: 'paused' },
    })
    expect(paused.body).toMatchObject({ name: 'Books', state: 'paused' })
    const before = target.received.length
    await publish()
    await work()
    const health = (await get(`/v1/webhooks/${id}/health`)).body
    expect(health).toMatchObject({ waiting: 1 })
    expect((await post(`/v1/webhooks/${id}/test`)).body['code']).toBe('webhook-not-active')
    await http.call(`PATCH /v1/webhooks/${id}`, { key: network.key, body: { state: 'active' } })
    await work()
    expect(target.received.length).toBeGreaterThan(before)
    expect((await get(`/v1/webhooks/${id}/health`)).body).toMatchObject({ state: 'well', waiting: 0 })
  })

  it('is not changed by who read it before somebody else changed it', async () => {
    const { id } = await make()
    const { headers } = await get(`/v1/webhooks/${id}`)
    const change = (name: string) =>
      http.call(`PATCH /v1/webhooks/${id}`, {
        key: network.key,
        body: { name },
        headers: { 'if-match': String(headers['etag']) },
      })
    // What is only seen of its target does not matter.
    await publish()
    await work()
    expect((await change('one')).status).toBe(200)
    expect((await change('two')).body['code']).toBe('changed-meanwhile')
  })

  it('has its secret replaced; the former one signs too for as long as was asked', async () => {
    const { id, secret } = await make()
    const rotated = await post(`/v1/webhooks/${id}/rotate-secret`, { formerForHours: 2 })
    expect(rotated.body).toMatchObject({ id, formerSecretUntil: '2026-11-26T14:00:00Z' })
    expect(rotated.body['secret']).not.toBe(secret)
    const trail = await get(`/v1/audit?objectId=${id}`)
    expect(trail.text).not.toContain('whsec_')
    expect(trail.body['items']).toMatchObject([{ action: 'webhook.secret-rotated' }, { action: 'webhook.made' }])
  })

  it('is tested: its delivery says what became of it', async () => {
    const { id } = await make()
    const test = await post(`/v1/webhooks/${id}/test`)
    expect(test).toMatchObject({ status: 202, body: { type: 'webhook.test', state: 'waiting', attempts: 0 } })
    await work()
    const one = await get(`/v1/webhooks/${id}/deliveries/${String(test.body['id'])}`)
    expect(one.body).toMatchObject({ state: 'delivered', attempts: 1, history: [{ status: 200 }] })
    expect(JSON.parse(String(one.body['body']))).toMatchObject({
      id: one.body['messageId'],
      type: 'webhook.test',
      version: 1,
      data: { webhookId: id },
    })
  })

  it('is removed with what it had', async () => {
    const { id } = await make()
    await post(`/v1/webhooks/${id}/test`)
    expect((await http.call(`DELETE /v1/webhooks/${id}`, { key: network.key })).status).toBe(204)
    expect((await get(`/v1/webhooks/${id}/deliveries`)).body['code']).toBe('no-such-webhook')
    await work()
  })

  it('is one of twenty at most', async () => {
    for (let n = 0; n < 20; n += 1) await post('/v1/webhooks', { name: 'x', url: 'https://x.invalid/' }, other.key)
    const refused = await post('/v1/webhooks', { name: 'x', url: 'https://x.invalid/' }, other.key)
    expect(refused.body).toMatchObject({ status: 409, code: 'too-many-webhooks' })
  })

  it('is for administrators; who runs the network or its books may look and send again', async () => {
    const { id } = await make()
    for (const [role, mayTest] of [
      ['operator', true],
      ['biller', true],
      ['viewer', false],
    ] as const) {
      const { key } = (await post('/v1/keys', { name: role, role })).body as { key: string }
      expect((await post('/v1/webhooks', { name: 'x', url: 'https://x.invalid/' }, key)).status).toBe(403)
      expect((await get(`/v1/webhooks/${id}`, key)).status).toBe(200)
      expect((await post(`/v1/webhooks/${id}/test`, {}, key)).status).toBe(mayTest ? 202 : 403)
    }
  })
})

describe('deliveries', () => {
  it('that are dead are listed with their cause, and sent again one by one or all', async () => {
    for (const { id } of await items('/v1/webhooks')) await http.call(`DELETE /v1/webhooks/${id}`, { key: network.key })
    cleared.length = 0
    const { id } = await make()
    const sessions = [newId(), newId(), newId()]
    target.behave((body) => (sessions.some((one) => body.includes(one)) ? 422 : 200))
    for (const session of sessions) await publish(session)
    await publish()
    for (let n = 0; n < 14; n += 1) {
      await work()
      clock.move({ hours: 25 })
    }
    const dead = await items(`/v1/webhooks/${id}/deliveries?state=dead`)
    expect(dead).toHaveLength(3)
    expect(dead[0]).toMatchObject({
      attempts: 13,
      key: `${sessions[2]}/1`,
      cause: { code: 'status-422', text: 'answered with status 422' },
    })
    expect(await items(`/v1/webhooks/${id}/deliveries?state=delivered`)).toHaveLength(1)
    const detail = await get(`/v1/webhooks/${id}/deliveries/${dead[0]?.id}`)
    expect(detail.body['history']).toHaveLength(10)
    target.behave(() => 200)
    const again = await post(`/v1/webhooks/${id}/deliveries/${dead[0]?.id}/resend`)
    expect(again).toMatchObject({ status: 202, body: { state: 'waiting' } })
    await work()
    expect(await items(`/v1/webhooks/${id}/deliveries?state=dead`)).toHaveLength(2)
    expect(cleared).not.toContain('webhook-dead-letter')
    expect((await post(`/v1/webhooks/${id}/resend-dead`)).body).toEqual({ count: 2 })
    expect(cleared).toContain('webhook-dead-letter')
    await work()
    expect(await items(`/v1/webhooks/${id}/deliveries?state=delivered`)).toHaveLength(4)
    // What was taken may be sent again too, under its former id.
    const [first] = await items(`/v1/webhooks/${id}/deliveries`)
    const before = target.received.length
    await post(`/v1/webhooks/${id}/deliveries/${first?.id}/resend`)
    await work()
    expect(target.received.length).toBe(before + 1)
    expect(target.received.slice(0, before).map((one) => one.id)).toContain(target.received.at(-1)?.id)
  })

  it('are listed page by page', async () => {
    const [webhook] = await items('/v1/webhooks')
    const seen: string[] = []
    let address = `/v1/webhooks/${webhook?.id}/deliveries?limit=2&count=true`
    for (let pages = 0; pages < 5; pages += 1) {
      const page = await get(address)
      expect(page.body['total']).toBe(4)
      seen.push(...(page.body['items'] as Item[]).map((item) => item.id))
      const link = page.headers['link']
      if (link === undefined) break
      address = /<(.+)>/.exec(String(link))?.[1] ?? ''
    }
    expect(new Set(seen).size).toBe(4)
  })

  it('keep what a target said as text, whatever it is', async () => {
    const [webhook] = await items('/v1/webhooks')
    const test = await post(`/v1/webhooks/${webhook?.id}/test`)
    target.behave(() => ({ status: 500, headers: {}, text: '\u0000\u001b[2J<script>\ud83d' }))
    await work()
    const one = await get(`/v1/webhooks/${webhook?.id}/deliveries/${String(test.body['id'])}`)
    const [last] = one.body['history'] as { answer: string }[]
    expect(last?.answer).toBe('\ufffd\ufffd[2J<script>\ufffd')
  })
})
