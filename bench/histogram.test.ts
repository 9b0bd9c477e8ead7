import fc from 'fast-check'
import { expect, it } from 'vitest'
import { openHistogram } from './histogram.ts'

const times = fc.array(fc.double({ min: 0.01, max: 60_000, noNaN: true }), { minLength: 1, maxLength: 300 })

function exact(all: readonly number[], share: number): number {
  return all.toSorted((a, b) => a - b)[Math.max(1, Math.ceil(all.length * share)) - 1] ?? 0
}

it.each([0.5, 0.99, 0.999, 1])('says what a share of %f took, within one in a hundred', (share) => {
  fc.assert(
    fc.property(times, (all) => {
      const histogram = openHistogram()
      for (const time of all) histogram.add(time)
      expect(histogram.at(share) / exact(all, share)).toBeGreaterThan(0.999)
      expect(histogram.at(share) / exact(all, share)).toBeLessThan(1.011)
    }),
  )
})

it('two that crossed to another process as JSON are one', () => {
  fc.assert(
    fc.property(times, times, (first, second) => {
      const parts = [first, second].map((all) => {
        const histogram = openHistogram()
        for (const time of all) histogram.add(time)
        return JSON.parse(JSON.stringify(histogram)) as [number, number][]
      })
      const merged = openHistogram(...parts)
      expect(merged.count).toBe(first.length + second.length)
      expect(merged.at(0.5) / exact([...first, ...second], 0.5)).toBeCloseTo(1, 1)
    }),
  )
})

it('an empty one says 0, and nothing is too long for it', () => {
  expect(openHistogram().at(0.99)).toBe(0)
  const histogram = openHistogram()
  histogram.add(1e12)
  expect(histogram.at(0.99)).toBeGreaterThan(500_000)
})
