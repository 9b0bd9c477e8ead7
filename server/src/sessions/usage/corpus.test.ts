import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { carryOutDue, sql, takeDue } from '../../platform/index.ts'
import type { ReportBody } from '../../stations/index.ts'
import { believedWh, mostPower } from '../rules/index.ts'
import {
  makeTestStation,
  reportFrom,
  say2x,
  say16,
  take,
  type TestNetwork,
  testNetworkWithCard,
} from '../testing-network.ts'
import { type Sessions, wireSessions } from '../wire.ts'
import type { Case, Told } from './testing-cases.ts'
import { clockCases } from './testing-clocks.ts'
import { meterCases } from './testing-meters.ts'

let network: TestNetwork
let sessions: Sessions

beforeAll(async () => {
  network = await testNetworkWithCard()
  sessions = wireSessions(network.deps)
})
afterAll(() => network.close())

describe('the corpus (row 6; rows 34, 36)', () => {
  it('has its 60 meters and 30 clocks', () => {
    expect(meterCases.length).toBeGreaterThanOrEqual(60)
    expect(clockCases.length).toBeGreaterThanOrEqual(30)
    const names = [...meterCases, ...clockCases].map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
  })

  it.each(meterCases)('meter: $name is $expected (END-VALIDATE)', async (given) => {
    await expectClass(given)
  })

  it.each(clockCases)('clock: $name is $expected (END-VALIDATE)', async (given) => {
    await expectClass(given)
  })
})

async function expectClass(given: Case): Promise<void> {
  const { stationId, connector } = await stationFor(given)
  const session = await tellAll(given, stationId)
  await work()
  const seen = await outcomeOf(session)
  expect({ class: seen.class, checks: seen.checks }).toEqual({ class: given.expected, checks: given.checks ?? [] })
  if (given.proposedWh !== undefined) expect(seen.proposedWh).toBe(given.proposedWh)
  if (given.expected === 'held') return expect(seen.billed).toEqual([])
  // Whatever was handed on could be delivered, and is no less than nothing.
  for (const { energyWh, startedAt, endedAt, inclTax } of seen.billed) {
    const ms = Temporal.Instant.from(endedAt).epochMilliseconds - Temporal.Instant.from(startedAt).epochMilliseconds
    expect(energyWh).toBeLessThanOrEqual(believedWh(mostPower([connector]), ms))
    expect(energyWh).toBeGreaterThanOrEqual(0)
    expect(inclTax).toBeGreaterThanOrEqual(0)
    if (clockCases.includes(given)) {
      expect(Math.abs(ms - 30 * 60_000)).toBeLessThanOrEqual(120_000)
    }
  }
  expect(seen.billed.length).toBe(1)
  if (given.billedWh !== undefined) expect(seen.billed[0]?.energyWh).toBe(given.billedWh)
}

async function stationFor({ maxPowerW = 22_000, type = 'IEC_62196_T2' }: Case) {
  const stationId = await makeTestStation(network)
  const { ground, tenantId } = network
  await ground.database.inTenant(tenantId, (tx) =>
    tx.run(sql`insert into connectors (tenant_id, station_id, evse_id, connector_id, type, max_power_w)
      values (${tenantId}, ${stationId}, 1, 1, ${type}, ${maxPowerW})`),
  )
  return { stationId, connector: { type, maxPowerW } }
}

/** Tells a case from its begin on; answers its session. */
async function tellAll(given: Case, stationId: string): Promise<string> {
  // Half a second past a whole one, so that whole seconds differ from it.
  network.clock.move({ hours: 2, milliseconds: 500 })
  if (given.before !== undefined) await tellBefore(given.before, stationId)
  const begin = network.clock.now()
  const number = { of: given.version === '2.x' ? `t-${stationId}` : '' }
  const before = begin.subtract({ hours: 1 })
  const openedAt = given.backAtMinute ?? given.connectedAtMinute
  const newest = openedAt === undefined ? before : after(begin, openedAt)
  for (const [seqNo, told] of given.told.entries()) {
    const isAt = after(begin, told.minute)
    const receivedAt = given.backAtMinute === undefined ? isAt : newest.add({ milliseconds: 200 + seqNo * 100 })
    const socketOpenedAt = Temporal.Instant.compare(receivedAt, newest) < 0 ? before : newest
    moveTo(receivedAt)
    if (given.lost?.includes(seqNo) === true) continue
    const body = given.version === '2.x' ? body2x(told, seqNo, isAt, number.of, given) : body16(told, isAt, number.of)
    const [answer] = await take(network, [reportFrom(network.tenantId, stationId, body, receivedAt, socketOpenedAt)])
    if (answer?.kind === 'transaction') number.of = answer.number
  }
  return sessionOf(stationId, number.of)
}

