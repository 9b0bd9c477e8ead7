import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sql } from '../../platform/index.ts'
import type { ReportBody } from '../../stations/index.ts'
import { type TestApi, testApi } from '../testing-api.ts'
import { makeTestStation, makeTestTariff, makeTestToken, reportFrom, say2x, say16, take } from '../testing-network.ts'
import type { ErrorDetailJson, ErrorJson } from './shapes.ts'

let api: TestApi

beforeAll(async () => {
  api = await testApi()
  await makeTestTariff(api.network)
  await makeTestToken(api.network, 'DEADBEEF')
})
afterAll(() => api.close())

describe('usage data that is doubtful (END-VALIDATE)', () => {
  it('waits, with reason, evidence and proposal, and goes on as proposed once somebody says so', async () => {
    const { sessionId, stationId } = await resetCharge()
    const error = await errorOf(sessionId)
    expect(error).toMatchObject({
      state: 'held',
      revision: 1,
      recorded: { energyWh: 10 },
      proposed: { energyWh: 3_010 },
      findings: [{ check: 'register-reset', values: { fromWh: 3_000, toWh: 10 } }],
    })
    expect(error.findings[0]?.text).toContain('3.000\u00a0kWh')
    const [before, after] = [error.recorded, error.proposed].map((one) => Number(one?.totals?.exclTax.minor))
    expect([before, after]).toEqual([0, 75])
    const shown = (await api.call('GET', `/v1/usage-errors/${error.id}`)).body as unknown as ErrorDetailJson
    expect(shown.meterValues.map(({ registerWh, checks }) => [registerWh, ...checks])).toEqual([
      [1_000],
      [3_000, 'register-reset'],
      [10, 'register-reset'],
      [1_010],
    ])
    expect(await billed(sessionId)).toEqual([])
    expect(await handedOn(sessionId)).toEqual([[1, 'held']])
    expect(api.network.alerts.at(-1)).toMatchObject({ kind: 'usage-held', subject: stationId, sessionId })

    const decided = await decide(error.id, { decision: 'correct', reason: 'the meter was changed' })
    expect(decided).toMatchObject({
      status: 200,
      body: {
        state: 'corrected',
        recorded: { energyWh: 10 },
        decided: {
          revision: 2,
          by: { name: 'Aino' },
          reason: 'the meter was changed',
          // What went on by it stands with the decision.
          handedOn: { energyWh: 3_010, totals: { exclTax: { minor: '75' } } },
        },
      },
    })
    await api.workEffects()
    await api.workEffects()
    expect(await billed(sessionId)).toEqual([[2, 3_010]])
    expect(await handedOn(sessionId)).toEqual([
      [2, 'done'],
      [1, 'replaced'],
    ])
    const { body: records } = await api.call('GET', `/v1/session-records?sessionId=${sessionId}`)
    expect(records.items[0]).toMatchObject({
      reason: 'correction',
      energyWh: 3_010,
      correction: { ofRevision: 1, energyWh: 10, by: { kind: 'staff', name: 'Aino' }, reason: 'the meter was changed' },
      totals: { exclTax: { minor: '75' } },
    })
    expect(records.items[0].flags).toContain('corrected')
    const session = (await api.call('GET', `/v1/sessions/${sessionId}`)).body
    expect(session).toMatchObject({ energyWh: 3_010, records: [1, 2], cost: { totals: { exclTax: { minor: '75' } } } })
    expect(api.network.cleared.at(-1)).toEqual({ kind: 'usage-held', subject: stationId })
    expect(await audited(sessionId)).toMatchObject([
      {
        action: 'usage-error.decided',
        actorName: 'Aino',
        after: { decision: 'correct', energyWh: 3_010, revision: 2 },
      },
    ])
    const lines = api.network.usageLines.map((line) => JSON.parse(line)).filter((line) => line.sessionId === sessionId)
    expect(lines).toMatchObject([
      { event: 'found', state: 'held', proposedWh: 3_010, findings: [{ check: 'register-reset' }] },
      { event: 'decided', decision: 'correct', madeRevision: 2, by: { kind: 'staff' } },
    ])
    expect(JSON.stringify(lines)).not.toMatch(/DEADBEEF|BEEF|Aino/)
  })

  it('is judged while its EVSE charges again: doubt never stops a charge', async () => {
    const { ground, tenantId } = api.network
    const stationId = await report([1_000, 3_000, 10, 1_010])
    const sessionId = await ground.database.inTenant(tenantId, async (tx) => {
      await tx.run(sql`select from evses where tenant_id = ${tenantId} and station_id = ${stationId} for update`)
      await tx.run(sql`select from sessions where tenant_id = ${tenantId} and station_id = ${stationId} for update`)
      return judged(stationId)
    })
    expect(await errorOf(sessionId)).toMatchObject({ state: 'held' })
  })

  it('is calculated anew while its EVSE charges again, too: to ask what figures cost holds nobody up', async () => {
    const { ground, tenantId } = api.network
    const { sessionId, stationId } = await resetCharge()
    const { id } = await errorOf(sessionId)
    const asked = await ground.database.inTenant(tenantId, async (tx) => {
      await tx.run(sql`select from evses where tenant_id = ${tenantId} and station_id = ${stationId} for update`)
      await tx.run(sql`select from sessions where tenant_id = ${tenantId} and station_id = ${stationId} for update`)
      return api.call('POST', `/v1/usage-errors/${id}/calculate`, { energyWh: 2_000 })
    })
    expect(asked).toMatchObject({ status: 200, body: { energyWh: 2_000 } })
  })

  it('is decided after its station is gone as before: the record still names it', async () => {
    const { ground, tenantId } = api.network
    const { sessionId, stationId } = await resetCharge()
    const { id } = await errorOf(sessionId)
    await ground.database.inTenant(tenantId, (tx) =>
      tx.run(sql`update stations set removed_at = now() where tenant_id = ${tenantId} and id = ${stationId}`),
    )
    expect((await decide(id, { decision: 'correct', reason: 'the meter was changed' })).status).toBe(200)
    await api.workEffects()
    const { items } = (await api.call('GET', `/v1/session-records?sessionId=${sessionId}`)).body
    const [second, first] = items as unknown as { revision: number; stationNumber: string }[]
    expect([second?.revision, second?.stationNumber]).toEqual([2, first?.stationNumber])
    expect(second?.stationNumber).not.toBe('')
  })

  it('goes on as it is, as the same revision, when somebody lets it', async () => {
    const { sessionId } = await resetCharge()
    const { id } = await errorOf(sessionId)
    expect(await decide(id, { decision: 'accept', reason: 'known fault' })).toMatchObject({
      status: 200,
      body: { state: 'accepted' },
    })
    await api.workEffects()
    expect(await billed(sessionId)).toEqual([[1, 10]])
    expect(await handedOn(sessionId)).toEqual([[1, 'done']])
  })

  it('refuses figures beside a decision that would not take them, and own figures that are none, instead of billing others', async () => {
    const { sessionId } = await resetCharge()
    const { id } = await errorOf(sessionId)
    for (const decision of ['accept', 'correct'])
      expect(await decide(id, { decision, reason: 'known fault', energyWh: 1 })).toMatchObject({
        status: 400,
        body: { errors: [{ pointer: '/energyWh', code: 'only-own-figures' }] },
      })
    expect(await decide(id, { decision: 'own-figures', reason: 'forgot the figures' })).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '/energyWh', code: 'no-own-figures' }] },
    })
    expect(await errorOf(sessionId)).toMatchObject({ state: 'held' })
  })

  it('takes own figures, but none that the connector could not deliver, and says their price before', async () => {
    const { sessionId } = await resetCharge()
    const { id, recorded } = await errorOf(sessionId)
    const own = { decision: 'own-figures', reason: 'read off the meter' }
    expect(await decide(id, { ...own, energyWh: 900_000 })).toMatchObject({
      status: 422,
      body: { code: 'above-plausible', errors: [{ pointer: '/energyWh' }] },
    })
    const early = Temporal.Instant.from(recorded.startedAt).subtract({ hours: 1 }).toString()
    expect(await decide(id, { ...own, endedAt: early })).toMatchObject({
      status: 422,
      body: { code: 'end-before-start' },
    })
    const later = api.network.clock.now().add({ hours: 24 }).toString()
    for (const path of ['decide', 'calculate']) {
      const own = path === 'decide' ? { decision: 'own-figures', reason: 'a slip of the pen' } : {}
      expect(await api.call('POST', `/v1/usage-errors/${id}/${path}`, { ...own, endedAt: later })).toMatchObject({
        status: 422,
        body: { code: 'end-in-future', errors: [{ pointer: '/endedAt' }] },
      })
    }
    expect((await decide(id, { ...own, energyWh: -5 })).status).toBe(400)
    const priced = await api.call('POST', `/v1/usage-errors/${id}/calculate`, { energyWh: 4_000 })
    expect(priced).toMatchObject({ status: 200, body: { energyWh: 4_000, totals: { exclTax: { minor: '100' } } } })
    expect((await errorOf(sessionId)).state).toBe('held')
    expect((await decide(id, { ...own, energyWh: 4_000 })).status).toBe(200)
    await api.workEffects()
    expect(await billed(sessionId)).toEqual([[2, 4_000]])
  })

  it('is decided once: of two at the same time one wins, and the other is told by whom', async () => {
    const { sessionId } = await resetCharge()
    const { id } = await errorOf(sessionId)
    const answers = await Promise.all([
      decide(id, { decision: 'correct', reason: 'first of two' }),
      decide(id, { decision: 'accept', reason: 'second of two' }),
    ])
    expect(answers.map(({ status }) => status).toSorted((one, other) => one - other)).toEqual([200, 409])
    const told = answers.find(({ status }) => status === 409)?.body as unknown as { code: string; detail: string }
    expect(told.code).toBe('already-decided')
    expect(told.detail).toContain('Aino')
    await api.workEffects()
    expect((await billed(sessionId)).length).toBe(1)
  })

  it('has no proposal where nobody can say', async () => {
    const { sessionId } = await charge([1_000, 900_000])
    const { id, proposed } = await errorOf(sessionId)
    expect(proposed).toBeUndefined()
    expect(await decide(id, { decision: 'correct', reason: 'take it' })).toMatchObject({
      status: 409,
      body: { code: 'no-proposal' },
    })
  })
})

