import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { leaveInOutbox, movableClock, newId, openTexts, sql, takeDue } from '../platform/index.ts'
import { makeTestTenant, type TestGround, testGround } from '../platform/testing.ts'
import { type Monitoring, wireMonitoring } from './wire.ts'

/** The watchers over real rows: the clock is moved, a pass is made every 15 s. */
const clock = movableClock('2026-11-26T08:00:00Z')
let ground: TestGround
let monitoring: Monitoring
let free = 100

beforeAll(async () => {
  ground = await testGround(clock)
  const disk = async () => ({ freeBytes: free, totalBytes: 100 })
  monitoring = wireMonitoring({ ground, texts: openTexts('languages'), disk })
})
afterAll(() => ground.close())

async function network(slug: string): Promise<string> {
  const tenantId = await makeTestTenant(ground, slug)
  await monitoring.watchNewTenants()
  await takeDue(ground, monitoring.watches)
  return tenantId
}

/** Lets time go by, watching a tenant. */
async function watchFor(tenantId: string, seconds: number): Promise<void> {
  const [id = ''] = await ground.database
    .inTenant(tenantId, (tx) => tx.rows<{ id: string }>(sql`select id from watches`))
    .then((rows) => rows.map((row) => row.id))
  const step = seconds % 60 === 0 && seconds > 300 ? 60 : 15
  for (let gone = 0; gone < seconds; gone += step) {
    clock.move({ seconds: step })
    await ground.database.inTenant(tenantId, (tx) => monitoring.watches.take(tx, [id], clock.now()))
  }
}

let serial = 20_000
async function station(tenantId: string, more: { readonly siteId?: string } = {}): Promise<string> {
  const id = newId()
  serial += 1
  const number = String(serial)
  const at = clock.now()
  await ground.database.inTenant(tenantId, (tx) =>
    tx.run(sql`
      insert into stations (tenant_id, id, number, identity, site_id, state, onboarding, security_profile, connected_at,
        last_seen_at, last_said_at, created_at, changed_at)
      values (${tenantId}, ${id}, ${number}, ${`CS-${number}`}, ${more.siteId ?? null}, 'active', 'accepted', 1, ${at},
        '2100-01-01T00:00:00Z', '2100-01-01T00:00:00Z', ${at}, ${at})`),
  )
  return id
}

const write = (tenantId: string, statement: ReturnType<typeof sql>): Promise<number> =>
  ground.database.inTenant(tenantId, (tx) => tx.run(statement))
const lose = (tenantId: string, ids: readonly string[]): Promise<number> =>
  write(
    tenantId,
    sql`update stations set connected_at = null, disconnected_at = ${clock.now()} where id = any(${ids}::uuid[])`,
  )
const bringBack = (tenantId: string, ids: readonly string[]): Promise<number> =>
  write(
    tenantId,
    sql`update stations set connected_at = ${clock.now()}, disconnected_at = null, epoch = epoch + 1 where id = any(${ids}::uuid[])`,
  )

interface Row {
  readonly kind: string
  readonly subject: string
  readonly severity: string
  readonly open: boolean
  readonly member: boolean
  readonly count: number
  readonly evidence: Readonly<Record<string, unknown>>
}

const alerts = (tenantId: string): Promise<Row[]> =>
  ground.database.inTenant(tenantId, (tx) =>
    tx.rows<Row>(sql`
      select kind, subject, severity, cleared_at is null as open, incident_id is not null as member, count, evidence
      from alerts order by since, kind, subject`),
  )
const open = async (tenantId: string): Promise<Row[]> => (await alerts(tenantId)).filter((row) => row.open)
const kinds = async (tenantId: string): Promise<string[]> => (await open(tenantId)).map(({ kind }) => kind)

