import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { carryOutDue, movableClock, newId, openTexts, sql } from '../platform/index.ts'
import { makeTestTenant, type TestGround, testGround } from '../platform/testing.ts'
import { alertEvents } from './rules/told.ts'
import { type Monitoring, wireMonitoring } from './wire.ts'

const clock = movableClock('2026-11-26T08:00:00Z')
let ground: TestGround
let monitoring: Monitoring

beforeAll(async () => {
  ground = await testGround(clock)
  monitoring = wireMonitoring({ ground, texts: openTexts('languages') })
})
afterAll(() => ground.close())

async function listen(tenantId: string, types: readonly string[] = alertEvents): Promise<void> {
  const at = clock.now()
  await ground.database.inTenant(tenantId, (tx) =>
    tx.run(sql`insert into webhooks (tenant_id, id, name, url, types, state, secret, created_at, changed_at)
      values (${tenantId}, ${newId()}, 'Desk', 'https://desk.example', ${[...types]}::text[], 'active', ${Buffer.from('x')}, ${at}, ${at})`),
  )
}

interface Told {
  readonly type: string
  readonly data: { readonly state: string; readonly severity: string; readonly text: string; readonly count: number }
}

/** What waits for the listener, in the order in which it takes it. */
async function told(tenantId: string): Promise<readonly Told[]> {
  await carryOutDue({ ...ground, handlers: monitoring.effects })
  const rows = await ground.database.inTenant(tenantId, (tx) =>
    tx.rows<{ body: string }>(sql`select e.body from webhook_deliveries d
      join webhook_events e on e.tenant_id = d.tenant_id and e.id = d.event_id
      where d.tenant_id = ${tenantId} order by d.ordering, d.position`),
  )
  return rows.map(({ body }) => JSON.parse(body) as Told)
}

const outbox = (tenantId: string) =>
  ground.database.inTenant(tenantId, (tx) => tx.rows(sql`select type from outbox where tenant_id = ${tenantId}`))

const alertOf = (tenantId: string, severity: 'minor' | 'major' | 'critical') =>
  ({
    tenantId,
    kind: 'disk-nearly-full',
    severity,
    subject: 'disk',
    evidence: { freePercent: 3 },
    at: clock.now(),
  }) as const

async function raise(tenantId: string, severity: 'minor' | 'major' | 'critical'): Promise<void> {
  clock.move({ seconds: 1 })
  await ground.database.inTenant(tenantId, (tx) => monitoring.raiseAlert(tx, alertOf(tenantId, severity)))
}

async function clear(tenantId: string): Promise<void> {
  clock.move({ seconds: 1 })
  await ground.database.inTenant(tenantId, (tx) => monitoring.clearAlert(tx, alertOf(tenantId, 'minor')))
}

describe('what programs are told of alerts (row 14)', () => {
  it('is each change once, in order, as it was then', async () => {
    const tenantId = await makeTestTenant(ground, 'told')
    await listen(tenantId)
    await raise(tenantId, 'minor')
    await raise(tenantId, 'minor')
    await raise(tenantId, 'critical')
    await clear(tenantId)
    await clear(tenantId)
    await raise(tenantId, 'minor')
    const all = await told(tenantId)
    expect(all.map(({ type, data }) => [type, data.state, data.severity, data.count])).toEqual([
      ['alert.raised', 'open', 'minor', 1],
      ['alert.changed', 'open', 'critical', 3],
      ['alert.cleared', 'cleared', 'critical', 3],
      ['alert.raised', 'open', 'minor', 4],
    ])
    expect(all[0]?.data.text).toMatch(/3 %/)
    expect(all[0]?.data).not.toHaveProperty('closable')
  })

  it('costs a network where nobody listens nothing: no row is left, whatever is raised', async () => {
    const [silent, elsewhere] = [await makeTestTenant(ground, 'silent'), await makeTestTenant(ground, 'elsewhere')]
    await listen(elsewhere)
    await listen(silent, ['session-record.created'])
    await raise(silent, 'major')
    await clear(silent)
    expect(await outbox(silent)).toEqual([])
    expect(await told(silent)).toEqual([])
  })

  it('is left by the batches of stations too, of each network for its own listeners', async () => {
    const [one, two] = [await makeTestTenant(ground, 'batch-one'), await makeTestTenant(ground, 'batch-two')]
    await listen(one)
    await ground.database.inTenants([one, two], async (tx) => {
      await monitoring.raiseAlert(tx, alertOf(one, 'major'))
      await monitoring.raiseAlert(tx, alertOf(two, 'major'))
    })
    expect((await told(one)).map(({ type }) => type)).toEqual(['alert.raised'])
    expect(await outbox(two)).toEqual([])
  })

  it('never overtakes what another worker still has in hand', async () => {
    const tenantId = await makeTestTenant(ground, 'two-workers')
    await listen(tenantId)
    await raise(tenantId, 'minor')
    await raise(tenantId, 'critical')
    const early = await ground.database.inTenant(tenantId, async (tx) => {
      await tx.rows(sql`select 1 from outbox where tenant_id = ${tenantId} and key like '%/1' for update`)
      return told(tenantId)
    })
    expect(early).toEqual([])
    clock.move({ seconds: 5 })
    expect((await told(tenantId)).map(({ type }) => type)).toEqual(['alert.raised', 'alert.changed'])
  })
})
