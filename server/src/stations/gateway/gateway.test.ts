import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { OcppVersion } from '../../../../ocpp/index.ts'
import { sql } from '../../platform/index.ts'
import { makeTestTenant, testGround, type TestGround } from '../../platform/testing.ts'
import { addTestStation, connectStation, openTestStations, type TestStations, until } from '../testing.ts'

let ground: TestGround
let stations: TestStations
let tenantId: string

beforeAll(async () => {
  ground = await testGround()
  tenantId = await makeTestTenant(ground, 'power')
  stations = await openTestStations(ground)
})
afterAll(async () => {
  await stations.stop()
  await ground.close()
})

const versions: readonly OcppVersion[] = ['ocpp1.6', 'ocpp2.0.1', 'ocpp2.1']

const status = (version: OcppVersion) =>
  version === 'ocpp1.6'
    ? { connectorId: 1, status: 'Preparing', errorCode: 'NoError' }
    : {
        timestamp: Temporal.Now.instant().add({ hours: 1 }).toString(),
        connectorStatus: 'Occupied',
        evseId: 1,
        connectorId: 1,
      }

describe.each(versions)('a station that speaks %s', (version) => {
  it('boots, reports and is kept as connected', async () => {
    const identity = `CS-${version}`
    const id = await addTestStation(ground, tenantId, { identity })
    const station = await connectStation(stations.port, { path: `/ocpp/power/${identity}`, version })
    expect(await station.boot()).toMatchObject({ status: 'Accepted', interval: 300 })
    expect(await station.call('Heartbeat', {})).toHaveProperty('currentTime')
    await station.call('StatusNotification', status(version))
    const rows = await ground.database.inTenant(tenantId, (tx) =>
      tx.rows<Record<string, unknown>>(sql`
        select s.vendor, s.protocol, s.connected_at is not null as connected, e.status, c.status as plug
        from stations s join evses e on e.tenant_id = s.tenant_id and e.station_id = s.id
        join connectors c on c.tenant_id = e.tenant_id and c.station_id = e.station_id and c.evse_id = e.evse_id
        where s.tenant_id = ${tenantId} and s.id = ${id}`),
    )
    expect(rows).toEqual([{ vendor: 'Test', protocol: version, connected: true, status: 'occupied', plug: 'occupied' }])
    expect(stations.reports.filter(({ stationId }) => stationId === id).map(({ body }) => body.kind)).toEqual([
      'booted',
      'evse-status',
    ])
    await station.close()
    const row = await until(async () => {
      const found = await ground.database.inTenant(tenantId, (tx) =>
        tx.row<{ gone: boolean; offset: bigint | null }>(sql`
          select disconnected_at is not null as gone, clock_offset_ms as offset
          from stations where tenant_id = ${tenantId} and id = ${id}`),
      )
      return found?.gone === true ? found : undefined
    })
    // Its clock stands an hour before ours, as its status told.
    if (version !== 'ocpp1.6') expect(Math.abs(Number(row.offset) - 3_600_000)).toBeLessThan(60_000)
  })
})
