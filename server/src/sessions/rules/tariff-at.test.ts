import { expect, it } from 'vitest'
import { tariffAt } from './tariff-at.ts'

it('finds the tariff that a station had: each until the moment of the change, then the next', () => {
  const at = (minute: number): Temporal.Instant =>
    Temporal.Instant.from('2026-11-26T12:00:00Z').add({ minutes: minute })
  const tariffHistory = [
    { tariffId: 'first', until: at(0).toString() },
    { tariffId: null, until: at(10).toString() },
  ]
  const station = { tariffId: 'now', tariffHistory }
  const [before, last] = [at(0), at(10)].map((change) => change.subtract({ nanoseconds: 1 })) as [
    Temporal.Instant,
    Temporal.Instant,
  ]
  expect([before, at(0), last, at(10)].map((when) => tariffAt(station, when))).toEqual(['first', null, null, 'now'])
  expect(tariffAt(undefined, at(0))).toBeUndefined()
})
