import { createHmac } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { newId } from '../../platform/index.ts'
import { openDispatcher } from './dispatch.ts'
import { publishTest } from './publish.ts'
import { requeue } from './store-deliveries.ts'
import { askNow, deleteWebhook, replaceSecret, setState } from './store-webhooks.ts'
import { newSecret } from './sign.ts'
import { type Received, testTarget, type TestTarget } from './testing-target.ts'
import { recordEvent, type TestWebhooks, testWebhooks } from './testing-webhooks.ts'

let world: TestWebhooks
let target: TestTarget
let hook: { id: string; secret: string }

beforeAll(async () => {
  world = await testWebhooks(2_000)
})
afterAll(() => world.close())

const targets: TestTarget[] = []
async function newTarget(): Promise<TestTarget> {
  const made = await testTarget()
  targets.push(made)
  return made
}

beforeEach(async () => {
  const { ground, tenantId } = world
  await ground.database.inTenant(tenantId, async (tx) => {
    for (const { id } of hooks) await deleteWebhook(tx, id)
  })
  for (const old of targets.splice(0)) await old.close()
  hooks.length = 0
  world.alerts.length = 0
  target = await newTarget()
  hook = await add(target)
})
afterAll(() => Promise.all(targets.map((one) => one.close())))

const hooks: { id: string; secret: string }[] = []
async function add(to: TestTarget): Promise<{ id: string; secret: string }> {
  const made = await world.add(to)
  hooks.push(made)
  return made
}
const revisions = (received: readonly Received[]): unknown[] => received.map(({ event }) => event.data['revision'])
const inTenant = <T>(work: Parameters<typeof world.ground.database.inTenant<T>>[1]): Promise<T> =>
  world.ground.database.inTenant(world.tenantId, work)

