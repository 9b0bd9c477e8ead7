import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { lastTick, onTick } from './ticks.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

it('a thousand rows that count on have one timer, and none when they are gone', () => {
  let told = 0
  const stops = Array.from({ length: 1_000 }, () => onTick(1_000, () => (told += 1)))
  expect(vi.getTimerCount()).toBe(1)
  const before = lastTick(1_000)
  vi.advanceTimersByTime(1_000)
  expect([told, lastTick(1_000) - before]).toEqual([1_000, 1_000])
  for (const stop of stops) stop()
  expect(vi.getTimerCount()).toBe(0)
})

it('whoever comes after a pause is not told the time before it', () => {
  onTick(1_000, () => {})()
  vi.advanceTimersByTime(60_000)
  const stop = onTick(1_000, () => {})
  expect(lastTick(1_000)).toBe(Date.now())
  stop()
})
