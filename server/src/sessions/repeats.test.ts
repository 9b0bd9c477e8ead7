import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ReportBody, TransactionReport } from '../stations/index.ts'
import {
  makeTestStation,
  recordsIn,
  reportFrom,
  say16,
  say2x,
  sessionsIn,
  T0,
  take,
  type TestNetwork,
  testNetworkWithCard,
} from './testing-network.ts'

const SESSIONS = 200
const at = (seconds: number): Temporal.Instant => T0.add({ seconds })

/** A small generator with a seed, so that a failure comes again. */
function chance(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

let network: TestNetwork
beforeAll(async () => {
  network = await testNetworkWithCard()
})
afterAll(() => network.close())

interface Station {
  readonly id: string
  readonly is2x: boolean
  number: string
  readonly energyWh: number
}

/** What the station says in its step, if anything: start, two readings, stop. */
function said(station: Station, step: number): ReportBody {
  const when = at(step * 300)
  const registerWh = 1_000 + Math.floor((station.energyWh * step) / 3)
  if (station.is2x) {
    const kind = step === 0 ? 'transaction-started' : step === 3 ? 'transaction-ended' : 'transaction-updated'
    const token = step === 0 ? { idToken: { uid: 'DEADBEEF' }, chargingState: 'charging' as const } : {}
    return say2x(kind, station.number, step, when, { registerWh, ...token })
  }
  if (step === 0) return say16.start(when, 'DEADBEEF', registerWh)
  return step === 3 ? say16.stop(when, station.number, registerWh) : say16.meter(when, station.number, registerWh)
}

describe('repeats (row 3)', () => {
  it(`of every message, up to five times, make one session and one record of each of ${SESSIONS} charges`, async () => {
    const next = chance(20_261_126)
    const stations: Station[] = []
    for (let index = 0; index < SESSIONS; index += 1) {
      const id = await makeTestStation(network, { evses: 1 })
      stations.push({ id, is2x: index % 2 === 0, number: `tx-${index}`, energyWh: 300 + next(9_000) })
    }
    const report = (station: Station, step: number) =>
      reportFrom(network.tenantId, station.id, said(station, step), at(step * 300 + 5))
    const waves = [0, 1, 2, 3].map(() => stations.map(() => 1 + next(5)))
    for (const [step, counts] of waves.entries()) {
      for (let turn = 0; turn < 5; turn += 1) {
        const speaking = stations.filter((_, index) => turn < (counts[index] ?? 0))
        if (speaking.length === 0) continue
        const answers = await take(
          network,
          speaking.map((station) => report(station, step)),
        )
        answers.forEach((answer, index) => {
          const station = speaking[index]
          if (station === undefined || answer.kind !== 'transaction') return
          if (step > 0 || turn > 0) expect(answer.number).toBe(station.number)
          station.number = answer.number
        })
        // Late repeats of what went before, too.
        if (step > 0)
          await take(
            network,
            speaking.slice(0, 50).map((station) => report(station, step - 1)),
          )
      }
    }
    const sessions = await sessionsIn(network)
    const records = await recordsIn(network)
    expect(sessions).toHaveLength(SESSIONS)
    expect(records).toHaveLength(SESSIONS)
    const energies = new Map(sessions.map((session) => [session.stationId, session]))
    for (const station of stations) {
      expect(energies.get(station.id)).toMatchObject({
        state: 'ended',
        flags: [],
        revision: 1,
        energyWh: BigInt(station.energyWh),
      })
    }
    expect(new Set(records.map((record) => record.sessionId)).size).toBe(SESSIONS)
  })

  it('by number only are none: what a station says whose counter stands still is kept, and noted', async () => {
    const station = await makeTestStation(network)
    const say = (kind: TransactionReport['kind'], seconds: number, registerWh: number) => {
      const token =
        kind === 'transaction-started' ? { idToken: { uid: 'DEADBEEF' }, chargingState: 'charging' as const } : {}
      const trigger = kind === 'transaction-updated' ? ({ trigger: 'meter-value' } as const) : {}
      const body = say2x(kind, 'tx-still', 0, at(seconds), { registerWh, ...trigger, ...token })
      return reportFrom(network.tenantId, station, body, at(seconds + 1))
    }
    for (const report of [say('transaction-started', 0, 100), say('transaction-updated', 300, 900)]) {
      await take(network, [report])
      await take(network, [report])
    }
    await take(network, [say('transaction-updated', 600, 1_500)])
    await take(network, [say('transaction-ended', 900, 2_100), say('transaction-updated', 300, 900)])
    const [session, ...others] = (await sessionsIn(network)).filter(({ stationId }) => stationId === station)
    expect(others).toEqual([])
    expect(session).toMatchObject({ state: 'ended', energyWh: 2_000n, flags: ['numbers-repeated'], revision: 1 })
    const [record] = (await recordsIn(network)).filter(({ sessionId }) => sessionId === session?.id)
    expect(record?.record['meterValues']).toHaveLength(4)
  })

  it('that arrive at two places at once make one session: the database keeps it so', async () => {
    const station = await makeTestStation(network)
    const start = () => take(network, [reportFrom(network.tenantId, station, say16.start(at(0), 'DEADBEEF', 7), at(1))])
    const results = await Promise.allSettled([start(), start(), start()])
    const taken = results.filter((result) => result.status === 'fulfilled')
    expect(taken.length).toBeGreaterThan(0)
    // What was refused is done again, and gets the number that was given.
    const [again] = await start()
    for (const { value } of taken) expect(value[0]).toEqual(again)
    const sessions = (await sessionsIn(network)).filter((session) => session.stationId === station)
    expect(sessions).toHaveLength(1)
  })
})
