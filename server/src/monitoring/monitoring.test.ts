import fs from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newId, openTexts, sql } from '../platform/index.ts'
import type { StationReport } from '../stations/index.ts'
import { makeTestTenant, type TestGround, testGround } from '../platform/testing.ts'
import { alertsOfReport } from './rules/alerts-of-report.ts'
import { faultTextOf, stationErrors } from './rules/error-codes.ts'
import { alertKinds } from './rules/kinds.ts'
import { wireMonitoring } from './wire.ts'

const texts = openTexts('languages')
const at = Temporal.Instant.from('2026-11-26T12:00:00Z')
let ground: TestGround
let tenantId: string
let other: string

beforeAll(async () => {
  ground = await testGround()
  tenantId = await makeTestTenant(ground, 'one')
  other = await makeTestTenant(ground, 'two')
})
afterAll(() => ground.close())

const countOf = (tenant: string) =>
  ground.database.inTenant(tenant, (tx) =>
    tx.rows<{ kind: string; count: number; open: boolean }>(
      sql`select kind, count, cleared_at is null as open from alerts order by since`,
    ),
  )

describe('alerts', () => {
  it('have a text for every kind', () => {
    const own = JSON.parse(fs.readFileSync('server/src/monitoring/texts.en.json', 'utf8')) as {
      alert: Record<string, string>
      fault: Record<string, string>
    }
    for (const kind of alertKinds) expect(own.alert[kind], kind).toMatch(/\w/)
    expect(Object.keys(own.alert).sort()).toEqual([...alertKinds].sort())
    // And one for every error code that is listed: what it means and what to do (SES-TRANSIENT).
    expect(Object.keys(own.fault).sort()).toEqual(Object.keys(stationErrors).map(faultTextOf).sort())
  })

  it('tell of what could not be handed on, and of which session it was', async () => {
    const { effectSetAside } = wireMonitoring({ ground, texts })
    const sessionId = newId()
    const tenant = await makeTestTenant(ground, 'three')
    await ground.database.inTenant(tenant, (tx) =>
      effectSetAside(
        tx,
        { type: 'session-record.made', key: `${sessionId}/1`, payload: { sessionId, revision: 1 } },
        at,
      ),
    )
    const alerts = await ground.database.inTenant(tenant, (tx) =>
      tx.rows(sql`select kind, severity, session_id as "sessionId" from alerts`),
    )
    expect(alerts).toEqual([{ kind: 'effect-set-aside', severity: 'critical', sessionId }])
  })

  it('count up while open, and go on counting when they come back within half an hour', async () => {
    const { raiseAlert, clearAlert } = wireMonitoring({ ground, texts })
    const alert = {
      tenantId,
      kind: 'no-tariff',
      severity: 'major',
      subject: 's',
      evidence: {},
      at: ground.clock.now(),
    } as const
    await ground.database.inTenant(tenantId, (tx) => raiseAlert(tx, alert))
    await ground.database.inTenant(tenantId, (tx) => raiseAlert(tx, alert))
    expect(await countOf(tenantId)).toEqual([{ kind: 'no-tariff', count: 2, open: true }])
    await ground.database.inTenant(tenantId, (tx) => clearAlert(tx, alert))
    await ground.database.inTenant(tenantId, (tx) => raiseAlert(tx, alert))
    expect(await countOf(tenantId)).toEqual([{ kind: 'no-tariff', count: 3, open: true }])
    expect(await countOf(other)).toEqual([])
  })

  it('are raised from a batch of several tenants and told to each tenant only', async () => {
    const monitoring = wireMonitoring({ ground, texts })
    const told: string[] = []
    const stop = ground.bus.subscribe((tenant, notice) => told.push(`${tenant} ${notice.type}`))
    const report = (tenant: string, status: 'faulted' | 'available') => ({
      tenantId: tenant,
      stationId: newId(),
      epoch: 1n,
      receivedAt: ground.clock.now(),
      socketOpenedAt: ground.clock.now(),
      body: { kind: 'evse-status', evse: 1, connector: 1, status } as const,
    })
    await ground.database.inTenants([tenantId, other], (tx) =>
      monitoring.takeReports(tx, [report(tenantId, 'faulted'), report(other, 'available')]),
    )
    stop()
    expect(told).toEqual([`${tenantId} alert.changed`])
    expect(await countOf(other)).toEqual([])
  })

  it('leave a problem that a fault has taken in over, however often both came', async () => {
    const monitoring = wireMonitoring({ ground, texts })
    const tenant = await makeTestTenant(ground, 'four')
    const stationId = newId()
    const take = (body: StationReport['body']) =>
      ground.database.inTenants([tenant], (tx) => {
        const now = ground.clock.now()
        const when = { receivedAt: now, socketOpenedAt: now }
        return monitoring.takeReports(tx, [{ tenantId: tenant, stationId, epoch: 1n, ...when, body }])
      })
    for (let time = 0; time < 4; time += 1) {
      await take({ kind: 'problem', evse: 1, code: 'ElectricalFeed.Problem', severity: 'major', text: 'GroundFailure' })
      await take({ kind: 'evse-status', evse: 1, connector: 1, status: 'faulted' })
      if (time < 3) await take({ kind: 'evse-status', evse: 1, connector: 1, status: 'available' })
    }
    const open = await ground.database.inTenant(tenant, (tx) =>
      tx.rows<{ kind: string }>(sql`select kind from alerts where cleared_at is null`),
    )
    expect(open.map(({ kind }) => kind)).toEqual(['station-faulted'])
  })
})

describe('what a report means', () => {
  it('is a fault until another status of the same EVSE comes', () => {
    const fault = alertsOfReport('st', {
      kind: 'evse-status',
      evse: 2,
      connector: 1,
      status: 'faulted',
      errorCode: 'GroundFailure',
    })
    expect(fault.raise).toMatchObject([
      { kind: 'station-faulted', subject: 'st/2', evidence: { errorCode: 'GroundFailure' } },
    ])
    expect(alertsOfReport('st', { kind: 'evse-status', evse: 2, connector: 1, status: 'available' })).toEqual({
      raise: [],
      clear: [
        { kind: 'station-faulted', subject: 'st/2' },
        { kind: 'station-warning', subject: 'st/2' },
      ],
    })
  })

  it('is a warning where an error code stands beside a status that serves (SES-TRANSIENT)', () => {
    const status = { kind: 'evse-status', evse: 1, connector: 1, status: 'occupied' } as const
    expect(alertsOfReport('st', { ...status, errorCode: 'WeakSignal' })).toMatchObject({
      raise: [{ kind: 'station-warning', severity: 'minor' }],
      clear: [{ kind: 'station-faulted' }],
    })
    expect(alertsOfReport('st', { ...status, errorCode: 'GroundFailure' }).raise).toMatchObject([{ severity: 'major' }])
    expect(alertsOfReport('st', { ...status, status: 'faulted', errorCode: 'GroundFailure' }).raise).toMatchObject([
      { kind: 'station-faulted', severity: 'critical' },
    ])
  })

  it('is a security event by its code', () => {
    const event = alertsOfReport('st', {
      kind: 'problem',
      code: 'security.TamperDetectionActivated',
      severity: 'critical',
    })
    expect(event.raise).toMatchObject([
      { kind: 'security-event', severity: 'critical', evidence: { code: 'TamperDetectionActivated' } },
    ])
  })
})
