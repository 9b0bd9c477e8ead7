import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { actionFor, type UsageCheck } from './checks.ts'
import { judgeUsage } from './judge-usage.ts'
import { believedStepWh, believedWh, mostPower } from './plausible.ts'
import type { UsageInput, UsageReading } from './usage-input.ts'

const BEGIN = Temporal.Instant.from('2026-11-26T08:00:00Z')
const MAX_W = 22_000

const wild = fc.integer({ min: -10_000, max: 2_000_000_000 })
const rising = fc.integer({ min: 0, max: 3_000 })

/** Sessions of hostile and of honest meters: registers that rise, fall, leap, are missing; times in and out of order. */
const hostile: fc.Arbitrary<UsageInput> = fc
  .record({
    steps: fc.array(
      fc.record({
        seconds: fc.integer({ min: -3_600, max: 7_200 }),
        step: rising,
        leap: fc.option(wild, { freq: 4, nil: undefined }),
        isMissing: fc.boolean(),
        powerW: fc.option(fc.integer({ min: -50_000, max: 100_000 }), { nil: null }),
        late: fc.integer({ min: 0, max: 600 }),
      }),
      { minLength: 1, maxLength: 10 },
    ),
    from: fc.integer({ min: 0, max: 5_000_000 }),
    hasReceipts: fc.boolean(),
    flags: fc.subarray(['clock-corrected', 'estimated', 'gap', 'reading-differs', 'stop-before-start'] as const),
    previousWh: fc.option(fc.integer({ min: 0, max: 5_000_000 }), { nil: undefined }),
    overlap: fc.option(fc.integer({ min: 0, max: 3_600 }), { nil: undefined }),
  })
  .map(({ steps, from, hasReceipts, flags, previousWh, overlap }) => {
    let ms = BEGIN.epochMilliseconds
    let truth = from
    const readings = steps.map((step, index): UsageReading => {
      ms += step.seconds * 1_000
      truth += step.step
      const at = Temporal.Instant.fromEpochMilliseconds(ms)
      const context = index === 0 ? 'transaction-begin' : index === steps.length - 1 ? 'transaction-end' : 'periodic'
      return {
        at,
        context,
        registerWh: step.isMissing && context === 'periodic' ? null : (step.leap ?? truth),
        powerW: step.powerW,
        ...(hasReceipts ? { receivedAt: BEGIN.add({ seconds: index * 300 + step.late }) } : {}),
      }
    })
    const endedAt = Temporal.Instant.fromEpochMilliseconds(Math.max(ms, BEGIN.epochMilliseconds))
    const [first, last] = [readings[0]?.registerWh ?? 0, readings.at(-1)?.registerWh ?? 0]
    return {
      startedAt: BEGIN,
      endedAt,
      energyWh: Math.max(0, last - first),
      flags,
      createdAt: endedAt,
      readings,
      maxPowerW: MAX_W,
      neighbours:
        overlap === undefined
          ? []
          : [{ number: 1, startedAt: BEGIN.subtract({ hours: 1 }), endedAt: BEGIN.add({ seconds: overlap }) }],
      ...(previousWh === undefined ? {} : { previousWh }),
      wasCorrected: false,
    }
  })