describe('what the station tells later (END-VALIDATE)', () => {
  it('takes the place of a record that waits', async () => {
    await choose('end-missing', 'hold')
    const { sessionId, stationId, at } = await estimated('late-1')
    const { id } = await errorOf(sessionId)
    expect(await billed(sessionId)).toEqual([])
    await tell(stationId, say2x('transaction-updated', 'late-1', 2, at, { registerWh: 3_500 }), api.network.clock.now())
    expect(await decide(id, { decision: 'accept', reason: 'too late' })).toMatchObject({
      status: 409,
      body: { code: 'newer-record' },
    })
    await api.workEffects()
    expect((await errorOf(sessionId)).state).toBe('superseded')
    expect(await billed(sessionId)).toEqual([[2, 3_500]])
    await choose('end-missing', 'accept')
  })

  it('is shown to people again where they had corrected the record', async () => {
    await choose('end-missing', 'hold')
    const { sessionId, stationId, at } = await estimated('late-2')
    const { id } = await errorOf(sessionId)
    expect((await decide(id, { decision: 'own-figures', energyWh: 3_000, reason: 'asked the driver' })).status).toBe(
      200,
    )
    await api.workEffects()
    expect(await billed(sessionId)).toEqual([[2, 3_000]])
    await tell(stationId, say2x('transaction-updated', 'late-2', 2, at, { registerWh: 3_500 }), api.network.clock.now())
    await api.workEffects()
    const { items } = (await api.call('GET', `/v1/usage-errors?sessionId=${sessionId}`)).body as unknown as {
      items: ErrorJson[]
    }
    expect(items.map(({ revision, state }) => [revision, state])).toEqual([
      [3, 'held'],
      [1, 'corrected'],
    ])
    expect(items[0]?.findings.map(({ check }) => check)).toEqual(['changed-after-decision'])
    expect(await billed(sessionId)).toEqual([[2, 3_000]])
    // What was said before and comes again changes nothing.
    await tell(stationId, say2x('transaction-updated', 'late-2', 2, at, { registerWh: 3_500 }), api.network.clock.now())
    await api.workEffects()
    expect(await handedOn(sessionId)).toEqual([
      [3, 'held'],
      [2, 'done'],
      [1, 'replaced'],
    ])
    await choose('end-missing', 'accept')
  })
})