describe('an event', () => {
  it('is handed to who listens, signed, with type, version and data (END-SDR)', async () => {
    const sessionId = newId()
    await world.publish(recordEvent(sessionId))
    await world.work()
    const [got] = target.received
    expect(target.received).toHaveLength(1)
    expect(got?.event).toMatchObject({
      id: got?.id,
      type: 'session-record.created',
      version: 1,
      timestamp: world.clock.now().toString(),
      data: { sessionId, revision: 1, energyWh: 1_000 },
    })
    const { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': signature } = got?.headers ?? {}
    const key = Buffer.from(hook.secret.slice('whsec_'.length), 'base64')
    const expected = createHmac('sha256', key)
      .update(`${String(id)}.${String(at)}.${got?.body}`)
      .digest('base64')
    expect(signature).toBe(`v1,${expected}`)
    expect(got?.headers).toMatchObject({ 'content-type': 'application/json; charset=utf-8' })
    expect(await world.deliveries(hook.id)).toMatchObject([{ state: 'delivered', attempts: 1, cause: null }])
  })

  it('is told once, however often it is published', async () => {
    const event = recordEvent(newId())
    for (let n = 0; n < 3; n += 1) await world.publish(event)
    await Promise.all([world.publish(event), world.publish(event)])
    await world.work()
    await world.publish(event)
    await world.work()
    expect(target.received).toHaveLength(1)
  })

  it('of a transaction that failed is not told', async () => {
    const failed = inTenant(async (tx) => {
      const { publishEvents } = await import('./publish.ts')
      await publishEvents(tx, [recordEvent(newId())], world.clock.now())
      throw new Error('no')
    })
    await expect(failed).rejects.toThrow('no')
    await world.work()
    expect(target.received).toEqual([])
  })

  it('that was not taken is tried again under the same id and body, with a signature of its own time', async () => {
    target.behave((_, n) => (n < 3 ? 500 : 200))
    await world.publish(recordEvent(newId()))
    await world.work()
    expect(await world.deliveries(hook.id)).toMatchObject([{ state: 'waiting', attempts: 1, cause: 'status-500' }])
    world.clock.move({ seconds: 2 })
    await world.work()
    world.clock.move({ seconds: 4 })
    await world.work()
    expect(target.received).toHaveLength(2)
    world.clock.move({ seconds: 1 })
    await world.work()
    expect(new Set(target.received.map(({ id }) => id)).size).toBe(1)
    expect(new Set(target.received.map(({ body }) => body)).size).toBe(1)
    expect(new Set(target.received.map(({ headers }) => headers['webhook-signature'])).size).toBe(3)
    expect(await world.deliveries(hook.id)).toMatchObject([{ state: 'delivered', attempts: 3 }])
  })

  it.each([['hang'], ['cut'], ['redirect'], [404]] as const)('that meets a target which does %s waits', async (how) => {
    target.behave((_, n) => (n === 1 ? how : 200))
    await world.publish(recordEvent(newId()))
    await world.work()
    const cause = how === 'hang' ? 'timed-out' : how === 'cut' ? 'cut-off' : `status-${how === 'redirect' ? 307 : how}`
    expect(await world.deliveries(hook.id)).toMatchObject([{ state: 'waiting', cause }])
    world.clock.move({ seconds: 6 })
    await world.work()
    expect(target.taken()).toHaveLength(1)
  })

  it('is signed with both secrets while one replaces the other, and with the new one alone after that', async () => {
    const key = await world.ground.keys.tenant(world.tenantId)
    const fresh = newSecret()
    const formerUntil = world.clock.now().add({ hours: 1 })
    await inTenant((tx) =>
      replaceSecret(tx, hook.id, { secret: key.encrypt(fresh), formerUntil, at: world.clock.now() }),
    )
    await world.publish(recordEvent(newId()))
    await world.work()
    world.clock.move({ hours: 1 })
    await world.publish(recordEvent(newId()))
    await world.work()
    const signatures = target.received.map(({ headers }) => String(headers['webhook-signature']).split(' '))
    expect(signatures.map((list) => list.length)).toEqual([2, 1])
    const sign = ({ headers, body }: Received, secret: string): string =>
      `v1,${createHmac('sha256', Buffer.from(secret.slice(6), 'base64'))
        .update(`${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`)
        .digest('base64')}`
    const [first, second] = target.received as [Received, Received]
    expect(signatures).toEqual([[sign(first, fresh), sign(first, hook.secret)], [sign(second, fresh)]])
  })
})

describe('the order of a session’s revisions', () => {
  it('is kept: a later one waits while an earlier one is not taken, and others go on', async () => {
    const [held, free] = [newId(), newId()]
    target.behave((body) => (body.includes(held) && body.includes('"revision":1') ? 500 : 200))
    await world.publish(recordEvent(held, 1), recordEvent(held, 2), recordEvent(free, 1), recordEvent(free, 2))
    await world.work()
    expect(revisions(target.taken())).toEqual([1, 2])
    target.behave(() => 200)
    world.clock.move({ seconds: 6 })
    await world.work()
    const ofHeld = target.taken().filter(({ event }) => event.data['sessionId'] === held)
    expect(revisions(ofHeld)).toEqual([1, 2])
  })

  it('is kept behind a dead letter, until a person sends that again', async () => {
    const sessionId = newId()
    target.behave((body) => (body.includes('"revision":1') ? 422 : 200))
    await world.publish(recordEvent(sessionId, 1))
    for (let n = 0; n < 20; n += 1) {
      await world.work()
      world.clock.move({ hours: 25 })
    }
    await world.publish(recordEvent(sessionId, 2))
    await world.work()
    const [second, first] = await world.deliveries(hook.id)
    expect([first, second]).toMatchObject([
      { state: 'dead', cause: 'status-422', attempts: 13 },
      { state: 'waiting', isHead: false, attempts: 0 },
    ])
    expect(world.alerts).toEqual([{ what: 'raised', kind: 'webhook-dead-letter', subject: hook.id }])
    target.behave(() => 200)
    await inTenant(async (tx) => {
      await requeue(tx, hook.id, 'dead', world.clock.now())
      await askNow(tx, hook.id, world.clock.now())
    })
    await world.work()
    expect(revisions(target.taken())).toEqual([1, 2])
  })

  it('is kept for each of many, whatever fails in between', async () => {
    const sessions = Array.from({ length: 40 }, () => newId())
    let seed = 7
    const chance = (): number => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647
    target.behave(() => (chance() < 0.5 ? 500 : chance() < 0.1 ? 'cut' : 200))
    for (const revision of [1, 2, 3]) await world.publish(...sessions.map((id) => recordEvent(id, revision)))
    for (let n = 0; n < 200 && (await world.deliveries(hook.id, 'waiting')).length > 0; n += 1) {
      await world.work()
      world.clock.move({ minutes: 10 })
    }
    for (const id of sessions) {
      const taken = target.taken().filter(({ event }) => event.data['sessionId'] === id)
      expect(revisions(taken)).toEqual([1, 2, 3])
    }
  })
})

describe('a target that is down', () => {
  it('is asked by one delivery at a time, and gets all that waits at once when it is back', async () => {
    await target.goDown()
    await world.publish(...Array.from({ length: 60 }, () => recordEvent(newId())))
    await world.work()
    const before = await world.webhook(hook.id)
    expect(before.retryAt).not.toBeNull()
    world.clock.move({ hours: 2 })
    const tries = (rows: readonly { readonly attempts: number }[]): number =>
      rows.reduce((sum, { attempts }) => sum + attempts, 0)
    const asked = tries(await world.deliveries(hook.id))
    await world.work()
    expect(tries(await world.deliveries(hook.id))).toBe(asked + 1)
    await target.comeBack()
    world.clock.move({ hours: 1 })
    await world.work()
    expect(new Set(target.taken().map(({ id }) => id)).size).toBe(60)
    expect(await world.webhook(hook.id)).toMatchObject({ failures: 0, failingSince: null, retryAt: null })
  })

  it('kills no letter: what waits for it does so for days, is told of, and goes when it is set going again', async () => {
    await target.goDown()
    const sessions = Array.from({ length: 30 }, () => newId())
    await world.publish(...sessions.map((id) => recordEvent(id)))
    for (let n = 0; n < 130; n += 1) {
      await world.work()
      world.clock.move({ hours: 1 })
    }
    const { state } = await world.webhook(hook.id)
    expect(state).toBe('disabled')
    expect(await world.deliveries(hook.id, 'dead')).toEqual([])
    const kinds = world.alerts.map(({ what, kind }) => `${what} ${kind}`)
    expect(kinds).toContain('raised webhook-failing')
    expect(kinds.slice(-2)).toEqual(['cleared webhook-failing', 'raised webhook-disabled'])
    // What comes meanwhile waits too.
    await world.publish(recordEvent('meanwhile'))
    await target.comeBack()
    await world.work()
    expect(target.received).toEqual([])
    await inTenant((tx) => setState(tx, hook.id, 'active', world.clock.now()))
    await world.work()
    world.clock.move({ hours: 1 })
    await world.work()
    expect(target.taken()).toHaveLength(31)
  })

  it('that answers 410 is not called again', async () => {
    target.behave(() => 410)
    await world.publish(recordEvent(newId()))
    await world.work()
    expect(await world.webhook(hook.id)).toMatchObject({ state: 'disabled', lastCause: 'status-410' })
    expect(world.alerts.map(({ kind }) => kind)).toContain('webhook-disabled')
    world.clock.move({ hours: 48 })
    await world.work()
    expect(target.received).toHaveLength(1)
  })

  it('that says when it wants to be asked is not asked before', async () => {
    target.behave((_, n) => (n === 1 ? { status: 503, headers: { 'retry-after': '600' } } : 200))
    await world.publish(recordEvent(newId()))
    await world.work()
    world.clock.move({ seconds: 599 })
    await world.publish(recordEvent(newId()))
    await world.work()
    expect(target.received).toHaveLength(1)
    world.clock.move({ seconds: 1 })
    await world.work()
    expect(target.taken()).toHaveLength(2)
  })

  it('with one letter it never takes does not hold the others up', async () => {
    const poison = newId()
    target.behave((body) => (body.includes(poison) ? 500 : 200))
    await world.publish(recordEvent(poison))
    for (let n = 0; n < 60; n += 1) {
      await world.work()
      world.clock.move({ hours: 3 })
      await world.publish(recordEvent(newId()))
    }
    await world.work()
    expect(target.taken()).toHaveLength(60)
    expect(await world.deliveries(hook.id, 'dead')).toMatchObject([{ key: `${poison}/1`, cause: 'status-500' }])
  })

  it('that hangs holds as many sockets as one target may, and no other waits for it (row 27)', async () => {
    const second = await newTarget()
    await add(second)
    target.behave(() => 'hang')
    await world.publish(...Array.from({ length: 100 }, () => recordEvent(newId())))
    await world.dispatcher.startDue()
    // While the first hangs the second is given everything.
    await expect.poll(() => second.taken().length).toBe(100)
    expect(target.held()).toBeLessThanOrEqual(16)
    await world.dispatcher.idle()
    world.clock.move({ minutes: 1 })
    await world.dispatcher.startDue()
    await expect.poll(() => target.held()).toBe(1)
    await world.dispatcher.idle()
  })

  it('is not handed on to at all where its name leads inside (attack 15)', async () => {
    const { saveSettings } = await import('../../tenants/index.ts')
    await inTenant((tx) => saveSettings(tx, 'outbound', []))
    await world.publish(recordEvent(newId()))
    await world.work()
    expect(target.received).toEqual([])
    expect(await world.deliveries(hook.id)).toMatchObject([{ state: 'waiting', cause: 'private-address' }])
  })
})

describe('the dispatcher', () => {
  it('sends a test ahead of all that waits, also to a target that is down', async () => {
    await target.goDown()
    await world.publish(...Array.from({ length: 20 }, () => recordEvent(newId())))
    await world.work()
    await target.comeBack()
    target.behave(() => 500)
    await inTenant(async (tx) => {
      await publishTest(tx, hook.id, world.clock.now())
      await askNow(tx, hook.id, world.clock.now())
    })
    await world.work()
    expect(target.received.map(({ event }) => event.type)).toEqual(['webhook.test'])
  })

  it('of several workers sends each once, in order', async () => {
    const others = [openDispatcher(world.deps), openDispatcher(world.deps)]
    const sessions = Array.from({ length: 50 }, () => newId())
    for (const revision of [1, 2]) await world.publish(...sessions.map((id) => recordEvent(id, revision)))
    await Promise.all([world.work(), ...others.map((one) => one.startDue().then(() => one.idle()))])
    await world.work()
    expect(target.received).toHaveLength(100)
    for (const id of sessions)
      expect(revisions(target.received.filter(({ event }) => event.data['sessionId'] === id))).toEqual([1, 2])
  })

  it('that is stopped breaks off what hangs, which is then sent by another', async () => {
    const stopped = openDispatcher({ ...world.deps, timeoutMs: 60_000 })
    target.behave(() => 'hang')
    await world.publish(recordEvent(newId()))
    await stopped.startDue()
    await expect.poll(() => target.held()).toBe(1)
    await stopped.stop()
    target.behave(() => 200)
    await world.work()
    expect(target.taken()).toHaveLength(1)
    expect(await world.deliveries(hook.id)).toMatchObject([{ state: 'delivered', attempts: 1 }])
  })

  it('that died in between leaves what it had claimed to another, after a while', async () => {
    const { database } = world.ground
    // Dies between sending and writing down: the target has it, the database does not know.
    let isDead = false
    const dying = openDispatcher({
      ...world.deps,
      database: {
        ...database,
        async inTenant(id, work) {
          if (isDead) throw new Error('dead')
          return database.inTenant(id, work)
        },
      },
    })
    target.behave(() => {
      isDead = true
      return 200
    })
    await world.publish(recordEvent(newId()))
    await dying.startDue()
    await dying.idle()
    expect(target.received).toHaveLength(1)
    await world.work()
    expect(target.received).toHaveLength(1)
    world.clock.move({ seconds: 30 })
    await world.work()
    expect(target.received).toHaveLength(2)
    expect(new Set(target.received.map(({ id }) => id)).size).toBe(1)
  })
})