describe('a station that is away', () => {
  it('is an alert after three minutes, worse after a quarter of an hour, and none once it is back', async () => {
    const tenantId = await network('away')
    const id = await station(tenantId)
    await lose(tenantId, [id])
    await watchFor(tenantId, 165)
    expect(await open(tenantId)).toEqual([])
    await watchFor(tenantId, 15)
    expect(await open(tenantId)).toMatchObject([{ kind: 'station-offline', subject: id, severity: 'minor', count: 1 }])
    await watchFor(tenantId, 720)
    expect(await open(tenantId)).toMatchObject([{ severity: 'major', count: 1 }])
    await bringBack(tenantId, [id])
    await watchFor(tenantId, 15)
    expect(await open(tenantId)).toEqual([])
  })

  it('is no alert when we were away ourselves, nor after a restart, before it had time to come back', async () => {
    const tenantId = await network('restart')
    const id = await station(tenantId)
    await lose(tenantId, [id])
    clock.move({ hours: 2 })
    await takeDue(ground, monitoring.watches)
    await watchFor(tenantId, 165)
    expect(await open(tenantId)).toEqual([])
    await watchFor(tenantId, 15)
    expect(await kinds(tenantId)).toEqual(['station-offline'])
    // What was known stays known over a restart of ours.
    const anew = wireMonitoring({ ground, texts: openTexts('languages') })
    clock.move({ seconds: 15 })
    await takeDue(ground, anew.watches)
    expect(await kinds(tenantId)).toEqual(['station-offline'])
  })

  it('that comes and goes is one alert with its times', async () => {
    const tenantId = await network('flapping')
    const id = await station(tenantId)
    for (let times = 0; times < 4; times += 1) {
      await lose(tenantId, [id])
      await watchFor(tenantId, 180)
      await bringBack(tenantId, [id])
      await watchFor(tenantId, 30)
    }
    expect(await alerts(tenantId)).toMatchObject([{ kind: 'station-offline', open: true, count: 4 }])
    await watchFor(tenantId, 900)
    expect(await open(tenantId)).toEqual([])
  })

  it('that is disabled or removed needs nobody', async () => {
    const tenantId = await network('disabled')
    const [one, other] = [await station(tenantId), await station(tenantId)]
    await lose(tenantId, [one, other])
    await watchFor(tenantId, 180)
    expect(await kinds(tenantId)).toHaveLength(2)
    const failed = { tenantId, kind: 'local-list-failed', severity: 'minor', subject: other, stationId: other } as const
    const evidence = { failure: 'list-refused' }
    await ground.database.inTenant(tenantId, (tx) =>
      monitoring.raiseAlert(tx, { ...failed, evidence, at: clock.now() }),
    )
    await write(tenantId, sql`update stations set state = 'disabled' where id = ${one}`)
    await write(tenantId, sql`update stations set removed_at = ${clock.now()} where id = ${other}`)
    await watchFor(tenantId, 15)
    expect(await open(tenantId)).toEqual([])
  })
})

describe('many stations at once', () => {
  it('are one incident that lists them, goes on with those still silent, and ends by itself', async () => {
    const tenantId = await network('incident')
    const told: string[] = []
    const stop = ground.bus.subscribe((tenant, notice) => {
      if (tenant === tenantId) told.push(String((notice['alert'] as { kind: string }).kind))
    })
    const ids = await Promise.all(Array.from({ length: 12 }, () => station(tenantId)))
    await lose(tenantId, ids)
    await watchFor(tenantId, 60)
    const rows = await open(tenantId)
    expect(rows.filter(({ member }) => !member)).toMatchObject([
      { kind: 'stations-lost', severity: 'critical', evidence: { lost: 12, silent: 12, back: 0 } },
    ])
    expect(rows.filter(({ member }) => member)).toHaveLength(12)
    expect(new Set(told)).toEqual(new Set(['stations-lost']))
    await bringBack(tenantId, ids.slice(0, 5))
    await watchFor(tenantId, 15)
    expect((await open(tenantId)).find(({ kind }) => kind === 'stations-lost')?.evidence).toMatchObject({
      lost: 12,
      silent: 7,
      back: 5,
    })
    await bringBack(tenantId, ids)
    await watchFor(tenantId, 15)
    expect(await open(tenantId)).toEqual([])
    stop()
  })

  it('leave the last two to stand alone, still taken on by whoever took on the incident', async () => {
    const tenantId = await network('dissolved')
    const ids = await Promise.all(Array.from({ length: 6 }, () => station(tenantId)))
    await lose(tenantId, ids)
    await watchFor(tenantId, 60)
    await write(
      tenantId,
      sql`update alerts set acknowledged_at = ${clock.now()}, acknowledged_by = 'Aino' where kind = 'stations-lost'`,
    )
    await bringBack(tenantId, ids.slice(0, 4))
    await watchFor(tenantId, 1_800)
    const rows = await ground.database.inTenant(tenantId, (tx) =>
      tx.rows(sql`select kind, acknowledged_by as by, incident_id as incident from alerts where cleared_at is null`),
    )
    // They had become worse meanwhile, but the incident was worse still.
    expect(rows).toEqual([
      { kind: 'station-offline', by: 'Aino', incident: null },
      { kind: 'station-offline', by: 'Aino', incident: null },
    ])
  })

  it('at one site, half of it, are the site’s', async () => {
    const tenantId = await network('site')
    const siteId = newId()
    await write(
      tenantId,
      sql`insert into sites (tenant_id, id, name, country, time_zone, created_at, changed_at)
        values (${tenantId}, ${siteId}, 'Torikatu', 'FI', 'Europe/Helsinki', ${clock.now()}, ${clock.now()})`,
    )
    const ids = await Promise.all(Array.from({ length: 3 }, () => station(tenantId, { siteId })))
    await station(tenantId)
    await lose(tenantId, ids)
    await watchFor(tenantId, 60)
    const incident = (await open(tenantId)).find(({ kind }) => kind === 'stations-lost')
    expect(incident?.subject.startsWith(siteId)).toBe(true)
    expect(incident?.evidence['places']).toEqual([{ siteId, name: 'Torikatu', silent: 3 }])
  })

  it('of another network are none of ours', async () => {
    expect((await alerts(await network('bystander'))).length).toBe(0)
  })
})

