import { afterAll, beforeAll, expect, it } from 'vitest'
import { newId, type Outbound } from '../../platform/index.ts'
import { openDispatcher } from './dispatch.ts'
import { changeWebhook, setState } from './store-webhooks.ts'
import { testTarget, type TestTarget } from './testing-target.ts'
import { recordEvent, type TestWebhooks, testWebhooks } from './testing-webhooks.ts'

let world: TestWebhooks
let target: TestTarget
beforeAll(async () => {
  world = await testWebhooks()
  target = await testTarget()
})
afterAll(async () => {
  await world.close()
  await target.close()
})

it('what a target under the former address says late is not held against the new one', async () => {
  const { id } = await world.add(target)
  const { ground, tenantId, clock } = world
  await world.publish(recordEvent(newId()))
  const asked = Promise.withResolvers<void>()
  const answer = Promise.withResolvers<void>()
  const former: Outbound['post'] = async () => {
    asked.resolve()
    await answer.promise
    return { kind: 'answered', status: 410, retryAfter: undefined, excerpt: 'we have moved', tookMs: 1 }
  }
  const dispatcher = openDispatcher({ ...world.deps, outbound: { post: former, close() {} } })
  await dispatcher.startDue()
  await asked.promise
  // As the route does it.
  await ground.database.inTenant(tenantId, async (tx) => {
    const { name, types } = await world.webhook(id)
    await changeWebhook(tx, id, { name, types, url: target.url.replace('/events', '/moved'), at: clock.now() })
    await setState(tx, id, 'active', clock.now())
  })
  answer.resolve()
  // The next try is still by the old client: it is ended before.
  await dispatcher.stop()
  expect(await world.webhook(id)).toMatchObject({ state: 'active', failures: 0, lastCause: null })
  expect(world.alerts).toEqual([])
  await world.work()
  expect(target.received).toHaveLength(1)
  expect(await world.deliveries(id, 'delivered')).toHaveLength(1)
})
