import { describe, expect, it } from 'vitest'
import type { MeterReading, ReadingContext } from '../../stations/model.ts'
import { energyOf, goesBackwards, saysOtherwise, withReadings } from './meter.ts'

const BEGIN = Temporal.Instant.from('2026-11-26T08:00:00.5Z')
const read = (seconds: number, registerWh: number, context: ReadingContext = 'periodic') => ({
  at: BEGIN.add({ seconds }),
  context,
  registerWh,
})
const kept = (registerWh: number) => ({ at: BEGIN, registerWh, powerW: null })

describe('registers that were rounded where they were told', () => {
  it.each([
    { what: 'a whole Wh', told: 1_241_928, fallsTo: 1_241_927, isFall: false },
    { what: 'hundredths of a kWh', told: 1_241_930, fallsTo: 1_241_927, isFall: false },
    { what: 'tenths of a kWh', told: 1_242_000, fallsTo: 1_241_951, isFall: false },
    { what: 'two Wh', told: 1_241_929, fallsTo: 1_241_927, isFall: true },
    { what: 'more than was rounded', told: 1_241_930, fallsTo: 1_241_919, isFall: true },
    { what: 'a step of the meter itself', told: 1_241_930, fallsTo: 1_241_920, isFall: true },
  ])('fall by $what: $isFall', ({ told, fallsTo, isFall }) => {
    const meter = withReadings({}, [read(0, 1_234_567, 'transaction-begin'), read(300, told)])
    expect(goesBackwards(meter, [read(600, fallsTo, 'transaction-end')])).toBe(isFall)
  })

  it('count the finer of two that were told of one moment, whichever came first', () => {
    const begins = [read(0, 1_234_567, 'transaction-begin'), read(0, 1_234_560, 'transaction-begin')]
    const ends = [read(600, 1_241_927, 'transaction-end'), read(600, 1_241_930, 'transaction-end')]
    for (const told of [[...begins, ...ends], [...begins, ...ends].reverse()]) {
      expect(energyOf(withReadings({}, told))).toBe(7_360)
    }
  })

  it('are none at the begin and at the end: one field has one unit', () => {
    const meter = withReadings({}, [read(0, 1_000, 'transaction-begin')])
    expect(goesBackwards(meter, [read(600, 960, 'transaction-end')])).toBe(true)
  })

  it.each([
    { said: 1_234_566, isOther: false },
    { said: 1_234_570, isOther: false },
    { said: 1_234_600, isOther: false },
    { said: 1_234_569, isOther: true },
    { said: 1_234_700, isOther: true },
  ])('say nothing else under the same key: $said beside 1234567 does: $isOther', ({ said, isOther }) => {
    expect(saysOtherwise(kept(1_234_567), { registerWh: said })).toBe(isOther)
  })
})

describe('the readings of a session', () => {
  const meterOf = (...readings: readonly MeterReading[]) => withReadings({}, readings)
  const power = (seconds: number, powerW: number): MeterReading => {
    return { at: BEGIN.add({ seconds }), context: 'periodic', powerW }
  }

  it.each<[string, readonly MeterReading[], readonly [number, number]]>([
    ['the earliest and the latest', [read(20, 207), read(10, 107), read(30, 307)], [107, 307]],
    [
      'those of begin and end, whatever their clocks said',
      [read(-5, 97), read(0, 107, 'transaction-begin'), read(30, 307, 'transaction-end'), read(40, 317)],
      [107, 307],
    ],
    [
      'the earliest of two begins, the latest of two ends',
      [
        read(5, 117, 'transaction-begin'),
        read(0, 107, 'transaction-begin'),
        read(30, 307, 'transaction-end'),
        read(20, 297, 'transaction-end'),
      ],
      [107, 307],
    ],
    ['the lower and the higher of one moment', [read(10, 117), read(10, 107), read(10, 127)], [107, 127]],
  ])('count from and to %s, in whatever order they come', (_, readings, [firstWh, lastWh]) => {
    for (const told of [readings, readings.toReversed()]) {
      const meter = meterOf(...told)
      expect([meter.first?.registerWh, meter.last?.registerWh]).toEqual([firstWh, lastWh])
      expect(energyOf(meter)).toBe(lastWh - firstWh)
    }
  })

  it('know the latest power and the most there was, in whatever order they come', () => {
    const all = [power(10, 5_000), power(20, 7_000), power(30, 0)]
    for (const told of [all, all.toReversed()]) {
      expect(meterOf(...told).power).toEqual({ at: BEGIN.add({ seconds: 30 }), powerW: 0, mostW: 7_000 })
    }
    expect(meterOf(power(10, -3)).power).toMatchObject({ powerW: -3, mostW: -3 })
  })

  it.each<[string, MeterReading, boolean]>([
    ['higher and later', read(20, 217), false],
    ['as high and later', read(20, 207), false],
    ['lower and later', read(20, 193), true],
    ['higher and earlier', read(-1, 121), true],
    ['as high and earlier', read(-1, 107), false],
    ['lower than the begin, at its moment', read(0, 93), true],
    ['higher than the end, at its moment', read(10, 221), true],
    ['lower than the end, at its moment', read(10, 193), false],
  ])('are contradicted by one that is %s: %s', (_, told, contradicts) => {
    const meter = meterOf(read(0, 107, 'transaction-begin'), read(10, 207, 'transaction-end'))
    expect(goesBackwards(meter, [told])).toBe(contradicts)
    expect(goesBackwards(meter, [power(20, 1)])).toBe(false)
  })

  it('contradict each other where they come together', () => {
    expect(goesBackwards({}, [read(0, 107), read(10, 93)])).toBe(true)
    expect(goesBackwards({}, [read(0, 107), read(10, 107)])).toBe(false)
  })

  it.each<[string, number, Parameters<typeof saysOtherwise>[1], boolean]>([
    ['the same again', 500, { registerWh: 107, powerW: 5 }, false],
    ['nothing of it', 500, {}, false],
    ['less', 500, { registerWh: 93 }, true],
    ['a little more within a second', 500, { registerWh: 407, powerW: 9 }, false],
    ['more than any connector brings in a second', 500, { registerWh: 408 }, true],
    ['more by a clock that knows milliseconds', 0, { registerWh: 121 }, true],
    ['another power', 500, { registerWh: 107, powerW: 6 }, true],
  ])('differ from what is kept where it says %s', (_, milliseconds, said, differs) => {
    expect(saysOtherwise({ at: BEGIN.add({ milliseconds }), registerWh: 107, powerW: 5 }, said)).toBe(differs)
    expect(saysOtherwise({ at: BEGIN, registerWh: null, powerW: null }, said)).toBe(false)
  })
})
