import { afterAll, beforeAll, expect, it } from 'vitest'
import { sql } from '../../platform/index.ts'
import { makeTestTenant, type TestGround, testGround } from '../../platform/testing.ts'
import { addTestStation, connectStation, openTestStations, type TestStations, until } from '../testing.ts'
import { openPresence } from './presence.ts'

let ground: TestGround
let stations: TestStations
let tenantId: string

beforeAll(async () => {
  ground = await testGround()
  tenantId = await makeTestTenant(ground, 'presence')
  stations = await openTestStations(ground)
})
afterAll(async () => {
  await stations.stop()
  await ground.close()
})

interface Row {
  readonly connectedAt: Temporal.Instant | null
  readonly disconnectedAt: Temporal.Instant | null
  readonly epoch: bigint
}

it('a process that starts takes no station away from another that holds its socket; one that left stays away', async () => {
  const stationId = await addTestStation(ground, tenantId, { identity: 'HELD' })
  const station = await connectStation(stations.port, { path: '/ocpp/presence/HELD' })
  await station.boot()
  const rowOf = async (): Promise<Row> => {
    const row = await ground.database.inTenant(tenantId, (tx) =>
      tx.row<Row>(sql`
        select connected_at as "connectedAt", disconnected_at as "disconnectedAt", epoch
        from stations where tenant_id = ${tenantId} and id = ${stationId}`),
    )
    if (row === undefined) throw new Error('no station')
    return row
  }
  const { epoch, connectedAt } = await rowOf()
  if (connectedAt === null) throw new Error('not connected')
  // As its own process writes it down every quarter of a minute.
  const held = {
    tenantId,
    stationId,
    epoch,
    openedAt: connectedAt,
    lastSeenAt: connectedAt,
    lastSaidAt: connectedAt,
  }
  const keeper = openPresence({ ...ground, present: () => [held], onGone: () => undefined })
  // Another process starts.
  await stations.gateway.forgetConnections()
  expect((await rowOf()).connectedAt).toBeNull()
  await keeper.flush()
  expect((await rowOf()).connectedAt?.toString()).toBe(connectedAt.toString())

  await station.close()
  await until(async () => (await rowOf()).disconnectedAt)
  await keeper.flush()
  expect((await rowOf()).connectedAt).toBeNull()
})
