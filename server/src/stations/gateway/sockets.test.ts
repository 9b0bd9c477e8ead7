import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DatabaseAway, sql, type Tx } from '../../platform/index.ts'
import { makeTestTenant, testGround, type TestGround } from '../../platform/testing.ts'
import type { ReportAnswer, StationReport } from '../model.ts'
import { framesFromText } from '../rules/log-frames.ts'
import { addTestStation, connectStation, openTestStations, type TestStations, until } from '../testing.ts'

let ground: TestGround
let stations: TestStations
let tenantId: string
const batches: StationReport[][] = []
let before: (tx: Tx, reports: readonly StationReport[]) => Promise<void> = async () => {}
let isAway = false

beforeAll(async () => {
  ground = await testGround()
  tenantId = await makeTestTenant(ground, 'power')
  const database: TestGround['database'] = {
    ...ground.database,
    inTenants: (ids, work) =>
      isAway ? Promise.reject(new DatabaseAway('away')) : ground.database.inTenants(ids, work),
    inTenant: (id, work) => (isAway ? Promise.reject(new DatabaseAway('away')) : ground.database.inTenant(id, work)),
    ping: () => (isAway ? Promise.reject(new DatabaseAway('away')) : ground.database.ping()),
  }
  stations = await openTestStations(
    { ...ground, database },
    {
      timing: { patienceMs: 200 },
      async takeReports(tx, reports) {
        await before(tx, reports)
        batches.push([...reports])
        return reports.map(
          ({ body }): ReportAnswer =>
            body.kind === 'transaction-started'
              ? { kind: 'transaction', number: '77', token: { verdict: 'accepted' } }
              : { kind: 'noted' },
        )
      },
    },
  )
})
afterAll(async () => {
  await stations.stop()
  await ground.close()
})

const open = async (identity: string, more: Parameters<typeof addTestStation>[2] = { identity }) => {
  const id = await addTestStation(ground, tenantId, { ...more, identity })
  const socket = await connectStation(stations.port, { path: `/ocpp/power/${identity}` })
  return { id, socket }
}
const rowOf = (id: string) =>
  ground.database.inTenant(tenantId, async (tx) => {
    const row = await tx.row<{ epoch: bigint; connected: boolean; gone: boolean; accepted: boolean }>(sql`
      select epoch, connected_at is not null as connected, disconnected_at is not null as gone,
        accepted_at is not null as accepted
      from stations where tenant_id = ${tenantId} and id = ${id}`)
    if (row === undefined) throw new Error('no row')
    return row
  })
const start = (idTag: string) => ({ connectorId: 1, idTag, meterStart: 1, timestamp: '2026-11-26T12:00:00Z' })

describe('acceptance', () => {
  it('answers SecurityError to everything before it, and remembers it over reconnects', async () => {
    const { id, socket } = await open('P1', { identity: 'P1', onboarding: 'waiting' })
    await expect(socket.call('Heartbeat', {})).rejects.toThrow('SecurityError')
    expect(await socket.boot()).toMatchObject({ status: 'Pending', interval: 30 })
    await expect(socket.call('StartTransaction', start('X'))).rejects.toThrow('SecurityError')
    await ground.database.inTenant(tenantId, (tx) =>
      tx.run(sql`update stations set onboarding = 'accepted' where tenant_id = ${tenantId} and id = ${id}`),
    )
    // Until it boots it does not know that it was let in.
    await expect(socket.call('Heartbeat', {})).rejects.toThrow('SecurityError')
    expect(await socket.boot()).toMatchObject({ status: 'Accepted' })
    expect(await socket.call('StartTransaction', start('X'))).toMatchObject({ transactionId: 77 })
    await socket.close()
    const again = await connectStation(stations.port, { path: '/ocpp/power/P1' })
    expect(await again.call('Heartbeat', {})).toHaveProperty('currentTime')
    await again.close()
  })

  it('tells a refused station so, and answers Authorize by who may charge', async () => {
    const { socket } = await open('P2', { identity: 'P2', onboarding: 'refused' })
    expect(await socket.boot()).toMatchObject({ status: 'Rejected' })
    await socket.close()
    const { socket: good } = await open('P3')
    await good.boot()
    expect(await good.call('Authorize', { idTag: 'BLOCKED' })).toEqual({ idTagInfo: { status: 'Blocked' } })
    await good.close()
  })
})

