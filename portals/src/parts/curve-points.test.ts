import { expect, it } from 'vitest'
import { axisDigits, curvePoints, niceTop, withoutRepeats } from './curve-points.ts'

it('puts readings in order and leaves a gap where a quarter of an hour is missing', () => {
  const points = curvePoints([
    { at: '2026-11-24T04:50:00Z', context: 'periodic', powerW: 7000 },
    { at: '2026-11-24T04:30:00Z', context: 'periodic', powerW: 11000 },
    { at: '2026-11-24T04:31:00Z', context: 'periodic', powerW: 11000 },
  ])
  expect(points.map(({ powerW }) => powerW)).toEqual([11000, 11000, null, 7000])
})

it('takes the mean of the registers where a station reports no power', () => {
  const points = curvePoints([
    { at: '2026-11-24T04:30:00Z', context: 'periodic', registerWh: 1000 },
    { at: '2026-11-24T04:45:00Z', context: 'periodic', registerWh: 3000 },
  ])
  expect(points).toEqual([{ at: Date.parse('2026-11-24T04:45:00Z'), powerW: 8000 }])
})

it('makes no peak of a last reading without power, a moment after one with it', () => {
  const points = curvePoints([
    { at: '2026-11-24T04:30:00Z', context: 'periodic', powerW: 11000, registerWh: 1000 },
    { at: '2026-11-24T04:30:00.150Z', context: 'end', registerWh: 1001 },
  ])
  expect(points.map(({ powerW }) => powerW)).toEqual([11000])
})

it.each([
  [null, 1],
  [0.4, 0.5],
  [11, 15],
  [87.4, 100],
  [108, 150],
])('ends the axis above %s at %s', (highest, top) => {
  expect(niceTop(highest)).toBe(top)
})

it.each([
  [[0, 50, 100, 150], 0],
  [[0, 0.5, 1, 1.5], 1],
  [[0, 2.5, 5], 1],
  [[0, 0.05, 0.1, 0.15000000000000002], 2],
  [[0, 0.002, 0.004], 3],
  [[0], 0],
])('writes the numbers %j of an axis with %i decimals, none of them rounded to another', (splits, digits) => {
  expect(axisDigits(splits)).toBe(digits)
})

it('an axis of a few seconds names each of them once', () => {
  expect(withoutRepeats(['', '07:00:01', '07:00:01', '07:00:02', '07:00:02'])).toEqual([
    '',
    '07:00:01',
    '',
    '07:00:02',
    '',
  ])
})