describe('what a finding does (END-VALIDATE)', () => {
  it('is chosen check by check: accept lets the record go and writes it down', async () => {
    await choose('register-reset', 'accept')
    const { sessionId } = await resetCharge()
    expect((await errorOf(sessionId)).state).toBe('noted')
    expect(await billed(sessionId)).toEqual([[1, 10]])
    const alertsBefore = api.network.alerts.length
    await choose('register-reset', 'correct')
    const second = await resetCharge()
    await api.workEffects()
    expect(await errorOf(second.sessionId)).toMatchObject({
      state: 'corrected',
      decided: { by: { kind: 'rule' }, decision: 'correct', revision: 2 },
    })
    expect(await billed(second.sessionId)).toEqual([[2, 3_010]])
    expect(api.network.alerts.length).toBe(alertsBefore)
    await choose('register-reset', 'hold')
  })

  it('is to wait where a correction is chosen and none is known', async () => {
    await choose('power-too-high', 'correct')
    const { sessionId } = await charge([1_000, 900_000])
    expect((await errorOf(sessionId)).state).toBe('held')
    await choose('power-too-high', 'hold')
  })

  it('is listed with its default, and filters find by check, state and session', async () => {
    const { items } = (await api.call('GET', '/v1/usage-checks')).body as unknown as {
      items: { check: string; about: string; action: string; defaultAction: string }[]
    }
    expect(items.find(({ check }) => check === 'power-too-high')).toMatchObject({
      action: 'hold',
      defaultAction: 'hold',
      about: expect.stringMatching(/connector/),
    })
    const found = async (query: string) =>
      (await api.call('GET', `/v1/usage-errors?count=true&${query}`)).body.total ?? 0
    expect(await found('check=power-too-high&state=held')).toBeGreaterThan(0)
    expect(await found('check=negative-value')).toBe(0)
    const [first, next] = [await page('?limit=2'), await page('?limit=100')]
    expect(first.items.length).toBe(2)
    const rest = await page(`?limit=100&cursor=${first.next}`)
    expect([...first.items, ...rest.items].map(({ id }) => id)).toEqual(next.items.map(({ id }) => id))
  })
})