describe('judging usage data (END-VALIDATE)', () => {
  it('lets nothing go that is negative, or more than the connector could deliver (row 6)', () => {
    fc.assert(
      fc.property(hostile, (input) => {
        const { findings, proposal } = judgeUsage(input)
        const action = actionFor(findings, {}, proposal !== undefined)
        const gone = action === 'hold' ? undefined : action === 'correct' ? proposal : input
        if (gone === undefined) return
        const ms = gone.endedAt.epochMilliseconds - gone.startedAt.epochMilliseconds
        expect(ms).toBeGreaterThanOrEqual(0)
        expect(gone.energyWh).toBeGreaterThanOrEqual(0)
        expect(gone.energyWh).toBeLessThanOrEqual(believedWh(MAX_W, ms))
      }),
      { numRuns: 10_000 },
    )
  })

  it('proposes nothing that is negative, falls, or is more than the connector could deliver', () => {
    fc.assert(
      fc.property(hostile, (input) => {
        const { proposal } = judgeUsage(input)
        if (proposal === undefined) return
        const { energyWh, startedAt, endedAt, series } = proposal
        expect(energyWh).toBeGreaterThanOrEqual(0)
        expect(energyWh).toBeLessThanOrEqual(believedWh(MAX_W, endedAt.epochMilliseconds - startedAt.epochMilliseconds))
        const steps = series.slice(1).map(({ registerWh }, index) => registerWh - (series[index]?.registerWh ?? 0))
        expect(steps.every((step) => step >= 0)).toBe(true)
        expect((series.at(-1)?.registerWh ?? 0) - (series[0]?.registerWh ?? 0)).toBe(energyWh)
      }),
      { numRuns: 5_000 },
    )
  })

  it('finds nothing in what an honest meter tells, whatever its pace and the step of its clock', () => {
    const honest = fc.record({
      from: fc.integer({ min: 0, max: 900_000_000 }),
      clockMs: fc.constantFrom(1, 1_000),
      every: fc.integer({ min: 50, max: 900_000 }),
      watts: fc.array(fc.integer({ min: 0, max: MAX_W }), { minLength: 1, maxLength: 40 }),
      hasPower: fc.boolean(),
    })
    fc.assert(
      fc.property(honest, ({ from, clockMs, every, watts, hasPower }) => {
        const stamp = (ms: number) =>
          Temporal.Instant.fromEpochMilliseconds(Math.floor((BEGIN.epochMilliseconds + ms) / clockMs) * clockMs)
        let exact = from
        const readings = [0, ...watts].map((w, index): UsageReading => {
          exact += (w * every) / 3_600_000
          const context = index === 0 ? 'transaction-begin' : index === watts.length ? 'transaction-end' : 'periodic'
          const powerW = hasPower && context === 'periodic' ? w : null
          return { at: stamp(index * every), context, registerWh: Math.floor(exact), powerW }
        })
        const endedAt = stamp(watts.length * every)
        const energyWh = (readings.at(-1)?.registerWh ?? 0) - from
        const asked = { startedAt: stamp(0), endedAt, energyWh, flags: [], createdAt: endedAt, readings }
        const judged = judgeUsage({ ...asked, maxPowerW: MAX_W, neighbours: [], wasCorrected: false })
        expect(judged.findings.filter(({ check }) => check !== 'power-too-low' && check !== 'units-disagree')).toEqual(
          [],
        )
      }),
      { numRuns: 2_000 },
    )
  })

  it('takes the strongest connector, as declared, else by its type, else a sane cap', () => {
    expect(mostPower([{ type: 'IEC_62196_T2', maxPowerW: 11_000 }])).toBe(11_000)
    expect(mostPower([{ type: 'DOMESTIC_F', maxPowerW: null }])).toBe(3_700)
    expect(
      mostPower([
        { type: 'IEC_62196_T2', maxPowerW: 22_000 },
        { type: 'IEC_62196_T2_COMBO', maxPowerW: 150_000 },
      ]),
    ).toBe(150_000)
    expect(mostPower([])).toBe(1_000_000)
  })

  it('believes of a session a tenth more; of a short one the steps of clock and meter; within a session a minute more', () => {
    expect(believedWh(22_000, 3_600_000)).toBe(24_200)
    expect(believedWh(22_000, 300_000)).toBe(2_016)
    expect(believedWh(22_000, 60_000)).toBe(478)
    expect(believedWh(22_000, 0)).toBe(112)
    expect(believedWh(22_000, -5_000)).toBe(112)
    expect(believedStepWh(22_000, 300_000)).toBe(2_200)
    expect(believedStepWh(22_000, 0)).toBe(1_000)
  })

  it.each([
    { watts: 3_700, seconds: 20 },
    { watts: 11_000, seconds: 90 },
    { watts: 22_000, seconds: 480 },
    { watts: 350_000, seconds: 119 },
  ])('finds a session of $seconds s too rich at $watts W, however it was told (row 6)', ({ watts, seconds }) => {
    const endedAt = BEGIN.add({ seconds })
    const energyWh = believedWh(watts, seconds * 1_000) + 1
    const middle = BEGIN.add({ milliseconds: seconds * 500 })
    const reading = (at: Temporal.Instant, context: string, registerWh: number) => ({
      at,
      context,
      registerWh,
      powerW: null,
    })
    const whole = [reading(BEGIN, 'transaction-begin', 7), reading(endedAt, 'transaction-end', 7 + energyWh)] as const
    const parts = [whole[0], reading(middle, 'periodic', 7 + Math.round(energyWh / 2)), whole[1]]
    for (const readings of [whole, parts]) {
      const asked = { startedAt: BEGIN, endedAt, energyWh, flags: [], createdAt: endedAt, readings, maxPowerW: watts }
      const { findings } = judgeUsage({ ...asked, neighbours: [], wasCorrected: false })
      expect(findings.map(({ check }) => check)).toEqual(['power-too-high'])
      expect(actionFor(findings, {}, false)).toBe('hold')
    }
  })

  it('asks for the strictest of what its findings ask for', () => {
    const one = (check: UsageCheck) => ({ check, values: {}, marks: [] })
    expect(actionFor([], {}, true)).toBe('accept')
    expect(actionFor([one('clock-wrong')], {}, true)).toBe('accept')
    expect(actionFor([one('clock-wrong'), one('stray-reading')], {}, true)).toBe('correct')
    expect(actionFor([one('stray-reading')], {}, false)).toBe('hold')
    expect(actionFor([one('stray-reading'), one('unit-jump')], {}, true)).toBe('hold')
    expect(actionFor([one('unit-jump')], { 'unit-jump': 'accept' }, true)).toBe('accept')
  })
})

it('a session of weeks, each of its readings absurd, is judged like a short one', () => {
  const readings = Array.from({ length: 140_000 }, (_, index): UsageReading => {
    const at = BEGIN.add({ seconds: index * 20 })
    return { at, context: 'periodic', registerWh: -index, powerW: 900_000 + index }
  })
  const { findings } = judgeUsage({
    startedAt: BEGIN,
    endedAt: BEGIN.add({ seconds: 3_000_000 }),
    energyWh: 0,
    flags: [],
    createdAt: BEGIN.add({ seconds: 3_000_000 }),
    readings,
    maxPowerW: MAX_W,
    neighbours: [],
    wasCorrected: false,
  })
  const values = (check: UsageCheck) => findings.find((one) => one.check === check)?.values
  expect(values('power-reading')).toMatchObject({ powerW: 1_039_999, count: 140_000 })
  expect(values('negative-value')).toEqual({ lowestWh: -139_999 })
})
