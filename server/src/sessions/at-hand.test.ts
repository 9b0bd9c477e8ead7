import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sql } from '../platform/index.ts'
import type { ReportBody } from '../stations/index.ts'
import { type AtHand, openAtHand } from './at-hand.ts'
import { sessionDeadlines } from './deadlines.ts'
import { takeReports } from './station-reports.ts'
import { stopSession } from './stop-session.ts'
import {
  makeTestStation,
  makeTestToken,
  reportFrom,
  say16,
  sessionsIn,
  T0,
  type TestNetwork,
  testNetwork,
} from './testing-network.ts'

const at = (seconds: number): Temporal.Instant => T0.add({ seconds })

describe('the short way of a meter value, on the database', () => {
  let network: TestNetwork
  let atHand: AtHand
  beforeAll(async () => {
    network = await testNetwork('short')
    await makeTestToken(network, '04AABB')
    atHand = openAtHand(network.deps)
  })
  afterAll(() => network.close())

  const deps = () => ({ ...network.deps, atHand })
  const said = (stationId: string, seconds: number, body: ReportBody) =>
    reportFrom(network.tenantId, stationId, body, at(seconds))
  const whole = async (stationId: string, seconds: number, body: ReportBody) =>
    (
      await network.ground.database.inTenants([network.tenantId], (tx) =>
        takeReports(tx, deps(), [said(stationId, seconds, body)]),
      )
    )[0]
  const session = async (stationId: string) => (await sessionsIn(network)).find((one) => one.stationId === stationId)
  const readings = async (): Promise<number> => {
    const row = await network.ground.database.inTenant(network.tenantId, (tx) =>
      tx.row<{ n: number }>(sql`select count(*)::int as n from meter_values`),
    )
    return row?.n ?? 0
  }
  const newSocket = (stationId: string) =>
    network.ground.database.inTenant(network.tenantId, (tx) =>
      tx.run(sql`update stations set epoch = epoch + 1 where tenant_id = ${network.tenantId} and id = ${stationId}`),
    )
  const begin = async () => {
    const stationId = await makeTestStation(network)
    // The socket that speaks: `reportFrom` says its epoch.
    await newSocket(stationId)
    const started = await whole(stationId, 0, say16.start(at(0), '04AABB', 1_000))
    const { number } = started as { readonly number: string }
    const step = (seconds: number, registerWh: number) =>
      atHand.step(said(stationId, seconds, say16.meter(at(seconds), number, registerWh)))
    return { stationId, number, step }
  }
  const save = async (step: ReturnType<AtHand['step']>): Promise<boolean> =>
    step === undefined ? Promise.reject(new Error('no short way')) : atHand.save([step])

  it('keeps readings and moves the session on, from the first energy', async () => {
    const { stationId, step } = await begin()
    const before = await readings()
    expect(await save(step(60, 1_100))).toBe(true)
    expect(await save(step(120, 1_250))).toBe(true)
    expect(await session(stationId)).toMatchObject({ state: 'delivering', energyWh: 250n })
    expect((await readings()) - before).toBe(2)
  })

  it('is not for a repeat, a register that goes back, another clock, or a station that has no session at hand', async () => {
    const { number, stationId, step } = await begin()
    expect(await save(step(60, 1_100))).toBe(true)
    expect(step(60, 1_100)).toBeUndefined()
    expect(step(120, 1_050)).toBeUndefined()
    expect(atHand.step(said(stationId, 600, say16.meter(at(120), number, 1_200)))).toBeUndefined()
    const other = await makeTestStation(network)
    expect(atHand.step(said(other, 120, say16.meter(at(120), number, 1_200)))).toBeUndefined()
  })

  it('is for readings that name no transaction too (1.6): they are of the session at their EVSE', async () => {
    const { number, stationId } = await begin()
    const meter = (seconds: number, registerWh: number, evse = 1, named?: string) =>
      said(stationId, seconds, say16.meter(at(seconds), named, registerWh, 11_000, evse))
    expect(await save(atHand.step(meter(60, 1_100)))).toBe(true)
    for (const [evse, named] of [[2], [0], [1, '-1'], [1, '0']] as const)
      expect(atHand.step(meter(120, 1_200, evse, named))).toBeUndefined()
    // What goes the whole way takes it away, and the next reading, named or not, brings it back.
    await whole(stationId, 70, say16.status(at(70), 'charging'))
    expect(atHand.step(meter(120, 1_200))).toBeUndefined()
    await whole(stationId, 120, say16.meter(at(120), undefined, 1_200))
    expect(await save(atHand.step(meter(180, 1_300)))).toBe(true)
    expect(await session(stationId)).toMatchObject({ state: 'delivering', energyWh: 300n })
    await whole(stationId, 240, say16.stop(at(240), number, 1_400))
    expect(atHand.step(meter(300, 1_500))).toBeUndefined()
  })

  it('keeps a reading to the millisecond, as the whole way does: the same again is no second one (row 3)', async () => {
    const { number, stationId } = await begin()
    const before = await readings()
    const body = say16.meter(at(60).add({ microseconds: 1_234 }), number, 1_100)
    expect(await save(atHand.step(said(stationId, 61, body)))).toBe(true)
    await whole(stationId, 62, body)
    expect((await readings()) - before).toBe(1)
  })

  it('saves nothing where somebody else has written the session since', async () => {
    const { stationId, step } = await begin()
    const stale = step(60, 1_100)
    const { id } = (await session(stationId)) ?? { id: '' }
    const before = await readings()
    // Of another process: this one has not heard of it.
    await network.ground.database.inTenant(network.tenantId, (tx) =>
      stopSession(tx, network.deps, { sessionId: id, by: { kind: 'system' } }, at(30)),
    )
    expect(await save(stale)).toBe(false)
    expect(await readings()).toBe(before)
    expect(await session(stationId)).toMatchObject({ energyWh: 0n })
    // From now on its reports go the whole way, until one of them brings it back.
    expect(step(90, 1_200)).toBeUndefined()
  })

  it('saves nothing of an older socket (row 16)', async () => {
    const { stationId, step } = await begin()
    await newSocket(stationId)
    expect(await save(step(60, 1_100))).toBe(false)
    expect(await session(stationId)).toMatchObject({ energyWh: 0n })
  })

  it('saves all of a batch or nothing, so that one that is stale takes no other half along', async () => {
    const [one, other] = [await begin(), await begin()]
    await newSocket(other.stationId)
    const steps = [one.step(60, 1_100), other.step(60, 1_100)].flatMap((step) => step ?? [])
    expect(steps).toHaveLength(2)
    expect(await atHand.save(steps)).toBe(false)
    expect(await session(one.stationId)).toMatchObject({ energyWh: 0n })
  })

  it('leaves a deadline for energy behind that finds nothing to do, once', async () => {
    const { stationId, step } = await begin()
    expect(await save(step(60, 1_100))).toBe(true)
    const { tenantId, commands } = network
    const { id } = (await session(stationId)) ?? { id: '' }
    const due = async () =>
      (
        await network.ground.database.inTenant(tenantId, (tx) =>
          tx.row<{ due: Temporal.Instant }>(sql`select due_at as due from sessions where id = ${id}`),
        )
      )?.due
    const told = commands.length
    expect((await due())?.equals(at(1_800))).toBe(true)
    await network.ground.database.inTenant(tenantId, (tx) => sessionDeadlines(deps()).take(tx, [id], at(1_800)))
    expect(commands).toHaveLength(told)
    expect((await due())?.equals(at(86_400))).toBe(true)
    expect(await session(stationId)).toMatchObject({ state: 'delivering', energyWh: 100n })
  })
})
