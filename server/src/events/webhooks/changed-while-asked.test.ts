import { afterAll, beforeAll, expect, it } from 'vitest'
import { must, newId, sql } from '../../platform/index.ts'
import { waitsAfter } from '../rules/retry.ts'
import { openDispatcher } from './dispatch.ts'
import { requeue } from './store-deliveries.ts'
import { askNow, changeWebhook, lockWebhook, setState } from './store-webhooks.ts'
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

const inTenant = <T>(work: Parameters<typeof world.ground.database.inTenant<T>>[1]) =>
  world.ground.database.inTenant(world.tenantId, work)

/** Asks the target, which says nothing until `change` is done, and then answers with this status. */
async function whileAsked(status: number, change: () => Promise<void>): Promise<void> {
  const asked = Promise.withResolvers<void>()
  const answer = Promise.withResolvers<void>()
  const dispatcher = openDispatcher({
    ...world.deps,
    outbound: {
      async post() {
        asked.resolve()
        await answer.promise
        return { kind: 'answered', status, retryAfter: undefined, excerpt: 'no', tookMs: 1 }
      },
      close() {},
    },
  })
  await dispatcher.startDue()
  await asked.promise
  await change()
  answer.resolve()
  // The next try would still be by this client: it is ended before.
  await dispatcher.stop()
}

it('what a target under the former address says late is not held against the new one', async () => {
  const { id } = await world.add(target)
  await world.publish(recordEvent(newId()))
  // As the route does it.
  await whileAsked(410, () =>
    inTenant(async (tx) => {
      const { name, types } = await world.webhook(id)
      const url = target.url.replace('/events', '/moved')
      await changeWebhook(tx, id, { name, types, url, at: world.clock.now() })
      await setState(tx, id, 'active', world.clock.now())
    }),
  )
  expect(await world.webhook(id)).toMatchObject({ state: 'active', failures: 0, lastCause: null })
  expect(world.alerts).toEqual([])
  await world.work()
  expect(target.received).toHaveLength(1)
  expect(await world.deliveries(id, 'delivered')).toHaveLength(1)
  await inTenant((tx) => setState(tx, id, 'disabled', world.clock.now()))
})

it('what is sent again while its last try is under way does not die of that', async () => {
  const before = target.received.length
  const { id } = await world.add(target)
  await world.publish(recordEvent(newId()))
  await inTenant((tx) => tx.run(sql`update webhook_deliveries set tries = ${waitsAfter.message.length}`))
  const delivery = must((await world.deliveries(id))[0], 'delivery')
  // As the route does it.
  await whileAsked(422, () =>
    inTenant(async (tx) => {
      await lockWebhook(tx, id)
      await requeue(tx, id, { id: delivery.id }, world.clock.now())
      await askNow(tx, id, world.clock.now())
    }),
  )
  expect(await world.deliveries(id, 'dead')).toEqual([])
  expect(world.alerts).toEqual([])
  await world.work()
  expect(target.received).toHaveLength(before + 1)
})
