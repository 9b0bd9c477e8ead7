import { afterAll, beforeAll, expect, it } from 'vitest'
import { newId, sql } from '../platform/index.ts'
import { somebodyWaits } from '../platform/testing.ts'
import { openTestRest, type TestRest } from './testing-rest.ts'

let rest: TestRest
beforeAll(async () => {
  rest = await openTestRest()
})
afterAll(() => rest.close())

it('a station is not removed while a session begins there', async () => {
  const { ground, tenantId, call } = rest
  const { id } = await rest.add('BEGINS-1')
  const { removing } = await ground.database.inTenant(tenantId, async (tx) => {
    await tx.run(sql`
      update evses set open_session_id = ${newId()} where tenant_id = ${tenantId} and station_id = ${id}`)
    const removing = call(`DELETE /v1/stations/${id}`)
    await somebodyWaits(ground, removing)
    return { removing }
  })
  expect(await removing).toMatchObject({ status: 409, body: { code: 'station-has-session' } })
  expect((await call(`GET /v1/stations/${id}`)).status).toBe(200)
})
