import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chanceFrom } from './kit/chance.ts'
import { proxied, runDatabaseFault } from './kit/database-faults.ts'
import { type Faulty, startFaulty } from './kit/faulty.ts'

let faulty: Faulty
beforeAll(async () => {
  faulty = await startFaulty()
})
afterAll(() => faulty?.close())

const whole = { missing: [], notOnce: [], refused: 0 }
const wishes = { stations: 10, chance: chanceFrom(11) }

describe('the database away for 10 s (row 11)', () => {
  it.each([
    ['refuses connections', proxied({ refuse: true }, true)],
    ['says nothing any more', proxied({ swallow: true })],
  ])(
    'and %s: stations are sent away within 5 s, nothing is lost, and all come back',
    async (what, fault) => {
      const slug = what.replaceAll(' ', '-')
      const outcome = await runDatabaseFault(faulty, { ...wishes, ...fault, slug, seconds: 10 })
      console.log(what, outcome)
      expect(outcome).toMatchObject({ ...whole, statuses: [503, 200, 503] })
      expect(outcome.refusedAfterMs).toBeLessThan(5_000)
      expect(outcome.backAfterMs).toBeLessThan(60_000)
      expect(faulty.server().stderr()).not.toContain('a message of a station could not be taken')
    },
    900_000,
  )
})

describe('a slow database (row 21)', () => {
  it('that takes 200 ms for each answer: stations stay, nothing is refused, all is whole', async () => {
    const slug = 'slow'
    const outcome = await runDatabaseFault(faulty, {
      ...wishes,
      ...proxied({ delayMs: 100 }),
      slug,
      seconds: 5,
      isSlow: true,
    })
    console.log('slow', outcome)
    expect(outcome).toMatchObject(whole)
    expect(outcome.grownMb).toBeLessThan(200)
  }, 900_000)
})
