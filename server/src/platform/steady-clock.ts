import fs from 'node:fs'
import { type Clock, systemClock } from './clock.ts'

/** What the machine says of time; numbers are milliseconds. */
export interface MachineTime {
  /** The wall clock, which somebody may set. */
  now(): Temporal.Instant
  /** Since some moment; never steps, and stands still while the machine sleeps. */
  monotonic(): number
  /** Since the machine was started, its sleep included. */
  sinceBoot(): number
}

const machine: MachineTime = {
  now: systemClock.now,
  monotonic: () => performance.now(),
  sinceBoot: () => Number(fs.readFileSync('/proc/uptime', 'utf8').split(' ')[0]) * 1_000,
}

/** Below this it is the ordinary correction of a clock. */
const STEP_MS = 2_000
/** A wall clock that was wrong by more than this was never right: it is followed at once. */
const NEVER_RIGHT_MS = 86_400_000
/** Towards the wall clock goes one second in twenty. */
const SLEW = 0.05

/**
 * The time of this program, which does not step when the machine's clock is set (row 35): deadlines would fall due an hour early, or an hour
 * late. A step is told, and worked off slowly. Sleep of the machine is no step.
 */
export function steadyClock(onStep: (byMs: number) => void = () => {}, time: MachineTime = machine): Clock {
  let seenWall = time.now().epochMilliseconds
  let seenMonotonic = time.monotonic()
  let seenBoot = time.sinceBoot()
  /** Ours less the wall clock's; zero but after a step. */
  let offsetMs = 0

  const lookForStep = (wall: number, monotonic: number): void => {
    const aheadMs = wall - seenWall - (monotonic - seenMonotonic)
    if (Math.abs(aheadMs) < STEP_MS) return
    const boot = time.sinceBoot()
    const sleptMs = Math.max(0, boot - seenBoot - (monotonic - seenMonotonic))
    const stepMs = aheadMs - sleptMs
    if (Math.abs(stepMs) < STEP_MS) return
    onStep(stepMs)
    offsetMs = Math.abs(stepMs) > NEVER_RIGHT_MS ? 0 : offsetMs - stepMs
  }
  return {
    now() {
      const now = time.now()
      const wall = now.epochMilliseconds
      const monotonic = time.monotonic()
      const passedMs = monotonic - seenMonotonic
      const left = Math.sign(offsetMs) * Math.max(0, Math.abs(offsetMs) - Math.max(0, passedMs) * SLEW)
      if (passedMs < 1_000 && Math.abs(wall - seenWall - passedMs) < STEP_MS)
        return left === 0 ? now : now.add({ milliseconds: Math.round(left) })
      offsetMs = left
      lookForStep(wall, monotonic)
      seenWall = wall
      seenMonotonic = monotonic
      seenBoot = time.sinceBoot()
      return now.add({ milliseconds: Math.round(offsetMs) })
    },
  }
}
