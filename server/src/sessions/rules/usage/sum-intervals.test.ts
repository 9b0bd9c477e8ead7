import { describe, expect, it } from 'vitest'
import { sumOfIntervals } from './sum-intervals.ts'

const startedAt = Temporal.Instant.from('2026-11-26T08:00:00Z')
const interval = (minutes: number, context: string, intervalWh: number) => ({
  at: startedAt.add({ seconds: minutes * 60 }),
  context,
  intervalWh,
})

describe('intervals of energy', () => {
  it('are summed, of one kind only, from the start to the end', () => {
    const intervals = [
      interval(0, 'transaction-begin', 50),
      interval(0, 'periodic', 70),
      interval(10, 'periodic', 1_000),
      interval(15, 'clock', 900),
      interval(20, 'periodic', 1_100),
      interval(25, 'transaction-end', 300),
    ]
    expect(sumOfIntervals({ startedAt, intervals })).toEqual({ energyWh: 2_400, count: 3 })
    const clock = intervals.filter(({ context }) => context !== 'periodic')
    expect(sumOfIntervals({ startedAt, intervals: clock })).toEqual({ energyWh: 1_200, count: 2 })
    expect(sumOfIntervals({ startedAt, intervals: intervals.slice(-1) })).toEqual({ energyWh: 300, count: 1 })
  })

  it('are nothing where there are none', () => {
    expect(sumOfIntervals({ startedAt })).toBeUndefined()
    expect(sumOfIntervals({ startedAt, intervals: [interval(1, 'trigger', 5)] })).toBeUndefined()
  })
})
