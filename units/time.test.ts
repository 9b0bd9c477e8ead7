import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  earlierOf,
  instantFromText,
  isBefore,
  laterOf,
  secondsBetween,
  textFromInstant,
  wattHoursFrom,
} from './index.ts'

describe('time', () => {
  it('writes instants with at most milliseconds', () => {
    expect(textFromInstant(Temporal.Instant.from('2026-01-01T01:00:00.123987+01:00'))).toBe('2026-01-01T00:00:00.123Z')
    expect(textFromInstant(Temporal.Instant.from('2026-01-01T00:00:00Z'))).toBe('2026-01-01T00:00:00Z')
  })

  it('writes every instant as Temporal does, in whatever order they come', () => {
    const instant = fc.integer({ min: -62_198_755_200_000, max: 253_402_300_800_000 })
    const near = fc.tuple(instant, fc.integer({ min: 0, max: 3_000 })).map(([ms, more]) => [ms, ms + more])
    fc.assert(
      fc.property(near, (times) => {
        for (const ms of times) {
          const at = Temporal.Instant.fromEpochMilliseconds(ms)
          expect(textFromInstant(at)).toBe(at.toString())
        }
      }),
    )
  })

  it('tells which of two instants is the earlier, within one millisecond too', () => {
    const near = fc.tuple(fc.bigInt(-(10n ** 18n), 10n ** 18n), fc.bigInt(-3_000_000n, 3_000_000n))
    const fine = fc.tuple(fc.bigInt(-(10n ** 18n), 10n ** 18n), fc.bigInt(-3n, 3n))
    fc.assert(
      fc.property(fc.oneof(near, fine), ([ns, more]) => {
        const [left, right] = [ns, ns + more].map((one) => Temporal.Instant.fromEpochNanoseconds(one)) as [
          Temporal.Instant,
          Temporal.Instant,
        ]
        expect(isBefore(left, right)).toBe(more > 0n)
        expect(earlierOf(left, right)).toEqual(more < 0n ? right : left)
        expect(laterOf(left, right)).toEqual(more > 0n ? right : left)
      }),
    )
  })

  it('takes no instant without a zone', () => {
    expect(instantFromText('2026-01-01T00:00:00')).toBeUndefined()
    expect(instantFromText('yesterday')).toBeUndefined()
  })

  it('counts the parts of a split stretch as the whole, wherever it is split', () => {
    const instant = fc.bigInt(-(10n ** 15n), 10n ** 18n).map((ns) => Temporal.Instant.fromEpochNanoseconds(ns))
    fc.assert(
      fc.property(instant, instant, instant, (a, b, c) => {
        expect(secondsBetween(a, b) + secondsBetween(b, c)).toBe(secondsBetween(a, c))
      }),
    )
  })
})

describe('energy', () => {
  it('rounds to whole watt-hours where a number comes in', () => {
    expect(wattHoursFrom(17.385, 'kWh')).toBe(17_385)
    expect(wattHoursFrom(0.4999, 'Wh')).toBe(0)
    expect(Object.is(wattHoursFrom(-0.1, 'Wh'), 0)).toBe(true)
    expect(() => wattHoursFrom(Number.NaN, 'Wh')).toThrow(RangeError)
    expect(() => wattHoursFrom(1e300, 'kWh')).toThrow(RangeError)
  })
})
