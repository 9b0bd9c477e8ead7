import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { afterFailure, type Health, howLong, isDown, nextTry, waitsAfter, WELL } from './retry.ts'

const T0 = Temporal.Instant.from('2026-11-26T12:00:00Z')
const after = (seconds: number): Temporal.Instant => T0.add({ milliseconds: Math.round(seconds * 1_000) })
const secondsTo = (at: Temporal.Instant | null | undefined): number | undefined => at?.since(T0).total('seconds')

describe('a delivery that is not taken', () => {
  it.each(['message', 'target'] as const)(
    'for its %s is sent again for some four days, and is dead after that',
    (fault) => {
      const waits = waitsAfter[fault]
      expect(waits.map((_, n) => secondsTo(nextTry(n + 1, fault, T0, 0.5)))).toEqual(waits)
      expect(waits).toEqual(waits.toSorted((one, other) => one - other))
      expect(nextTry(waits.length + 1, fault, T0, 0.5)).toBeUndefined()
      const days = waits.reduce((sum, wait) => sum + wait, 0) / 86_400
      expect(days).toBeGreaterThan(3)
      expect(days).toBeLessThan(5)
    },
  )

  it('by a target that fails now and then is sent again more than twenty times in ten minutes', () => {
    let passed = 0
    expect(waitsAfter.target.filter((wait) => (passed += wait) <= 610).length).toBeGreaterThan(20)
  })

  it('is spread by a fifth either way', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 1, max: 12 }), (chance, tries) => {
        const wait = secondsTo(nextTry(tries, 'message', T0, chance)) ?? 0
        const meant = waitsAfter.message[tries - 1] ?? 0
        expect(wait).toBeGreaterThanOrEqual(meant * 0.8 - 0.001)
        expect(wait).toBeLessThanOrEqual(meant * 1.2 + 0.001)
      }),
    )
  })
})

/** Failures at these seconds. */
const failing = (...seconds: readonly number[]): Health =>
  seconds.reduce<Health>((health, second) => afterFailure(health, after(second), { chance: 0.5 }), WELL)

describe('a target', () => {
  it('is not taken to be down for one failure or two', () => {
    expect(isDown(failing(0))).toBe(false)
    expect(isDown(failing(0, 120))).toBe(false)
  })

  it('is down after ten failures in a row, or three over a minute', () => {
    expect(isDown(failing(...Array.from({ length: 9 }, (_, n) => n)))).toBe(false)
    expect(isDown(failing(...Array.from({ length: 10 }, (_, n) => n)))).toBe(true)
    expect(isDown(failing(0, 5, 35))).toBe(false)
    expect(isDown(failing(0, 5, 65))).toBe(true)
  })

  it('is asked again after a quarter of the time it has been failing, from five seconds to a quarter of an hour', () => {
    expect(secondsTo(failing(0, 0, 0, 0, 0, 0, 0, 0, 0, 0).retryAt)).toBe(5)
    expect(secondsTo(failing(0, 60, 120).retryAt)).toBe(150)
    expect(secondsTo(failing(0, 60, 86_400).retryAt)).toBe(86_400 + 900)
  })

  it('that says when it wants to be asked again is not asked before', () => {
    const health = afterFailure(WELL, T0, { chance: 0.5, waitSeconds: 600 })
    expect([isDown(health), secondsTo(health.retryAt)]).toEqual([true, 600])
    const down = afterFailure(failing(0, 60, 86_400), after(86_400), { chance: 0.5, waitSeconds: 1 })
    expect(secondsTo(down.retryAt)).toBe(86_400 + 900)
  })

  it('is told of after a quarter of an hour, and given up after five days', () => {
    const hours = (n: number): Temporal.Instant => after(n * 3_600)
    const down = failing(0, 60, 120)
    expect(howLong(WELL, T0)).toBe('well')
    expect(howLong(failing(0), hours(1))).toBe('failing')
    expect(howLong(down, after(800))).toBe('failing')
    expect(howLong(down, after(900))).toBe('tell')
    expect(howLong(down, hours(119))).toBe('tell')
    expect(howLong(down, hours(120))).toBe('give-up')
  })
})
