import { expect, it } from 'vitest'
import { drawnMarks } from './drawn-marks.ts'

it('however many different marks a day brings, the map keeps no more than some', () => {
  const kept = new Set<string>()
  const marks = drawnMarks(500, (name) => kept.delete(name))
  let most = 0
  for (let count = 0; count < 10_000; count += 1) {
    kept.add(`pin|free|${count}|10000`)
    marks.add(`pin|free|${count}|10000`)
    most = Math.max(most, kept.size)
    marks.tidy()
  }
  expect(most).toBeLessThanOrEqual(501)
})
