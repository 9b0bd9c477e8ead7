import { afterAll, beforeAll, expect, it } from 'vitest'
import { must, newId, type Outbound, sql } from '../../platform/index.ts'
import { waitsAfter } from '../rules/retry.ts'
import { openDispatcher } from './dispatch.ts'
import { requeue } from './store-deliveries.ts'
import { askNow, lockWebhook } from './store-webhooks.ts'
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

it('what is sent again while its last try is under way does not die of that', async () => {
  const { ground, tenantId, clock } = world
  const { id } = await world.add(target)
  await world.publish(recordEvent(newId()))
  const inTenant = <T>(work: Parameters<typeof ground.database.inTenant<T>>[1]) =>
    ground.database.inTenant(tenantId, work)
  await inTenant((tx) => tx.run(sql`update webhook_deliveries set tries = ${waitsAfter.message.length}`))
  const asked = Promise.withResolvers<void>()
  const answer = Promise.withResolvers<void>()
  const unwanted: Outbound['post'] = async () => {
    asked.resolve()
    await answer.promise
    return { kind: 'answered', status: 422, retryAfter: undefined, excerpt: 'no', tookMs: 1 }
  }
  const dispatcher = openDispatcher({ ...world.deps, outbound: { post: unwanted, close() {} } })
  await dispatcher.startDue()
  await asked.promise
  const delivery = must((await world.deliveries(id))[0], 'delivery')
  // As the route does it.
  await inTenant(async (tx) => {
    await lockWebhook(tx, id)
    await requeue(tx, id, { id: delivery.id }, clock.now())
    await askNow(tx, id, clock.now())
  })
  answer.resolve()
  await dispatcher.stop()
  expect(await world.deliveries(id, 'dead')).toEqual([])
  expect(world.alerts).toEqual([])
  await world.work()
  expect(target.received).toHaveLength(1)
})
