import { afterAll, beforeAll, expect, it } from 'vitest'
import { sql } from '../platform/index.ts'
import { makeTestTenant, testGround, type TestGround } from '../platform/testing.ts'
import { openChangeFeed } from './change-feed.ts'
import { addTestStation } from './testing.ts'

let ground: TestGround
let tenantId: string

beforeAll(async () => {
  ground = await testGround()
  tenantId = await makeTestTenant(ground, 'feed')
})
afterAll(() => ground.close())

it('whoever comes later hears of a change back to what was last told to those before', async () => {
  const id = await addTestStation(ground, tenantId, { identity: 'FEED' })
  const feed = openChangeFeed(ground)
  const heard: unknown[] = []
  const listen = () =>
    ground.bus.subscribe((_, notice) => {
      if (notice.type === 'evse.changed') heard.push(notice['seen'])
    })
  const show = async (status: string): Promise<void> => {
    await ground.database.inTenant(tenantId, async (tx) => {
      await tx.run(sql`
        update stations set connected_at = ${ground.clock.now()}, last_seen_at = ${ground.clock.now()}
        where tenant_id = ${tenantId} and id = ${id}`)
      await tx.run(sql`update evses set status = ${status} where tenant_id = ${tenantId} and station_id = ${id}`)
    })
    feed.touch(tenantId, id)
    await feed.idle()
  }
  const leave = listen()
  await show('available')
  await show('available')
  expect(heard).toEqual(['free'])
  leave()
  await show('faulted')
  listen()
  await show('available')
  expect(heard).toEqual(['free', 'free'])
  feed.stop()
})
