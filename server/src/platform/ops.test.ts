import { expect, it } from 'vitest'
import { openMetrics } from './ops.ts'
import { countDue, leaveInOutbox } from './outbox.ts'
import { makeTestTenant, testGround } from './testing.ts'

it('what cannot be read just now is no number, and keeps nothing else from being told', async () => {
  const metrics = openMetrics()
  metrics.gauge('fine', 'Fine.', () => 7)
  metrics.gauge('away', 'Away.', () => Promise.reject(new Error('the database does not answer')))
  const text = await metrics.text()
  expect(text).toContain('lataamo_fine 7')
  expect(text).toContain('lataamo_away Nan')
})

it('what waits to be done after saving is counted over all tenants, once it is due', async () => {
  const ground = await testGround()
  const at = ground.clock.now()
  for (const slug of ['one', 'other']) {
    const tenantId = await makeTestTenant(ground, slug)
    const effect = { type: 'some.effect', version: 1, payload: {} }
    await ground.database.inTenant(tenantId, (tx) =>
      leaveInOutbox(
        tx,
        [
          { ...effect, key: 'due' },
          { ...effect, key: 'later', dueAt: at.add({ hours: 1 }) },
        ],
        at,
      ),
    )
  }
  expect(await countDue(ground)).toBe(2)
  await ground.close()
})
