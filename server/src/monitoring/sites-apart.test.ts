import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newId, ok, openTexts, refuse, sql, type StaffOrKey } from '../platform/index.ts'
import { makeTestTenant, type TestGround, testGround } from '../platform/testing.ts'
import { type TestHttp, testHttp } from '../platform/testing-http.ts'
import { wireMonitoring } from './wire.ts'

/** Whoever may see some sites: what they are shown of incidents that are of other sites too (STAFF-ROLES). */
const at = Temporal.Instant.from('2026-11-26T12:00:00Z')
const [here, there] = [newId(), newId()]
let ground: TestGround
let http: TestHttp
let tenantId: string
const stations = { here: newId(), there: newId(), alone: newId() }

beforeAll(async () => {
  ground = await testGround()
  tenantId = await makeTestTenant(ground, 'one')
  const monitoring = wireMonitoring({ ground, texts: openTexts('languages') })
  const reach: Record<string, StaffOrKey['sites']> = { all: 'all', here: [here], there: [there] }
  http = await testHttp(ground, monitoring.routes, async ({ authorization }) => {
    const sites = reach[authorization?.replace('Bearer ', '') ?? '']
    if (sites === undefined) return refuse('wrong-key')
    const rights = new Set(['alerts.read', 'alerts.write'])
    return ok({ kind: 'key', tenantId, actorId: newId(), actorName: 'Test', rights, sites, language: 'en' })
  })
  await ground.database.inTenant(tenantId, async (tx) => {
    for (const id of [here, there])
      await tx.run(sql`
        insert into sites (tenant_id, id, name, country, time_zone, created_at, changed_at)
        values (${tenantId}, ${id}, ${id}, 'FI', 'Europe/Helsinki', ${at}, ${at})`)
    const placed = [
      [stations.here, here],
      [stations.there, there],
      [stations.alone, there],
    ] as const
    for (const [n, [id, siteId]] of placed.entries())
      await tx.run(sql`
        insert into stations (tenant_id, id, number, identity, site_id, state, onboarding, security_profile, created_at, changed_at)
        values (${tenantId}, ${id}, ${`2000${n}`}, ${`S-${n}`}, ${siteId}, 'active', 'accepted', 1, ${at}, ${at})`)
    const away = (stationId: string) =>
      ({
        tenantId,
        kind: 'station-offline',
        severity: 'minor',
        subject: stationId,
        stationId,
        evidence: {},
        at,
      }) as const
    const lost = { tenantId, kind: 'stations-lost', severity: 'critical', evidence: { lost: 2 }, at } as const
    await monitoring.raiseAlerts(tx, [
      away(stations.here),
      away(stations.there),
      away(stations.alone),
      { ...lost, subject: 'network/1' },
      { ...lost, subject: `${there}/1`, siteId: there },
    ])
    const join = (subject: string, stationId: string) => sql`
      update alerts set incident_id = (select id from alerts where subject = ${subject}) where subject = ${stationId}`
    await tx.run(join('network/1', stations.here))
    await tx.run(join('network/1', stations.there))
    await tx.run(join(`${there}/1`, stations.alone))
  })
})
afterAll(async () => {
  await http.close()
  await ground.close()
})

async function seenBy(key: string) {
  const { body } = await http.call('GET /v1/alerts?count=true', { key })
  const items = body['items'] as { kind: string; stationId?: string; siteId?: string }[]
  return {
    total: body['total'],
    names: items.map(({ kind, stationId, siteId }) => `${kind} ${stationId ?? siteId ?? 'network'}`).toSorted(),
  }
}

describe('an incident of several sites', () => {
  it('hides its parts from whoever sees it', async () => {
    expect(await seenBy('all')).toEqual({ total: 2, names: [`stations-lost ${there}`, 'stations-lost network'] })
  })

  it('is not seen by whoever may see one of them, but its parts there are', async () => {
    expect(await seenBy('here')).toEqual({ total: 1, names: [`station-offline ${stations.here}`] })
    expect(await seenBy('there')).toEqual({
      total: 2,
      names: [`station-offline ${stations.there}`, `stations-lost ${there}`],
    })
  })
})

it('a kind of alert that is none is refused, not taken for one that nobody has', async () => {
  const answer = await http.call('GET /v1/alerts?kind=station-ofline', { key: 'all' })
  expect(answer.body['errors']).toMatchObject([{ pointer: '/query/kind', code: 'not-one-of' }])
})