describe('attack 2, row 16: a second socket of the same station', () => {
  it('wins when it is authenticated; the older is pinged, closed, and noted as a security problem', async () => {
    const { id, socket: older } = await open('D1')
    await older.boot()
    const newer = await connectStation(stations.port, { path: '/ocpp/power/D1' })
    expect(await newer.call('Heartbeat', {})).toHaveProperty('currentTime')
    expect(await older.closed).toBe(4001)
    await until(() =>
      batches.flat().find(({ body }) => body.kind === 'problem' && body.code === 'security.SecondConnection'),
    )
    // The late close of the older socket says nothing about the station.
    await stations.gateway.idle()
    expect(await rowOf(id)).toMatchObject({ connected: true, gone: false, epoch: 2n })
    await newer.close()
    await until(async () => (await rowOf(id)).gone)
  })

  it('never takes what an older epoch says', async () => {
    const { id, socket } = await open('D2')
    await socket.boot()
    const count = batches.length
    // Another node has taken the station over; this one has not heard of it yet.
    await ground.database.inTenant(tenantId, (tx) =>
      tx.run(sql`update stations set epoch = epoch + 1 where tenant_id = ${tenantId} and id = ${id}`),
    )
    void socket.call('StartTransaction', start('X')).catch(() => {})
    expect(await socket.closed).toBe(4001)
    expect(batches.slice(count).flat()).toEqual([])
  })
})

describe('the hot path', () => {
  it('makes one batch of what arrives while another commits, one report of a station in each', async () => {
    const opened = await Promise.all(Array.from({ length: 8 }, (_, n) => open(`B${n}`)))
    const bystander = await open('BYSTANDER')
    for (const { socket } of [...opened, bystander]) await socket.boot()
    let release = (): void => {}
    const held = new Promise<void>((resolve) => (release = resolve))
    let isTaking = false
    before = () => {
      isTaking = true
      return held
    }
    const count = batches.length
    const first = opened[0]?.socket.call('StartTransaction', start('first'))
    await until(() => stations.gateway.connections >= 8 && isTaking)
    const others = opened
      .slice(1)
      .flatMap(({ socket }) => [
        socket.call('StartTransaction', start('a')),
        socket.call('StartTransaction', start('b')),
      ])
    // Whatever was written before these has been read when they are answered: sockets are read in turns.
    for (let turn = 0; turn < 5; turn += 1) await bystander.socket.call('Heartbeat', {})
    release()
    before = async () => {}
    await first
    await Promise.all(others)
    const made = batches.slice(count)
    expect(made[0]).toHaveLength(1)
    expect(made.length).toBeLessThanOrEqual(5)
    for (const batch of made) expect(new Set(batch.map(({ stationId }) => stationId)).size).toBe(batch.length)
    for (const { socket } of [...opened, bystander]) await socket.close()
  })

  it('does a refused batch again one by one, so that one bad report hurts nobody', async () => {
    const good = await open('G1')
    const bad = await open('G2')
    await good.socket.boot()
    await bad.socket.boot()
    before = async (tx, reports) => {
      if (reports.some(({ stationId, body }) => stationId === bad.id && body.kind === 'transaction-started')) {
        await tx.run(sql`select 1 / 0`)
      }
    }
    const answers = await Promise.allSettled([
      good.socket.call('StartTransaction', start('good')),
      bad.socket.call('StartTransaction', start('bad')),
    ])
    before = async () => {}
    expect(answers[0]).toMatchObject({ status: 'fulfilled', value: { transactionId: 77 } })
    expect(answers[1]).toMatchObject({ status: 'rejected' })
    const kept = await ground.database.inTenant(tenantId, (tx) =>
      tx.rows<{ code: string; action: string }>(sql`
        select code, action from refused_messages where tenant_id = ${tenantId} and station_id = ${bad.id}`),
    )
    expect(kept).toEqual([{ code: 'not-taken', action: 'StartTransaction' }])
    expect(await bad.socket.call('Heartbeat', {})).toHaveProperty('currentTime')
    await good.socket.close()
    await bad.socket.close()
  })

  it('makes EVSEs nobody declared, within a sane bound, and drops no report about them', async () => {
    const { id, socket } = await open('U1')
    await socket.boot()
    const report = (connectorId: number) =>
      socket.call('StatusNotification', { connectorId, status: 'Faulted', errorCode: 'GroundFailure' })
    await report(7)
    await report(30_000)
    await report(0)
    const rows = await ground.database.inTenant(tenantId, (tx) =>
      tx.rows<object>(sql`
        select evse_id, declared, status, error_code from evses where tenant_id = ${tenantId} and station_id = ${id}
        order by evse_id`),
    )
    expect(rows).toEqual([
      { evse_id: 0, declared: false, status: 'faulted', error_code: 'GroundFailure' },
      { evse_id: 1, declared: true, status: null, error_code: null },
      { evse_id: 7, declared: false, status: 'faulted', error_code: 'GroundFailure' },
    ])
    expect(
      batches.flat().filter(({ stationId, body }) => stationId === id && body.kind === 'evse-status'),
    ).toHaveLength(3)
    await socket.close()
  })
})

