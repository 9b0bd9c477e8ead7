import { afterAll, beforeAll, expect, it } from 'vitest'
import { DatabaseAway } from '../../platform/index.ts'
import { makeTestTenant, type TestGround, testGround } from '../../platform/testing.ts'
import { addTestStation } from '../testing.ts'
import { openRefusedKeeper } from './refused-keeper.ts'

let ground: TestGround
beforeAll(async () => {
  ground = await testGround()
})
afterAll(() => ground.close())

it('somebody is told of what is refused again and again, also where the database went away while it was written down', async () => {
  const tenantId = await makeTestTenant(ground, 'refused')
  const stationId = await addTestStation(ground, tenantId, { identity: 'AGAIN' })
  const told: string[] = []
  let isAway = true
  const keeper = openRefusedKeeper({
    ...ground,
    async raiseAlert(_, { kind }) {
      if (isAway) {
        isAway = false
        throw new DatabaseAway('planted')
      }
      told.push(kind)
    },
  })
  const at = ground.clock.now()
  const refused = { tenantId, stationId, at, socketOpenedAt: at, action: 'StartTransaction' }
  for (let n = 0; n < 12; n += 1) keeper.note({ ...refused, code: 'refused', why: 'no such member', text: '[2]' })
  await keeper.idle()
  expect(told).toEqual(['message-refused'])
})
