import { BASE, type Case, charge, held, one, steady, type Told } from './testing-cases.ts'

/** Faulty clocks (trust, row 34). */

/** A charge of half an hour at 11 kW by a station whose clock says what `stamp` makes of the true time. */
const byClock = (stamp: Told['stamp'], from = 0): Told[] =>
  charge(steady(BASE)).map((told) => (told.minute < from || stamp === undefined ? told : { ...told, stamp }))
const shifted =
  (minutes: number) =>
  (ms: number): number =>
    ms + minutes * 60_000
const DAY = 24 * 60
const noted = (name: string, told: readonly Told[], more: Partial<Case> = {}): Case =>
  one(name, told, 'noted', { checks: ['clock-wrong'], billedWh: 5_500, ...more })
const endStamped = (stamp: string): Told[] =>
  charge(steady(BASE)).map((told) => (told.kind === 'stop' ? { ...told, stamp } : told))
const beginStamped = (stamp: string): Told[] =>
  charge(steady(BASE)).map((told) => (told.kind === 'start' ? { ...told, stamp } : told))

export const clockCases: readonly Case[] = [
  one('ten seconds fast', byClock(shifted(1 / 6)), 'sound', { billedWh: 5_500 }),
  one('59 seconds slow', byClock(shifted(-59 / 60)), 'sound', { billedWh: 5_500 }),
  one(
    'whole seconds',
    byClock((ms) => Math.floor(ms / 1_000) * 1_000),
    'sound',
    { billedWh: 5_500 },
  ),
  one('true, and told later from the queue', byClock(undefined), 'sound', { backAtMinute: 90, billedWh: 5_500 }),
  one('true, told after four days', byClock(undefined), 'sound', { backAtMinute: 4 * DAY, billedWh: 5_500 }),
  one('2.x, true, told later from the queue', byClock(undefined), 'sound', {
    version: '2.x',
    backAtMinute: 90,
    billedWh: 5_500,
  }),
  noted('two minutes fast', byClock(shifted(2))),
  noted('two minutes slow', byClock(shifted(-2))),
  noted('an hour fast (no daylight saving)', byClock(shifted(60))),
  noted('an hour slow (no daylight saving)', byClock(shifted(-60))),
  noted('a time zone told as UTC', byClock(shifted(5 * 60 + 45))),
  noted('a day fast', byClock(shifted(DAY))),
  one('a day slow, which looks like a queue', byClock(shifted(-DAY)), 'corrected', {
    checks: ['clock-behind'],
    billedWh: 5_500,
  }),
  one('2.x, a day slow', byClock(shifted(-DAY)), 'corrected', {
    version: '2.x',
    checks: ['clock-behind'],
    billedWh: 5_500,
  }),
  one('ten minutes slow, connected five minutes before', byClock(shifted(-10)), 'corrected', {
    checks: ['clock-behind'],
    billedWh: 5_500,
    connectedAtMinute: -5,
  }),
  one('ten minutes slow, connected again near its end', byClock(shifted(-10)), 'corrected', {
    checks: ['clock-behind'],
    billedWh: 5_500,
    connectedAtMinute: 25,
  }),
  one('2.x, ten minutes slow, connected five minutes before', byClock(shifted(-10)), 'corrected', {
    version: '2.x',
    checks: ['clock-behind'],
    billedWh: 5_500,
    connectedAtMinute: -5,
  }),
  // Numbered events do not go back behind each other: here ours was taken at both ends.
  noted('2.x, ten minutes slow, connected again near its end', byClock(shifted(-10)), {
    version: '2.x',
    connectedAtMinute: 25,
  }),
  noted('30 years slow', byClock(shifted(-30 * 365 * DAY))),
  noted(
    'at 1970',
    byClock((ms) => ms % (3_600_000 * 24)),
  ),
  noted(
    'in the year 9999',
    byClock((ms) => Temporal.Instant.from('9999-12-30T00:00:00Z').epochMilliseconds + (ms % 3_600_000)),
  ),
  noted('2.x, a day fast', byClock(shifted(DAY)), { version: '2.x' }),
  noted('2.x, 30 years slow', byClock(shifted(-30 * 365 * DAY)), { version: '2.x' }),
  noted('an hour back half way (daylight saving)', byClock(shifted(-60), 14)),
  noted('an hour forward half way (daylight saving)', byClock(shifted(60), 14)),
  noted('a day back half way', byClock(shifted(-DAY), 14)),
  noted('a day forward half way', byClock(shifted(DAY), 14)),
  noted('two minutes back half way', byClock(shifted(-2), 14)),
  noted('2.x, an hour back half way', byClock(shifted(-60), 14), { version: '2.x' }),
  noted('an end in the year 9999', endStamped('9999-12-31T23:59:59Z')),
  noted('an end thirty years ago', endStamped('1996-01-01T00:00:00Z')),
  noted('a begin in the year 9999', beginStamped('9999-12-31T23:59:59Z')),
  noted('a begin thirty years ago', beginStamped('1996-01-01T00:00:00Z')),
  noted(
    'standing still',
    byClock(() => Temporal.Instant.from('2020-01-01T00:00:00Z').epochMilliseconds),
    { checks: ['clock-wrong', 'reading-differs'] },
  ),
  held('a queue of a station 30 years slow', byClock(shifted(-30 * 365 * DAY)), 'time-disorder', { backAtMinute: 90 }),
  held('a queue of a station a year fast', byClock(shifted(365 * DAY)), 'time-disorder', { backAtMinute: 90 }),
  held('2.x, a queue of a station 30 years slow', byClock(shifted(-30 * 365 * DAY)), 'time-disorder', {
    version: '2.x',
    backAtMinute: 90,
  }),
]