describe('the database away', () => {
  it('answers no error to a transaction message, goes offline on purpose, and comes back', async () => {
    const { id, socket } = await open('Z1')
    await socket.boot()
    isAway = true
    const said = socket.peer.call('StartTransaction', start('X'))
    expect(await socket.closed).toBe(1013)
    expect(await said).toEqual({ kind: 'connection-lost' })
    await expect(connectStation(stations.port, { path: '/ocpp/power/Z1' })).rejects.toThrow('503')
    isAway = false
    await until(() => stations.gateway.isOnline())
    const again = await connectStation(stations.port, { path: '/ocpp/power/Z1' })
    expect(await again.call('StartTransaction', start('X'))).toMatchObject({ transactionId: 77 })
    expect(await rowOf(id)).toMatchObject({ connected: true })
    await again.close()
  })

  it('knows nothing of connections after a start, until stations speak', async () => {
    const { id, socket } = await open('Z2')
    await stations.gateway.forgetConnections()
    expect(await rowOf(id)).toMatchObject({ connected: false, gone: false })
    await socket.close()
  })
})

describe('the raw log', () => {
  it('keeps every frame of both sides, sealed', async () => {
    const { id, socket } = await open('L1')
    await socket.boot()
    await socket.call('Authorize', { idTag: 'SECRET-CARD' })
    await stations.gateway.idle()
    const rows = await ground.database.inTenant(tenantId, (tx) =>
      tx.rows<{ actions: string[]; frames: Buffer }>(sql`
        select actions, frames from ocpp_log where tenant_id = ${tenantId} and station_id = ${id} order by at, id`),
    )
    expect(rows.some(({ frames }) => frames.includes('SECRET-CARD'))).toBe(false)
    const key = await ground.keys.tenant(tenantId)
    const frames = rows.flatMap((row) => framesFromText(key.decrypt(row.frames).toString()))
    expect(frames.map(({ direction, kind, action }) => [direction, kind, action])).toEqual([
      ['from-station', 'call', 'BootNotification'],
      ['to-station', 'result', 'BootNotification'],
      ['from-station', 'call', 'Authorize'],
      ['to-station', 'result', 'Authorize'],
    ])
    expect(frames[2]?.text).toContain('SECRET-CARD')
    await socket.close()
  })
})
