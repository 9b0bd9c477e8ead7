import { afterAll, beforeAll, expect, it } from 'vitest'
import { measure } from './cost.ts'
import { openHistogram } from './histogram.ts'
import { type Load, type Scenario } from './load.ts'
import { type Plan, plannedStations } from './set-up.ts'
import { type OurSide, type Side, startOurs, startReference } from './sides.ts'

// Whether the load is true, never how fast: counts only.

const plan: Plan = { stations: [4, 2] }
const everyone = plannedStations(plan).map((_, place) => place)

let ours: OurSide
let reference: Side
/** Rows that the reference keeps by the end, at least. */
let kept = 0

beforeAll(async () => {
  ours = await startOurs({ plan })
  reference = await startReference({ plan })
}, 400_000)

afterAll(async () => {
  await ours.stop()
}, 240_000)

const load = (scenario: Scenario, more: Partial<Load> = {}): Load => ({
  scenario,
  stations: everyone,
  versions: ['ocpp1.6', 'ocpp2.0.1'],
  warmUpSeconds: 0,
  seconds: 0.3,
  ...more,
})

/** As short as a load may be, so that a busy machine may let it pass without one message: then it is put on again. */
async function measured(side: Side, wanted: Load): ReturnType<typeof measure> {
  for (;;) {
    const cost = await measure(side, wanted)
    if (openHistogram(cost.times).count > 0) return cost
  }
}

async function items<T>(tenant: number, path: string): Promise<readonly T[]> {
  const headers = { authorization: `Bearer ${ours.keys[tenant]}` }
  const all: T[] = []
  for (let cursor: string | null = ''; cursor !== null; ) {
    const response: Response = await fetch(`${ours.base}${path}?limit=100${cursor && `&cursor=${cursor}`}`, { headers })
    const page = (await response.json()) as { items: T[]; next: string | null }
    all.push(...page.items)
    cursor = page.next
  }
  return all
}

it.each(['connect', 'heartbeat', 'meter', 'session', 'visit'] as const)(
  '%s: both servers acknowledge, in both versions, and both say what it took',
  async (scenario) => {
    for (const side of [ours, reference]) {
      const cost = await measured(side, load(scenario))
      const messages = openHistogram(cost.times).count
      expect(messages).toBeGreaterThan(0)
      expect(cost.p99).toBeGreaterThanOrEqual(cost.p50)
      expect(cost.generatorMicros).toBeGreaterThan(0)
      if (side.name === 'reference' && scenario !== 'connect') kept += messages
      if (side.name === 'ours') expect(cost.transactions).toBeDefined()
    }
  },
  240_000,
)

it('open loop: every message of the schedule is answered, however late', async () => {
  for (const side of [ours, reference]) {
    const { times } = await measure(side, load('session', { messagesPerSecond: 100, seconds: 1 }))
    // The schedule has a moment at both ends.
    expect(openHistogram(times).count).toBeGreaterThanOrEqual(99)
    expect(openHistogram(times).count).toBeLessThanOrEqual(101)
    if (side.name === 'reference') kept += 99
  }
}, 240_000)

it('a station changes its version between loads', async () => {
  const { times } = await measured(ours, load('meter', { versions: ['ocpp2.0.1'] }))
  expect(openHistogram(times).count).toBeGreaterThan(0)
}, 240_000)

it('to our server the sessions are sessions about which nobody has a doubt, each with its record', async () => {
  // Those that are open are brought to their ends: the stations leave to connect anew.
  await measure(ours, load('connect'))
  for (const [tenant] of plan.stations.entries()) {
    const sessions = await items<{ id: string; state: string; flags: unknown }>(tenant, '/v1/sessions')
    const records = await items<{ sessionId: string; revision: number }>(tenant, '/v1/session-records')
    expect(sessions.length).toBeGreaterThan(2)
    for (const session of sessions) expect(session).toMatchObject({ state: 'ended', flags: [] })
    expect(new Set(records.map(({ sessionId }) => sessionId))).toEqual(new Set(sessions.map(({ id }) => id)))
  }
}, 240_000)

it('the reference keeps a row for every message that was acknowledged, but for connecting', async () => {
  const { rows } = JSON.parse((await reference.stop()) ?? '{}') as { rows: number }
  expect(rows).toBeGreaterThanOrEqual(kept)
}, 240_000)
