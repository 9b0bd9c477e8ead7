import { describe, expect, it } from 'vitest'
import { type MachineTime, steadyClock } from './steady-clock.ts'

const T0 = 1_790_000_000_000

interface Made extends MachineTime {
  /** Time passes; asked every half second meanwhile, as a running program does. */
  pass(ms: number): number
  step(ms: number): void
  sleep(ms: number): void
}

function made(): { readonly time: Made; readonly clock: ReturnType<typeof steadyClock>; readonly steps: number[] } {
  let wall = T0
  let monotonic = 5_000
  let boot = 90_000
  const steps: number[] = []
  const time: Made = {
    now: () => Temporal.Instant.fromEpochMilliseconds(wall),
    monotonic: () => monotonic,
    sinceBoot: () => boot,
    pass(ms) {
      for (let left = ms; left > 0; left -= 500) {
        const by = Math.min(500, left)
        wall += by
        monotonic += by
        boot += by
        clock.now()
      }
      return clock.now().epochMilliseconds - T0
    },
    step: (ms) => (wall += ms),
    sleep(ms) {
      wall += ms
      boot += ms
    },
  }
  const clock = steadyClock((by) => void steps.push(by), time)
  return { time, clock, steps }
}

describe('the clock of the program when the machine’s is set (row 35)', () => {
  it('goes with the wall clock as long as nobody sets it', () => {
    const { time, steps } = made()
    expect(time.pass(3_600_000)).toBe(3_600_000)
    expect(steps).toEqual([])
  })

  it.each([3_600_000, -3_600_000])('does not jump when it is set by %i ms, tells it, and follows slowly', (by) => {
    const { time, clock, steps } = made()
    time.pass(60_000)
    time.step(by)
    // No deadline of the next minutes falls due early or late by more than a twentieth.
    expect(Math.abs(clock.now().epochMilliseconds - T0 - 60_000)).toBeLessThan(100)
    expect(Math.abs(time.pass(150_000) - 210_000)).toBeLessThanOrEqual(150_000 * 0.05 + 100)
    expect(steps).toEqual([by])
    // Never backwards, and in the end as the wall clock says.
    let before = 0
    for (let minute = 0; minute < 24 * 60; minute += 1) {
      const now = time.pass(60_000)
      expect(now).toBeGreaterThan(before)
      before = now
    }
    expect(clock.now().epochMilliseconds).toBe(time.now().epochMilliseconds)
  })

  it('goes on where the machine slept, which is no step', () => {
    const { time, clock, steps } = made()
    time.pass(10_000)
    time.sleep(8 * 3_600_000)
    expect(clock.now().epochMilliseconds).toBe(time.now().epochMilliseconds)
    expect(steps).toEqual([])
  })

  it('follows at once a clock that was never right', () => {
    const { time, clock, steps } = made()
    time.step(20 * 365 * 86_400_000)
    expect(clock.now().epochMilliseconds).toBe(time.now().epochMilliseconds)
    expect(steps).toHaveLength(1)
  })

  it('reads the machine’s sleep off a file once a second at most, also while a step is worked off', () => {
    const { time } = made()
    let monotonic = 0
    let read = 0
    const clock = steadyClock(() => {}, {
      now: () => time.now(),
      monotonic: () => (monotonic += 1),
      sinceBoot: () => ((read += 1), monotonic),
    })
    time.step(3_600_000)
    for (let n = 0; n < 5_000; n += 1) clock.now()
    expect(read).toBeLessThan(20)
  })
})
