import { describe, it } from 'vitest'
import { chanceFrom } from './kit/chance.ts'
import { type Faulty, startFaulty } from './kit/faulty.ts'
import { runDeadlines } from './kit/many-deadlines.ts'
import { addTariff, makeNetwork } from './kit/network.ts'
import { runRemoteStarts } from './kit/remote-starts.ts'

async function withServer(work: (faulty: Faulty) => Promise<void>): Promise<void> {
  const faulty = await startFaulty()
  try {
    await work(faulty)
  } finally {
    await faulty.close()
  }
}

// Beside each other, on a server each: the starts mostly wait until patience with an answer that was lost is over.
describe.concurrent('wishes and deadlines', () => {
  it('200 remote starts, 10 % of the replies lost, give one session each: no double, no ghost, none left open (row 13)', async ({
    expect,
  }) => {
    await withServer(async (faulty) => {
      const network = await makeNetwork(faulty.server(), 'remote')
      await addTariff(network)
      // What was lost holds up the next one at its station: few at each, and by this seed one such loss at most.
      const wishes = { stations: 50, startsEach: 4, lost: 0.1, chance: chanceFrom(30) }
      const outcome = await runRemoteStarts(network, wishes)
      console.log(outcome)
      expect(outcome).toMatchObject({ asked: 200, doubles: [], ghosts: [], unresolved: [] })
      expect(outcome.repliesLost).toBeGreaterThan(10)
    })
  }, 900_000)

  it('1,000 deadlines over 5 restarts act once each (row 17)', async ({ expect }) => {
    await withServer(async (faulty) => {
      const wishes = { deadlines: 1_000, restarts: 5, overMs: 12_000, chance: chanceFrom(17) }
      const outcome = await runDeadlines(faulty, wishes)
      console.log(outcome)
      expect(outcome).toMatchObject({ acted: 1_000, never: 0, twice: 0, restarts: 5 })
    })
  }, 900_000)
})
