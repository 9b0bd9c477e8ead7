import fc from 'fast-check'
import { expect, it } from 'vitest'
import { packed, unpacked } from './log-packing.ts'

it('gives every text of a log back, long or short', () => {
  fc.assert(
    fc.property(fc.json(), fc.integer({ min: 1, max: 3_000 }), (text, times) => {
      const long = `[${Array.from({ length: times }, () => text).join(',')}]`
      expect(unpacked(packed(Buffer.from(long)))).toBe(long)
    }),
    { numRuns: 30 },
  )
})

it('packs what stations say over and over to a fraction', () => {
  const frames = Array.from({ length: 100 }, (_, n) => `[2,"${n}","Heartbeat",{}]`).join(',')
  const text = `[${frames.repeat(5)}]`
  expect(packed(Buffer.from(text)).length).toBeLessThan(text.length / 5)
})
