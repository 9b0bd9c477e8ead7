import { afterAll, beforeAll, expect, it } from 'vitest'
import { newId } from '../../platform/index.ts'
import { type Received, testTarget, type TestTarget } from './testing-target.ts'
import { recordEvent, type TestWebhooks, testWebhooks } from './testing-webhooks.ts'

// Row 14 in short: a day of 240 sessions with a correction each, for a target that is away, and for one that is well.
const SESSIONS = 240

let world: TestWebhooks
let away: TestTarget
let well: TestTarget

beforeAll(async () => {
  world = await testWebhooks(10_000)
  away = await testTarget()
  well = await testTarget()
})
afterAll(async () => {
  await world.close()
  await away.close()
  await well.close()
})

const nameOf = ({ event }: Received): string => `${String(event.data['sessionId'])}/${String(event.data['revision'])}`

it('a target that is away for a day and then fails half the time gets everything, in order, and no other waits (row 14)', async () => {
  const { id } = await world.add(away)
  await world.add(well)
  await away.goDown()
  const sessions = Array.from({ length: SESSIONS }, () => newId())
  const all = sessions.flatMap((session) => [`${session}/1`, `${session}/2`]).sort()
  for (let hour = 0; hour < 24; hour += 1) {
    const ofHour = sessions.slice((hour * SESSIONS) / 24, ((hour + 1) * SESSIONS) / 24)
    await world.publish(...ofHour.map((session) => recordEvent(session, 1)))
    await world.work()
    await world.publish(...ofHour.map((session) => recordEvent(session, 2)))
    await world.work()
    // The one that is well has it at once, hour by hour.
    expect(well.received).toHaveLength(2 * (hour + 1) * (SESSIONS / 24))
    world.clock.move({ hours: 1 })
  }
  expect(away.received).toEqual([])

  let seed = 11
  const chance = (): number => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647
  away.behave(() => (chance() < 0.5 ? 200 : (([500, 503, 'cut', 429] as const)[Math.floor(chance() * 4)] ?? 500)))
  await away.comeBack()
  let back = world.clock.now()
  for (let n = 0; n < 200 && (await world.deliveries(id, 'waiting')).length > 0; n += 1) {
    await world.work()
    if (away.received.length === 0) back = world.clock.now()
    world.clock.move({ seconds: 10 })
  }
  // Nothing lost, nothing dead, nothing twice under another key.
  expect([...new Set(away.taken().map(nameOf))].sort()).toEqual(all)
  expect(await world.deliveries(id, 'dead')).toEqual([])
  const keys = Map.groupBy(away.received, nameOf)
  for (const got of keys.values()) expect(new Set(got.map((one) => one.id)).size).toBe(1)
  expect(new Set([...keys.values()].map(([first]) => first?.id)).size).toBe(2 * SESSIONS)
  // No later revision came before an earlier one was taken.
  for (const session of sessions) {
    const taken = away.received.filter(({ event }) => event.data['sessionId'] === session)
    const first = taken.findIndex(({ event, status }) => event.data['revision'] === 1 && status === 200)
    expect(taken.findIndex(({ event }) => event.data['revision'] === 2)).toBeGreaterThan(first)
  }
  // Counted from when it is found to be back, which takes a quarter of an hour at most.
  expect(back.until(world.clock.now()).total('minutes')).toBeLessThanOrEqual(11)
  expect(well.received.map(nameOf).sort()).toEqual(all)
}, 400_000)
