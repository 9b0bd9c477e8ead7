import { describe, expect, it } from 'vitest'
import type { ReadingContext } from '../../stations/model.ts'
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
