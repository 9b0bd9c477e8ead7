import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chanceFrom } from './kit/chance.ts'
import { type Faulty, startFaulty } from './kit/faulty.ts'
import { runDeadlines } from './kit/many-deadlines.ts'
import { addTariff, makeNetwork } from './kit/network.ts'
import { runRemoteStarts } from './kit/remote-starts.ts'

let faulty: Faulty
beforeAll(async () => {
  faulty = await startFaulty()
})
afterAll(() => faulty?.close())

describe('200 remote starts, 10 % of the replies lost (row 13)', () => {
  it('give one session each: no double, no ghost, none left open', async () => {
    const network = await makeNetwork(faulty.server(), 'remote')
    await addTariff(network)
    const outcome = await runRemoteStarts(network, { stations: 20, startsEach: 10, lost: 0.1, chance: chanceFrom(13) })
    console.log(outcome)
    expect(outcome).toMatchObject({ asked: 200, doubles: [], ghosts: [], unresolved: [] })
    expect(outcome.repliesLost).toBeGreaterThan(5)
  }, 200_000)
})

describe('1,000 deadlines over 5 restarts (row 17)', () => {
  it('act once each', async () => {
    const outcome = await runDeadlines(faulty, {
      deadlines: 1_000,
      restarts: 5,
      overMs: 12_000,
      chance: chanceFrom(17),
    })
    console.log(outcome)
    expect(outcome).toMatchObject({ acted: 1_000, never: 0, twice: 0, restarts: 5 })
  }, 200_000)
})