async function page(query: string) {
  return (await api.call('GET', `/v1/usage-errors${query}`)).body as unknown as { items: ErrorJson[]; next: string }
}

async function tell(stationId: string, body: ReportBody, socketOpenedAt?: Temporal.Instant) {
  const { network } = api
  const now = network.clock.now()
  const [answer] = await take(network, [reportFrom(network.tenantId, stationId, body, now, socketOpenedAt)])
  return answer?.kind === 'transaction' ? answer.number : ''
}

/** A 1.6 charge with a reading every ten minutes; its record judged. */
async function charge(registers: readonly number[]) {
  const stationId = await report(registers)
  return { stationId, sessionId: await judged(stationId) }
}

async function report(registers: readonly number[]): Promise<string> {
  const { network } = api
  const stationId = await makeTestStation(network)
  await network.ground.database.inTenant(network.tenantId, (tx) =>
    tx.run(sql`insert into connectors (tenant_id, station_id, evse_id, connector_id, max_power_w)
      values (${network.tenantId}, ${stationId}, 1, 1, 22000)`),
  )
  const [first = 0, ...rest] = registers
  const number = await tell(stationId, say16.start(network.clock.now(), 'DEADBEEF', first))
  for (const [index, registerWh] of rest.entries()) {
    network.clock.move({ minutes: 10 })
    const at = network.clock.now()
    const isLast = index === rest.length - 1
    await tell(stationId, isLast ? say16.stop(at, number, registerWh) : say16.meter(at, number, registerWh, 0))
  }
  return stationId
}

const resetCharge = () => charge([1_000, 3_000, 10, 1_010])

/** A 2.x charge whose end reading never came: an estimate. `at`: the moment of its last report. */
async function estimated(number: string) {
  const { network } = api
  const stationId = await makeTestStation(network)
  const begin = network.clock.now()
  await tell(
    stationId,
    say2x('transaction-started', number, 0, begin, {
      registerWh: 0,
      chargingState: 'charging',
      idToken: { uid: 'DEADBEEF' },
    }),
  )
  network.clock.move({ minutes: 10 })
  await tell(stationId, say2x('transaction-updated', number, 1, network.clock.now(), { registerWh: 2_000 }))
  network.clock.move({ minutes: 10 })
  const at = network.clock.now()
  await tell(stationId, say2x('transaction-ended', number, 3, at))
  for (let step = 0; step < 6; step += 1) {
    network.clock.move({ minutes: 4 })
    await api.workDeadlines()
  }
  return { stationId, sessionId: await judged(stationId), at }
}

async function judged(stationId: string): Promise<string> {
  await api.workEffects()
  await api.workEffects()
  return (await api.call('GET', `/v1/sessions?stationId=${stationId}`)).body.items[0].id
}

async function errorOf(sessionId: string): Promise<ErrorJson> {
  return (await api.call('GET', `/v1/usage-errors?sessionId=${sessionId}`)).body.items[0] as unknown as ErrorJson
}

const decide = (id: string, body: object) => api.call('POST', `/v1/usage-errors/${id}/decide`, body)

async function choose(check: string, action: string): Promise<void> {
  expect((await api.call('PATCH', `/v1/usage-checks/${check}`, { action })).body).toMatchObject({ check, action })
}

async function billed(sessionId: string): Promise<readonly (readonly [number, number])[]> {
  const { ground, tenantId } = api.network
  const rows = await ground.database.inTenant(tenantId, (tx) =>
    tx.rows<{ revision: number; energyWh: bigint }>(
      sql`select revision, energy_wh as "energyWh" from billing_records where session_id = ${sessionId} order by revision`,
    ),
  )
  return rows.map(({ revision, energyWh }) => [revision, Number(energyWh)] as const)
}

async function handedOn(sessionId: string) {
  const { items } = (await api.call('GET', `/v1/session-records?sessionId=${sessionId}`)).body as unknown as {
    items: { revision: number; handedOn: { state: string }[] }[]
  }
  return items.map(({ revision, handedOn: [hand] }) => [revision, hand?.state])
}

async function audited(objectId: string) {
  const { ground, tenantId } = api.network
  return ground.database.inTenant(tenantId, (tx) =>
    tx.rows(sql`select action, actor_name as "actorName", after from audit where object_id = ${objectId} order by at`),
  )
}