describe('other watchers', () => {
  it('see that what stations tell and take back again and again has been calm for long enough', async () => {
    const tenantId = await network('faults')
    const stationId = await station(tenantId)
    const fault = { tenantId, kind: 'station-faulted', subject: `${stationId}/1` }
    for (let times = 0; times < 3; times += 1) {
      const raised = { ...fault, severity: 'major', stationId, evidence: { evse: 1 } } as const
      await ground.database.inTenant(tenantId, (tx) => monitoring.raiseAlert(tx, { ...raised, at: clock.now() }))
      await watchFor(tenantId, 60)
      await ground.database.inTenant(tenantId, (tx) => monitoring.clearAlert(tx, { ...fault, at: clock.now() }))
      await watchFor(tenantId, 60)
    }
    expect(await open(tenantId)).toMatchObject([{ kind: 'station-faulted', count: 3 }])
    await watchFor(tenantId, 900)
    expect(await open(tenantId)).toEqual([])
  })

  it('see boot loops, wrong clocks and connections made again and again', async () => {
    const tenantId = await network('unsteady')
    const [boots, connects, clockless] = [await station(tenantId), await station(tenantId), await station(tenantId)]
    await watchFor(tenantId, 15)
    await write(tenantId, sql`update stations set clock_offset_ms = -94000 where id = ${clockless}`)
    for (let times = 0; times < 10; times += 1) {
      await write(tenantId, sql`update stations set epoch = epoch + 1 where id = ${connects}`)
      await write(tenantId, sql`update stations set epoch = epoch + 1, booted_at = ${clock.now()} where id = ${boots}`)
      await watchFor(tenantId, 60)
    }
    expect((await open(tenantId)).map(({ kind, subject }) => `${kind} ${subject}`).toSorted()).toEqual([
      `boot-loop ${boots}`,
      `clock-wrong ${clockless}`,
      `station-unsteady ${connects}`,
    ])
    await write(tenantId, sql`update stations set clock_offset_ms = 900 where id = ${clockless}`)
    await watchFor(tenantId, 3_600)
    expect(await open(tenantId)).toEqual([])
  })

  it('see a station that answers pings and says nothing, until it speaks (GEN-AUTO)', async () => {
    const tenantId = await network('mute')
    const [mute, other] = [await station(tenantId), await station(tenantId)]
    await watchFor(tenantId, 15)
    const said = (id: string, at: Temporal.Instant) =>
      write(tenantId, sql`update stations set last_said_at = ${at} where id = ${id}`)
    await said(mute, clock.now())
    await watchFor(tenantId, 900)
    expect(await open(tenantId)).toEqual([])
    await watchFor(tenantId, 60)
    expect(await open(tenantId)).toMatchObject([
      { kind: 'station-silent', subject: mute, severity: 'minor', evidence: { minutes: 15, heartbeatMinutes: 5 } },
    ])
    // Without a connection it is away, which is another matter.
    await said(other, clock.now().subtract({ hours: 1 }))
    await lose(tenantId, [other])
    await watchFor(tenantId, 15)
    expect((await open(tenantId)).map(({ kind, subject }) => [kind, subject])).toEqual([['station-silent', mute]])
    await said(mute, clock.now())
    await watchFor(tenantId, 15)
    expect(await open(tenantId)).toEqual([])
  })

  it('see what waits to be handed on or was set aside, until it is done', async () => {
    const tenantId = await network('outbox')
    await ground.database.inTenant(tenantId, (tx) =>
      leaveInOutbox(tx, [{ type: 'session-record.made', version: 1, key: 'k', payload: {} }], clock.now()),
    )
    await watchFor(tenantId, 300)
    expect(await open(tenantId)).toMatchObject([{ kind: 'outbox-backlog', evidence: { waiting: 1 } }])
    await ground.database.inTenant(tenantId, async (tx) => {
      await tx.run(sql`update outbox set due_at = null, failed_at = ${clock.now()}`)
      const effect = { type: 'session-record.made', key: 'k', payload: {} }
      await monitoring.effectSetAside(tx, effect, clock.now())
      await monitoring.effectSetAside(tx, { ...effect, key: 'l' }, clock.now())
    })
    await watchFor(tenantId, 15)
    expect(await open(tenantId)).toMatchObject([{ kind: 'effect-set-aside', count: 2, severity: 'critical' }])
    await write(tenantId, sql`update outbox set failed_at = null, done_at = ${clock.now()}`)
    await watchFor(tenantId, 15)
    expect(await open(tenantId)).toEqual([])
  })

  it('see a session without meter values, and forget what ended with its session', async () => {
    const tenantId = await network('sessions')
    const stationId = await station(tenantId)
    const id = newId()
    const at = clock.now()
    await write(
      tenantId,
      sql`insert into sessions (tenant_id, id, number, station_id, evse_id, state, machine, progress, started_by, started_at,
          power_w, changed_at)
        values (${tenantId}, ${id}, 1, ${stationId}, 1, 'delivering', '{}', '[]', 'card', ${at}, 7000, ${at})`,
    )
    await ground.database.inTenant(tenantId, (tx) =>
      monitoring.raiseAlert(tx, {
        tenantId,
        kind: 'session-over-limit',
        severity: 'major',
        subject: id,
        stationId,
        sessionId: id,
        evidence: {},
        at,
      }),
    )
    await watchFor(tenantId, 1_200)
    expect(await kinds(tenantId)).toEqual(['session-no-meter', 'session-over-limit'])
    await write(tenantId, sql`update sessions set state = 'ended', ended_at = ${clock.now()}`)
    await watchFor(tenantId, 15)
    expect(await open(tenantId)).toEqual([])
  })

  it('let the one alert for all estimated sessions of a station go with the last of them', async () => {
    const tenantId = await network('estimated')
    const stationId = await station(tenantId)
    const at = clock.now()
    const ids = [newId(), newId()]
    await write(
      tenantId,
      sql`insert into sessions (tenant_id, id, number, station_id, evse_id, state, flags, machine, progress, started_by, started_at, changed_at)
        select ${tenantId}, id, n, ${stationId}, 1, 'ended', '{estimated}', '{}', '[]', 'card', ${at}, ${at}
        from unnest(${ids}::uuid[]) with ordinality as s (id, n)`,
    )
    const alert = { tenantId, kind: 'session-estimated', severity: 'major', subject: stationId, stationId } as const
    for (const sessionId of ids) {
      await ground.database.inTenant(tenantId, (tx) =>
        monitoring.raiseAlert(tx, { ...alert, sessionId, evidence: { energyWh: 1_867 }, at }),
      )
    }
    const open = () =>
      ground.database.inTenant(tenantId, (tx) =>
        tx.rows<object>(sql`select count from alerts where kind = 'session-estimated' and cleared_at is null`),
      )
    expect(await open()).toEqual([{ count: 2 }])
    const truth = (id: string | undefined) =>
      write(tenantId, sql`update sessions set flags = '{}', changed_at = ${clock.now()} where id = ${id ?? null}`)
    await truth(ids[1])
    await watchFor(tenantId, 15)
    expect(await open()).toEqual([{ count: 2 }])
    await truth(ids[0])
    await watchFor(tenantId, 15)
    expect(await open()).toEqual([])
  })

  it('see the room that is left', async () => {
    const tenantId = await network('disk')
    free = 4
    await watchFor(tenantId, 15)
    expect(await open(tenantId)).toMatchObject([{ kind: 'disk-nearly-full', severity: 'critical' }])
    free = 50
    await watchFor(tenantId, 15)
    expect(await open(tenantId)).toEqual([])
  })
})
