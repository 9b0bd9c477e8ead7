import fs from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newId, openTexts, sql } from '../platform/index.ts'
import { makeTestTenant, type TestGround, testGround } from '../platform/testing.ts'
import { alertKinds, alertsOfReport } from './rules/alerts-of-report.ts'
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
    }
    for (const kind of alertKinds) expect(own.alert[kind], kind).toMatch(/\w/)
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

  it('count up while open, and open anew once cleared', async () => {
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
    expect((await countOf(tenantId)).map((row) => row.open)).toEqual([false, true])
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
    expect(alertsOfReport('st', { kind: 'evse-status', evse: 2, connector: 1, status: 'available' }).clear).toEqual([
      { kind: 'station-faulted', subject: 'st/2' },
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