async function tellBefore(before: NonNullable<Case['before']>, stationId: string): Promise<void> {
  const begin = network.clock.now()
  network.clock.move({ hours: 1 })
  const at = (minute: number) => after(begin, 60 + minute)
  const queued = at(60)
  // Told from the queue, so that its times may lie as they like.
  const opened = begin.add({ hours: 1 })
  const start = say16.start(at(before.from), 'DEADBEEF', before.firstWh)
  const [answer] = await take(network, [reportFrom(network.tenantId, stationId, start, opened, opened)])
  const number = answer?.kind === 'transaction' ? answer.number : ''
  const stop = { ...say16.stop(at(before.to), number, before.lastWh), offline: true }
  await take(network, [reportFrom(network.tenantId, stationId, stop, before.to > 0 ? queued : opened, queued)])
}

function stampOf({ stamp }: Told, at: Temporal.Instant): Temporal.Instant {
  if (stamp === undefined) return at
  if (typeof stamp === 'string') return Temporal.Instant.from(stamp)
  return Temporal.Instant.fromEpochMilliseconds(Math.round(stamp(at.epochMilliseconds)))
}

function body16(told: Told, isAt: Temporal.Instant, number: string): ReportBody {
  const at = stampOf(told, isAt)
  const { kind, wh = 0, w } = told
  if (kind === 'start') return say16.start(at, 'DEADBEEF', wh)
  if (kind === 'stop') return say16.stop(at, number, wh)
  const reading = { at, context: 'periodic' as const, registerWh: wh, ...(w === undefined ? {} : { powerW: w }) }
  return { kind: 'meter-read', evse: 1, connector: 1, transactionNumber: number, readings: [reading] }
}

function body2x(told: Told, seqNo: number, isAt: Temporal.Instant, number: string, { backAtMinute }: Case): ReportBody {
  const at = stampOf(told, isAt)
  const { kind, wh, w } = told
  const kinds = { start: 'transaction-started', meter: 'transaction-updated', stop: 'transaction-ended' } as const
  const contexts = { start: 'transaction-begin', meter: 'periodic', stop: 'transaction-end' } as const
  const reading = {
    at,
    context: contexts[kind],
    ...(wh === undefined ? {} : { registerWh: wh }),
    ...(w === undefined ? {} : { powerW: w }),
  }
  return say2x(kinds[kind], number, seqNo, at, {
    offline: backAtMinute !== undefined,
    chargingState: 'charging',
    ...(kind === 'start' ? { idToken: { uid: 'DEADBEEF' } } : {}),
    readings: wh === undefined && w === undefined ? [] : [reading],
  })
}

const after = (begin: Temporal.Instant, minutes: number): Temporal.Instant =>
  begin.add({ milliseconds: Math.round(minutes * 60_000) })

function moveTo(at: Temporal.Instant): void {
  const ms = at.epochMilliseconds - network.clock.now().epochMilliseconds
  if (ms > 0) network.clock.move({ milliseconds: ms })
}

async function sessionOf(stationId: string, number: string): Promise<string> {
  const row = await network.ground.database.inTenant(network.tenantId, (tx) =>
    tx.row<{ id: string }>(
      sql`select session_id as id from transactions where station_id = ${stationId} and number = ${number}`,
    ),
  )
  return row?.id ?? ''
}

/** Deadlines and effects, until nothing is due for a quarter of an hour. */
async function work(): Promise<void> {
  for (let step = 0; step < 6; step += 1) {
    await takeDue(network.ground, sessions.deadlines)
    await carryOutDue({ ...network.ground, handlers: sessions.effects })
    network.clock.move({ minutes: 4 })
  }
}

async function outcomeOf(sessionId: string) {
  return network.ground.database.inTenant(network.tenantId, async (tx) => {
    const error = await tx.row<{ state: string; checks: string[]; proposal: { energyWh: number } | null }>(
      sql`select state, checks, proposal from usage_errors where session_id = ${sessionId} order by revision limit 1`,
    )
    const billed = await tx.rows<{ energyWh: number; startedAt: string; endedAt: string; inclTax: number }>(sql`
      select energy_wh::int as "energyWh", record->>'startedAt' as "startedAt", record->>'endedAt' as "endedAt",
        incl_tax_minor::int as "inclTax" from billing_records where session_id = ${sessionId}`)
    return {
      class: error?.state ?? 'sound',
      checks: [...new Set(error?.checks ?? [])],
      proposedWh: error === undefined ? undefined : (error.proposal?.energyWh ?? null),
      billed,
    }
  })
}
