import { expect, it } from 'vitest'
import { unwrapRing } from './unwrap-ring.ts'

it('leaves a ring alone that stays on one side', () => {
  const ring = [
    [20, 60],
    [30, 60],
    [30, 70],
    [20, 60],
  ]
  expect(unwrapRing(ring)).toEqual(ring)
})

it('goes on beyond 180° instead of jumping to the other edge', () => {
  const ring = [
    [170, 60],
    [-170, 60],
    [-170, 70],
    [170, 70],
    [170, 60],
  ]
  expect(unwrapRing(ring).map(([longitude]) => longitude)).toEqual([170, 190, 190, 170, 170])
})

it('closes a ring around the pole along the southern edge', () => {
  const ring = [
    [-170, -70],
    [-60, -72],
    [60, -71],
    [170, -70],
    [-170, -70],
  ]
  const closed = unwrapRing(ring)
  expect(closed.slice(-3)).toEqual([
    [190, -85],
    [-170, -85],
    [-170, -70],
  ])
})
