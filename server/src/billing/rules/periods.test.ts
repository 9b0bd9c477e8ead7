import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { laterOf } from '../../../../units/index.ts'
import { type FlowChange, pricedPeriods, type RegisterReading, type SessionFacts } from './index.ts'

const START = Temporal.Instant.from('2026-11-26T08:00:00Z')
const at = (seconds: number): Temporal.Instant => START.add({ milliseconds: Math.round(seconds * 1000) })
const flow = (...changes: readonly (readonly [number, FlowChange['state']])[]): readonly FlowChange[] =>
  changes.map(([seconds, state]) => ({ at: at(seconds), state }))
const registers = (...readings: readonly (readonly [number, number])[]): readonly RegisterReading[] =>
  readings.map(([seconds, registerWh]) => ({ at: at(seconds), registerWh }))

function periodsOf(facts: Partial<SessionFacts> & { readonly end: number; readonly start?: number }) {
  const { end, start = 0, ...rest } = facts
  return pricedPeriods({ authorisedAt: at(start), endedAt: at(end), flow: [], registers: [], ...rest }).map(
    ({ from, to, energyWh, state }) => [
      from.since(START).total('seconds'),
      to.since(START).total('seconds'),
      energyWh,
      state,
    ],
  )
}

describe('priced periods', () => {
  it('are charging while the station says nothing else', () => {
    expect(periodsOf({ end: 600, registers: registers([0, 1000], [600, 3000]) })).toEqual([[0, 600, 2000, 'charging']])
  })

  it('are parking while the car asks for nothing, counted from when it began', () => {
    const periods = periodsOf({
      end: 1000,
      flow: flow([0, 'charging'], [400, 'suspended-ev'], [900, 'charging']),
      registers: registers([0, 0], [400, 400], [1000, 500]),
    })
    expect(periods).toEqual([
      [0, 400, 400, 'charging'],
      [400, 900, 83, 'parking'],
      [900, 1000, 17, 'charging'],
    ])
  })

  it.each([
    [29.999, 'charging'],
    [30, 'parking'],
  ])('take a pause of %d s for %s', (seconds, state) => {
    const changes = flow([0, 'charging'], [100, 'suspended-ev'], [100 + seconds, 'charging'])
    expect(periodsOf({ end: 200, flow: changes })).toHaveLength(state === 'parking' ? 3 : 1)
  })

  it('stay charging while the station holds back', () => {
    expect(periodsOf({ end: 900, flow: flow([0, 'charging'], [60, 'suspended-evse'], [800, 'idle']) })).toEqual([
      [0, 900, 0, 'charging'],
    ])
  })

  it('join a suspended and then merely connected car into one pause', () => {
    const periods = periodsOf({
      end: 300,
      flow: flow(
        [0, 'charging'],
        [10, 'suspended-ev'],
        [50, 'charging'],
        [100, 'suspended-ev'],
        [120, 'ev-connected'],
        [140, 'charging'],
      ),
      registers: registers([0, 0], [100, 900]),
    })
    expect(periods.map((period) => period[3])).toEqual(['charging', 'parking', 'charging', 'parking', 'charging'])
  })

  it('are not cut by what held for no time at all', () => {
    const changes = flow([0, 'charging'], [100, 'suspended-ev'], [120, 'charging'], [120, 'suspended-ev'])
    expect(periodsOf({ end: 140, flow: changes }).map((period) => [period[0], period[3]])).toEqual([
      [0, 'charging'],
      [100, 'parking'],
    ])
  })

  it('do not take a car for parked that waits for its first energy', () => {
    const periods = periodsOf({
      end: 1200,
      flow: flow([0, 'ev-connected'], [600, 'charging']),
      registers: registers([0, 50], [900, 1050]),
    })
    expect(periods).toEqual([[0, 1200, 1000, 'charging']])
    // No reading until after the energy began: a straight line would claim that it flowed all along.
    const late = flow([20, 'ev-connected'], [600, 'charging'])
    expect(periodsOf({ end: 1200, flow: late, registers: registers([0, 50], [900, 1050]) })).toHaveLength(1)
  })

  it('take a connected car for parked once energy has flowed, seen by a register or between two', () => {
    const seen = flow([300, 'ev-connected'])
    expect(periodsOf({ end: 600, flow: seen, registers: registers([0, 0], [200, 500]) })).toHaveLength(2)
    const between = flow([0, 'charging'], [300, 'ev-connected'])
    expect(periodsOf({ end: 600, flow: between, registers: registers([0, 0], [600, 500]) })).toHaveLength(2)
  })

  it('begin at the first authorised event, but with all energy of the transaction', () => {
    const periods = periodsOf({ start: 50, end: 100, registers: registers([0, 10], [90, 100]) })
    expect(periods).toEqual([[50, 100, 90, 'charging']])
  })

  it('count a pause from its true start, though it lies before the authorisation', () => {
    const periods = periodsOf({ start: 20, end: 40, flow: flow([0, 'suspended-ev'], [35, 'charging']) })
    expect(periods).toEqual([
      [20, 35, 0, 'parking'],
      [35, 40, 0, 'charging'],
    ])
  })

  it('do not let a register that steps back or leaps give negative or absurd energy', () => {
    const leap = registers([0, 1000], [100, 9_000_000], [200, 500], [300, 2000])
    expect(periodsOf({ end: 300, registers: leap, flow: flow([150, 'suspended-ev']) })).toEqual([
      [0, 150, 1000, 'charging'],
      [150, 300, 0, 'parking'],
    ])
    expect(periodsOf({ end: 300, registers: registers([0, 1000], [300, 400]) })).toEqual([[0, 300, 0, 'charging']])
  })

  it('are one of no length when the transaction ended before it was authorised', () => {
    expect(periodsOf({ start: 50, end: 40, registers: registers([0, 0], [40, 7]) })).toEqual([[50, 50, 7, 'charging']])
  })

  it('lie gapless in the session, alternate, and share out exactly its energy, whatever comes', () => {
    const state = fc.constantFrom('idle', 'ev-connected', 'charging', 'suspended-ev', 'suspended-evse' as const)
    const when = fc.integer({ min: -100_000, max: 4_000_000 }).map((ms) => at(ms / 1000))
    const anyFacts = fc.record({
      authorisedAt: when,
      endedAt: when,
      flow: fc.array(fc.record({ at: when, state }), { maxLength: 20 }),
      registers: fc.array(fc.record({ at: when, registerWh: fc.integer({ min: 0, max: 100_000 }) }), { maxLength: 20 }),
    })
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const periods = pricedPeriods(facts)
        const sorted = facts.registers.toSorted((a, b) => Temporal.Instant.compare(a.at, b.at))
        const energy = Math.max(0, (sorted.at(-1)?.registerWh ?? 0) - (sorted[0]?.registerWh ?? 0))
        expect(periods.reduce((sum, period) => sum + period.energyWh, 0)).toBe(energy)
        expect(periods[0]?.from.equals(facts.authorisedAt)).toBe(true)
        expect(periods.at(-1)?.to.equals(laterOf(facts.authorisedAt, facts.endedAt))).toBe(true)
        periods.forEach((period, index) => {
          expect(period.energyWh).toBeGreaterThanOrEqual(0)
          const next = periods[index + 1]
          if (next === undefined) return
          expect(next.from.equals(period.to)).toBe(true)
          expect(next.state).not.toBe(period.state)
        })
      }),
    )
  })
})
